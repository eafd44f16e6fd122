"""Checks of `platform.yaml` that its types cannot express."""

from collections.abc import Iterator

from finops_constructs.attribution.cost_tags import (
    ENVIRONMENT_KEY,
    PROJECT_KEY,
    TOOL_KEY,
    find_tag_faults,
)
from finops_constructs.attribution.model_source import Scope, parse_model_source
from finops_constructs.config.audit_log_checks import audit_log_faults
from finops_constructs.config.cost_data_checks import billing_faults, reporting_faults
from finops_constructs.config.document import Document
from finops_constructs.config.faults import Fault
from finops_constructs.config.tenant_checks import duplicate_email_faults, duplicate_rule_faults


def platform_faults(platform: Document) -> Iterator[Fault]:
    """Yield what is wrong with the platform's settings."""
    yield from _extra_key_faults(platform)
    yield from _environment_faults(platform)
    yield from _mandatory_tag_faults(platform)
    yield from _overlay_faults(platform)
    yield from audit_log_faults(platform)
    yield from reporting_faults(platform)
    yield from billing_faults(platform)
    yield from duplicate_email_faults(platform)
    yield from duplicate_rule_faults(platform)


def _extra_key_faults(platform: Document) -> Iterator[Fault]:
    path = ("attribution", "extra_tag_key")
    key = platform.text(*path)
    if key is None or len(key) > 128:
        return
    fixed = dict.fromkeys((TOOL_KEY, PROJECT_KEY, ENVIRONMENT_KEY), "any")
    for tag in find_tag_faults(fixed, {key: "any"}, broad_values=()):
        yield platform.fault(path, tag.problem)


def _environment_faults(platform: Document) -> Iterator[Fault]:
    base = ("landing_zone", "environments")
    seen: set[tuple[str, str]] = set()
    for index in platform.indices(*base):
        account = platform.text(*base, index, "account")
        region = platform.text(*base, index, "region")
        if account is None or region is None:
            continue
        if (account, region) in seen:
            problem = f"account {account} and Region {region} are listed twice"
            yield platform.fault((*base, index), problem, value="")
        seen.add((account, region))
        path = (*base, index, "kms_key_arn")
        parts = (platform.text(*path) or "").split(":")
        if len(parts) == 6 and parts[3] != region:
            yield platform.fault(path, f"must be a key in the Region of the entry, {region}")


def _mandatory_tag_faults(platform: Document) -> Iterator[Fault]:
    base = ("landing_zone", "mandatory_tags")
    reserved = {TOOL_KEY, PROJECT_KEY, ENVIRONMENT_KEY}
    reserved.add(platform.text("attribution", "extra_tag_key") or TOOL_KEY)
    for key in platform.keys(*base):
        if key in reserved:
            yield platform.fault((*base, key), "a cost tag; every tenant gives its own value")
        elif key.lower().startswith(("aws:", "finops:")):
            problem = "the prefixes aws: and finops: are reserved; choose another key"
            yield platform.fault((*base, key), problem)


def _overlay_faults(platform: Document) -> Iterator[Fault]:
    base = ("prices", "overlay")
    seen: set[tuple[str, object, object]] = set()
    for index in platform.indices(*base):
        path = (*base, index, "model")
        model = platform.text(*path)
        if model is None or not 3 <= len(model) <= 300:
            continue
        price = (model, str(platform.get(*path[:-1], "scope")), platform.text(*path[:-1], "region"))
        if price in seen:
            yield platform.fault(path, "the same model, scope and Region are priced twice")
        seen.add(price)
        try:
            source = parse_model_source(model)
        except ValueError as error:
            yield platform.fault(path, str(error))
            continue
        if source.scope is not Scope.REGIONAL or source.region is not None:
            plain = source.base_model_id
            problem = f"must be a model id without scope or ARN: {plain}, with the scope beside it"
            yield platform.fault(path, problem)
