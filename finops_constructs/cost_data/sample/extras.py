"""Lines that are no metered usage: tax, credits, refunds, fees, and what arrived late."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from finops_constructs.cost_data.sample.catalogue import MODELS, TENANTS
from finops_constructs.cost_data.sample.spellings import (
    principal_arn,
    product_map,
    profile_arn,
    tag_map,
    usage_type,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finops_constructs.cost_data.sample.rows import SampleMonth

_CENT: Final = Decimal("0.01")
_TAX_RATE: Final = Decimal("0.20")
_LATE_TOKENS: Final = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """One line besides the metered ones; `t_` attributes are what is true of it."""

    type: str
    """`line_item_line_item_type`."""
    charge_kind: str
    """What our views should make of it."""
    usd: Decimal
    entity: str
    product_code: str
    account_id: str
    account_name: str
    description: str
    bill_type: str = "Anniversary"
    family: str | None = None
    product: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] | None = None
    usage_type: str | None = None
    resource_id: str | None = None
    principal: str | None = None
    unit: str | None = None
    amount: Decimal = Decimal(1)
    region: str | None = None
    t_service: str = "bedrock"
    t_tenant: str | None = None
    t_model: str | None = None
    t_kind: str = "none"
    t_route: str = "none"
    t_metered: int = 0


def extra_lines(
    month: SampleMonth,
    usage: Mapping[tuple[str, str | None, str | None], Decimal],
    *,
    restatement: bool,
) -> list[Extra]:
    """Return a month's extra lines.

    Args:
        month: The month.
        usage: (service, tenant, model) -> USD of metered usage, which tax and credits depend on.
        restatement: Whether to add what arrives after the first close of a restated month.
    """
    late = [_late_usage()] if month.restated and restatement else []
    marketplace = {model.name for model in MODELS if model.offer.startswith("marketplace")}
    bases = {"aws": Decimal(0), "marketplace": Decimal(0), "other": Decimal(0)}
    for (service, _, model), usd in usage.items():
        if service != "bedrock":
            bases["other"] += usd
        else:
            bases["marketplace" if model in marketplace else "aws"] += usd
    writer = sum((usd for key, usd in usage.items() if key[:2] == ("bedrock", "writer")), Decimal())
    return [*_taxes(bases), *_credits(writer), _refund(), *_fees(), *late]


def _cents(usd: Decimal) -> Decimal:
    return usd.quantize(_CENT, rounding=ROUND_HALF_UP)


def _taxes(bases: Mapping[str, Decimal]) -> list[Extra]:
    sonnet = MODELS[1]
    lines = {
        "aws": ("AWS", "AmazonBedrock", "Amazon Bedrock", "bedrock"),
        "marketplace": (
            "AWS Marketplace",
            sonnet.code,
            f"{sonnet.name} (Amazon Bedrock Edition)",
            "bedrock",
        ),
        "other": ("AWS", "AmazonEC2", "Amazon Elastic Compute Cloud", "other"),
    }
    return [
        Extra(
            type="Tax",
            charge_kind="tax",
            usd=_cents(bases[key] * _TAX_RATE),
            entity=entity,
            product_code=code,
            account_id=TENANTS[0].account,
            account_name=TENANTS[0].account_name,
            description="Tax for product code",
            product={"product_name": name},
            t_service=service,
        )
        for key, (entity, code, name, service) in lines.items()
    ]


def _credits(writer_usage: Decimal) -> list[Extra]:
    writer = TENANTS[0]
    common = {"product_name": "Amazon Bedrock"}
    return [
        Extra(
            type="Credit",
            charge_kind="credit",
            usd=-_cents(writer_usage * Decimal("0.02")),
            entity="AWS",
            product_code="AmazonBedrock",
            account_id=writer.account,
            account_name=writer.account_name,
            description="Private pricing credit",
            family="Amazon Bedrock",
            product=common,
            tags=tag_map(writer),
            t_tenant=writer.id,
        ),
        Extra(
            type="Credit",
            charge_kind="credit",
            usd=Decimal("-25.00"),
            entity="AWS",
            product_code="AmazonBedrock",
            account_id=TENANTS[3].account,
            account_name=TENANTS[3].account_name,
            description="Promotional credit",
            family="Amazon Bedrock",
            product=common,
        ),
    ]


def _refund() -> Extra:
    chatbot, haiku = TENANTS[2], MODELS[2]
    return Extra(
        type="Refund",
        charge_kind="refund",
        usd=Decimal("-3.21"),
        entity="AWS Marketplace",
        product_code=haiku.code,
        account_id=chatbot.account,
        account_name=chatbot.account_name,
        description="Refund of calls that failed",
        bill_type="Refund",
        family="Amazon Bedrock",
        product={"product_name": f"{haiku.name} (Amazon Bedrock Edition)"},
        tags=tag_map(chatbot),
        t_tenant=chatbot.id,
        t_model=haiku.name,
    )


def _fees() -> list[Extra]:
    sandbox = TENANTS[3]
    return [
        Extra(
            type="Fee",
            charge_kind="fee",
            usd=Decimal("120.00"),
            entity="AWS",
            product_code="AmazonBedrock",
            account_id=sandbox.account,
            account_name=sandbox.account_name,
            description="Custom model storage, a month",
            family="Amazon Bedrock",
            product={"product_name": "Amazon Bedrock"},
            tags=tag_map(sandbox),
            t_tenant=sandbox.id,
        ),
        Extra(
            type="Fee",
            charge_kind="fee",
            usd=Decimal("1000.00"),
            entity="AWS",
            product_code="AWSSupportEnterprise",
            account_id=TENANTS[0].account,
            account_name=TENANTS[0].account_name,
            description="Support",
            t_service="other",
        ),
    ]


def _late_usage() -> Extra:
    writer, sonnet = TENANTS[0], MODELS[1]
    return Extra(
        type="Usage",
        charge_kind="usage",
        usd=Decimal(_LATE_TOKENS) * Decimal(sonnet.rates["input"]) / 1_000_000,
        entity="AWS Marketplace",
        product_code=sonnet.code,
        account_id=writer.account,
        account_name=writer.account_name,
        description="Arrived after the month was closed",
        family="Amazon Bedrock",
        product=product_map(sonnet, "input", "standard", metadata=True),
        tags=tag_map(writer),
        usage_type=usage_type(sonnet, writer.region, "input", tier="standard", reach="standard"),
        resource_id=profile_arn(writer, sonnet),
        principal=principal_arn(writer) + "/session-late",
        unit="1M tokens",
        amount=Decimal(_LATE_TOKENS) / 1_000_000,
        region=writer.region,
        t_tenant=writer.id,
        t_model=sonnet.name,
        t_kind="input",
        t_route="profile",
        t_metered=_LATE_TOKENS,
    )
