"""The truth about a sample: what was put in, added up apart from anything that reads a bill."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

UNTAGGED: Final = "(untagged)"
NO_INVOICE: Final = "(open)"
_TRUTHS: Final = "t_service, t_tenant, t_model, t_kind, t_route, t_tier, t_reach, t_broad"
TRUTH_COLUMNS: Final = f"{_TRUTHS}, entity, account_id, principal"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """What many lines of one kind add up to.

    Attributes:
        service: `bedrock`, `logging`, `library` or `other`.
        tenant: Whose it is; None where nothing on the bill says so.
        model: The model's name, if it is a model's line.
        token_kind: Kind of token, `none` where tokens are not what is billed.
        route: How the model was called.
        tier: Service tier.
        reach: `global` or `standard`.
        broad: Whether the tag is too broad to allocate by.
        invoice: Invoice id; None while there is none.
        account: The account that used it.
        principal: The role that called, without its session.
        charge_kind: `usage`, `credit`, `refund`, `tax` or `fee`.
        lines: How many lines of the bill.
        usd: What they cost.
        metered: Tokens, where tokens are what is billed.
    """

    service: str
    tenant: str | None
    model: str | None
    token_kind: str
    route: str
    tier: str = "standard"
    reach: str = "standard"
    broad: bool = False
    invoice: str | None = None
    account: str = ""
    principal: str | None = None
    charge_kind: str = "usage"
    lines: int = 1
    usd: Decimal
    metered: int = 0


def month_ledger(lines: Iterable[LedgerLine], *, restatement_usd: Decimal) -> dict[str, Any]:
    """Return one month's totals as JSON-ready values: USD as exact decimal texts.

    Args:
        lines: All lines of the month.
        restatement_usd: How much of it arrived after the month was first closed.
    """
    everything = list(lines)
    bedrock = [line for line in everything if line.service == "bedrock"]
    usage = [line for line in bedrock if line.charge_kind == "usage"]
    calls = [line for line in usage if line.route not in {"none", "guardrail"}]
    tenants: dict[str, list[LedgerLine]] = _grouped(bedrock, "tenant", UNTAGGED)
    return {
        "lines": sum(line.lines for line in everything),
        "bedrock_lines": sum(line.lines for line in bedrock),
        "bill_cost_usd": _usd(everything),
        "bedrock_cost_usd": _usd(bedrock),
        "bedrock_usage_cost_usd": _usd(usage),
        "by_charge_kind": _sums(bedrock, "charge_kind"),
        "by_tenant": {name: _sums(own, "charge_kind") for name, own in sorted(tenants.items())},
        "by_model": {
            model: {
                kind: {"tokens": sum(line.metered for line in own), "cost_usd": _usd(own)}
                for kind, own in sorted(_grouped(of_model, "token_kind").items())
            }
            for model, of_model in sorted(_grouped(calls, "model").items())
        },
        "by_tier": _sums(calls, "tier"),
        "by_reach": _sums(calls, "reach"),
        "by_route": _sums(calls, "route"),
        "untagged_cost_usd": _usd(line for line in bedrock if line.tenant is None),
        "untagged_by_principal": _sums(
            [line for line in usage if line.tenant is None], "principal", "(none)"
        ),
        "broad_tag_cost_usd": _usd(line for line in bedrock if line.broad),
        "unprofiled_cost_usd": _usd(line for line in calls if line.route != "profile"),
        "guardrail_cost_usd": _usd(line for line in usage if line.route == "guardrail"),
        "support": _sums(
            [line for line in everything if line.service in {"logging", "library"}], "service"
        ),
        "by_invoice": _sums(everything, "invoice", NO_INVOICE),
        "restatement_cost_usd": str(restatement_usd),
    }


def _grouped(lines: Iterable[LedgerLine], by: str, nobody: str = "") -> dict[str, list[LedgerLine]]:
    groups: dict[str, list[LedgerLine]] = defaultdict(list)
    for line in lines:
        groups[getattr(line, by) or nobody].append(line)
    return groups


def _sums(lines: Iterable[LedgerLine], by: str, nobody: str = "") -> dict[str, str]:
    return {name: _usd(own) for name, own in sorted(_grouped(lines, by, nobody).items())}


def _usd(lines: Iterable[LedgerLine]) -> str:
    return str(sum((line.usd for line in lines), Decimal(0)).quantize(Decimal("1E-10")))
