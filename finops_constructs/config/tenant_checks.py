"""Checks of one tenant that its types cannot express: tags, budget, switches, e-mail addresses."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import PurePath
from typing import Final

from finops_constructs.attribution.cost_tags import (
    ENVIRONMENT_KEY,
    PROJECT_KEY,
    TOOL_KEY,
    find_tag_faults,
)
from finops_constructs.config.cap_checks import cap_faults, cap_warnings
from finops_constructs.config.document import Document
from finops_constructs.config.faults import Fault
from finops_constructs.config.platform_view import PlatformView
from finops_constructs.enforcement.modes import Guard, Mode
from finops_constructs.enforcement.names import CANARY_TENANT

_TAG_FIELDS: Final = {TOOL_KEY: "tool", PROJECT_KEY: "project", ENVIRONMENT_KEY: "environment"}
# The organisation's own key is checked once, in platform.yaml; here only its value is.
_EXTRA_KEY: Final = "extra"


def tenant_faults(tenant: Document, platform: PlatformView) -> Iterator[Fault]:
    """Yield what is wrong with one tenant, seen alone."""
    yield from _reserved_id_faults(tenant)
    yield from _file_name_faults(tenant)
    yield from _tag_faults(tenant, platform)
    yield from _budget_faults(tenant, platform)
    yield from cap_faults(tenant)
    yield from duplicate_email_faults(tenant)
    yield from duplicate_rule_faults(tenant)


def tenant_warnings(tenant: Document) -> Iterator[Fault]:
    """Yield what is allowed, but rarely meant."""
    guard = tenant.text("guard") or Guard.OBSERVE
    if tenant.text("mode") in {Mode.APPROVE, Mode.ENFORCE} and guard == Guard.OBSERVE:
        problem = "the switch stops the profiles only: with guard: observe, a caller with a broad "
        yield tenant.fault(("mode",), problem + "allow of its own can call past them")
    yield from cap_warnings(tenant)


def duplicate_email_faults(document: Document) -> Iterator[Fault]:
    """Yield addresses listed twice in `alerts.emails`."""
    seen: dict[str, int] = {}
    for path, email in document.texts_of("alerts", "emails"):
        if email.casefold() in seen:
            problem = f"listed twice; the first is on line {seen[email.casefold()]}"
            yield document.fault(path, problem)
        seen.setdefault(email.casefold(), document.line(path))


def duplicate_rule_faults(document: Document) -> Iterator[Fault]:
    """Yield rules acknowledged twice."""
    seen: set[str] = set()
    for index in document.indices("acknowledge"):
        rule = document.text("acknowledge", index, "rule")
        if rule in seen:
            path = ("acknowledge", index, "rule")
            yield document.fault(path, "acknowledged twice; give one reason")
        elif rule is not None:
            seen.add(rule)


def _reserved_id_faults(tenant: Document) -> Iterator[Fault]:
    if tenant.text("id") == CANARY_TENANT:
        yield tenant.fault(("id",), "is reserved for the platform's self-test; choose another id")


def _file_name_faults(tenant: Document) -> Iterator[Fault]:
    name = PurePath(tenant.file).name
    tenant_id = tenant.text("id")
    if tenant_id is not None and name != f"{tenant_id}.yaml" and len(tenant_id) <= 64:
        problem = f"must be the file's name: rename {name} to {tenant_id}.yaml, or change the id"
        yield tenant.fault(("id",), problem)


def _tag_faults(tenant: Document, platform: PlatformView) -> Iterator[Fault]:
    fixed = {
        key: value
        for key, name in _TAG_FIELDS.items()
        if (value := tenant.text("cost_tags", name)) is not None
    }
    extra = tenant.text("cost_tags", "extra")
    given = {_EXTRA_KEY: extra} if extra is not None else {}
    for tag in find_tag_faults(fixed, given, broad_values=platform.broad_values):
        yield tenant.fault(("cost_tags", _TAG_FIELDS.get(tag.key, _EXTRA_KEY)), tag.problem)
    yield from _extra_faults(tenant, platform)


def _extra_faults(tenant: Document, platform: PlatformView) -> Iterator[Fault]:
    path = ("cost_tags", "extra")
    has_extra = tenant.get(*path) is not None
    if (
        platform.has_extra_tag is None
        or has_extra == platform.has_extra_tag
        or path in tenant.broken
    ):
        return
    if has_extra:
        yield tenant.fault(path, "not allowed: platform.yaml names no attribution.extra_tag_key")
    elif isinstance(tenant.get("cost_tags"), dict):
        problem = "is required: platform.yaml names an attribution.extra_tag_key"
        yield tenant.fault(path, problem)


def _budget_faults(tenant: Document, platform: PlatformView) -> Iterator[Fault]:
    limit = tenant.number("budget", "monthly_limit_usd")
    most = platform.max_monthly_limit_usd
    if limit is not None and limit > most:
        problem = f"must be at most {most:,f} (budgets.max_monthly_limit_usd in platform.yaml)"
        yield tenant.fault(("budget", "monthly_limit_usd"), problem)
    yield from _percentage_faults(tenant)


def _percentage_faults(tenant: Document) -> Iterator[Fault]:
    path = ("budget", "alert_percentages")
    stop = tenant.number("budget", "stop_percentage")
    if "stop_percentage" not in tenant.keys("budget"):
        stop = Decimal(100)
    previous = None
    for index in tenant.indices(*path):
        percentage = tenant.number(*path, index)
        if percentage is None:
            continue
        if previous is not None and percentage <= previous:
            problem = f"must be greater than the one before it ({previous})"
            yield tenant.fault((*path, index), problem)
        if stop is not None and percentage > stop:
            problem = f"must be at most budget.stop_percentage ({stop})"
            yield tenant.fault((*path, index), problem)
        previous = percentage
