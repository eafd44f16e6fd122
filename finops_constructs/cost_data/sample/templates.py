"""Line templates: one for each kind of line the sample bill has, with what is true of it.

A row of the sample is a template plus an hour, a number of tokens and a session name. The `t_`
columns are the truth that the ledger is made of; they are not written to the export.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from finops_constructs.cost_data.sample.catalogue import (
    BROAD_TAG,
    MODELS,
    OTHER_SERVICES,
    REGION_CODES,
    TENANTS,
    OtherService,
    SampleModel,
    SampleTenant,
)
from finops_constructs.cost_data.sample.spellings import (
    principal_arn,
    product_map,
    profile_arn,
    tag_map,
    usage_type,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

BEDROCK_SHARE: Final = 0.6
"""Share of the lines that are Bedrock's. A real bill has far fewer; more is the harder case."""

_KIND_WEIGHTS: Final = {
    "input": 30,
    "output": 30,
    "cache_read": 24,
    "cache_write_5m": 10,
    "cache_write_1h": 6,
}
# Tokens of one line, at most: an hour of one session reads far more from a cache than it writes.
_KIND_TOKENS: Final = {
    "input": 600_000,
    "output": 150_000,
    "cache_read": 3_000_000,
    "cache_write_5m": 250_000,
    "cache_write_1h": 150_000,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One kind of line; attributes are named as the columns they fill, `t_` ones are truths."""

    weight: float
    product_code: str
    family: str | None
    usage_type: str
    resource_id: str | None
    principal: str | None
    """Without session name; rows append one to an assumed role."""
    account_id: str
    account_name: str
    region: str
    entity: str
    unit: str
    units_per: int
    """Tokens (or whatever is metered) in one billed unit."""
    max_metered: int
    """At most this many tokens, or 1/1000 units of anything else, in one line."""
    rate: Decimal
    """USD per 1,000,000 of what is metered, at most 4 decimals."""
    tags: dict[str, str] | None
    product: dict[str, str] = field(default_factory=dict)
    t_service: str
    t_tenant: str | None = None
    t_model: str | None = None
    t_kind: str = "none"
    t_route: str = "none"
    t_tier: str = "standard"
    t_reach: str = "standard"
    t_broad: bool = False


def _token_line(
    tenant: SampleTenant,
    model: SampleModel,
    kind: str,
    *,
    metadata: bool,
    weight: float,
    route: str = "profile",
    tags: dict[str, str] | None = None,
    owner: str | None = None,
    tier: str = "standard",
    reach: str = "standard",
    broad: bool = False,
) -> Template:
    rate = Decimal(model.rates[kind]) * {"batch": 50, "flex": 50, "priority": 175}.get(tier, 100)
    rate = (rate / (110 if reach == "global" else 100)).quantize(Decimal("0.0001"))
    marketplace = model.offer.startswith("marketplace")
    resource = {
        "profile": profile_arn(tenant, model),
        "system profile": f"arn:aws:bedrock:{tenant.region}:{tenant.account}:inference-profile/eu."
        + model.name.lower().replace(" ", "-"),
        "direct": None,
        "mantle": f"arn:aws:bedrock-mantle:{tenant.region}:{tenant.account}:project/default",
    }[route]
    return Template(
        weight=weight,
        product_code=model.code,
        family="Amazon Bedrock" if metadata else (None if marketplace else "Amazon Bedrock"),
        usage_type=usage_type(model, tenant.region, kind, tier=tier, reach=reach),
        resource_id=resource,
        principal=principal_arn(tenant),
        account_id=tenant.account,
        account_name=tenant.account_name,
        region=tenant.region,
        entity="AWS Marketplace" if marketplace else "AWS",
        unit="1M tokens" if marketplace else "1K tokens",
        units_per=1_000_000 if marketplace else 1_000,
        max_metered=_KIND_TOKENS[kind],
        rate=rate,
        tags=tags,
        product=product_map(model, kind, tier, metadata=metadata),
        t_service="bedrock",
        t_tenant=owner,
        t_model=model.name,
        t_kind=kind,
        t_route=route,
        t_tier=tier,
        t_reach=reach,
        t_broad=broad,
    )


def _variants(model: SampleModel, kind: str) -> Iterator[tuple[str, str, float]]:
    """Yield tier, reach and the part of the lines that have them."""
    yield "standard", "standard", 0.8
    if model.offer.startswith("marketplace"):
        yield "standard", "global", 0.1
    if kind in {"input", "output"}:
        yield "batch", "standard", 0.05
        if model.offer == "first-party":
            yield "flex", "standard", 0.03
            yield "priority", "standard", 0.02


def _bedrock_lines(*, metadata: bool) -> Iterator[Template]:
    models = {model.name: model for model in MODELS}
    for tenant in TENANTS:
        tags = tag_map(tenant)
        for name in tenant.models:
            model = models[name]
            for kind in model.rates:
                base = tenant.weight * _KIND_WEIGHTS[kind] / len(tenant.models)
                for tier, reach, part in _variants(model, kind):
                    yield _token_line(
                        tenant,
                        model,
                        kind,
                        metadata=metadata,
                        weight=base * part,
                        tags=tags,
                        owner=tenant.id,
                        tier=tier,
                        reach=reach,
                    )
    yield from _unowned_lines(models, metadata=metadata)


def _unowned_lines(models: dict[str, SampleModel], *, metadata: bool) -> Iterator[Template]:
    """Yield what belongs to nobody: direct calls, system profiles, mantle, a broad tag."""
    sandbox, chatbot = TENANTS[3], TENANTS[2]
    for kind in ("input", "output"):
        direct = models["Claude Sonnet 5.5"]
        yield _token_line(
            sandbox, direct, kind, metadata=metadata, weight=60, route="direct", tags=None
        )
        yield _token_line(
            chatbot,
            models["Claude Haiku 5.5"],
            kind,
            metadata=metadata,
            weight=50,
            route="system profile",
            tags={},
        )
        yield _token_line(
            sandbox, models["gpt-oss-120b"], kind, metadata=metadata, weight=40, route="mantle"
        )
        yield _token_line(
            sandbox,
            models["Nova Pro"],
            kind,
            metadata=metadata,
            weight=30,
            tags={"user_bedrock_tool": BROAD_TAG, "user_bedrock_project": "shared"},
            owner=BROAD_TAG,
            broad=True,
        )


def _guardrail_lines() -> Iterator[Template]:
    for tenant, owned in ((TENANTS[2], True), (TENANTS[0], False)):
        yield Template(
            weight=60,
            product_code="AmazonBedrock",
            family="Amazon Bedrock",
            usage_type=f"{REGION_CODES[tenant.region]}-Guardrail-ContentPolicyUnitsConsumed",
            resource_id=f"arn:aws:bedrock:{tenant.region}:{tenant.account}:guardrail/g1x2y3z4",
            principal=None,
            account_id=tenant.account,
            account_name=tenant.account_name,
            region=tenant.region,
            entity="AWS",
            unit="TextUnits",
            units_per=1_000,
            max_metered=40_000_000,
            rate=Decimal("0.1500"),
            tags=tag_map(tenant) if owned else None,
            product={"product_name": "Amazon Bedrock", "feature": "Guardrails"},
            t_service="bedrock",
            t_tenant=tenant.id if owned else None,
            t_route="guardrail",
        )


def _other_line(service: OtherService) -> Template:
    tenant = TENANTS[0]
    return Template(
        weight=service.weight,
        product_code=service.code,
        family=service.family,
        usage_type=f"{REGION_CODES[tenant.region]}-{service.usage_type}",
        resource_id=service.resource,
        principal=None,
        account_id=tenant.account,
        account_name=tenant.account_name,
        region=tenant.region,
        entity="AWS",
        unit=service.unit,
        units_per=1_000,
        max_metered=8_000,
        rate=Decimal(service.rate) * 1_000,
        tags={"user_cost_center": "CC-9000", "aws_created_by": "IAMUser:terraform"},
        product={"product_name": service.code},
        t_service=service.support or "other",
    )


def line_templates(*, metadata: bool) -> list[Template]:
    """Return all templates, their weights adding up to 1.

    Args:
        metadata: Whether lines carry the Bedrock metadata that AWS adds since July 2026.
    """
    bedrock = [*_bedrock_lines(metadata=metadata), *_guardrail_lines()]
    other = [_other_line(service) for service in OTHER_SERVICES]
    return [*_weighed(bedrock, BEDROCK_SHARE), *_weighed(other, 1 - BEDROCK_SHARE)]


def _weighed(templates: list[Template], share: float) -> list[Template]:
    total = sum(template.weight for template in templates)
    return [replace(each, weight=each.weight / total * share) for each in templates]
