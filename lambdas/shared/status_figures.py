"""The money of a status: what is estimated, billed, corrected, and held against the limit."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from shared.bill_correction import corrected_spend, current
from shared.decision_types import Billed
from shared.known_spend import largest_known
from shared.ledger import MonthSpend, month_of
from shared.registry import TenantPolicy
from shared.tenant_state import BilledRecord

Records = Mapping[str, BilledRecord]
_MICRO: Final = Decimal("0.000001")
_RATIO: Final = Decimal("0.0001")


def figures(
    spend: MonthSpend | None, records: Records, policy: TenantPolicy | None, now: datetime
) -> dict[str, Any]:
    """Return the figures of this month.

    Args:
        spend: The estimate; None: not known.
        records: The last answer of each billing source.
        policy: Whose limit it is; None: there is none.
        now: The clock.
    """
    held = counted(spend, records, now)
    return {
        "estimated_usd": None if spend is None else str(spend.total_usd),
        "last_hour_usd": None if spend is None else str(spend.last_hour_usd),
        "limit_usd": str(policy.monthly_limit_usd) if policy else None,
        "percent": _percent(spend.total_usd if spend else None, policy),
        "billed": _billed(records, now),
        "corrected": _corrected(spend, records, policy, now),
        "counted_usd": None if held is None else str(held.quantize(_MICRO)),
    }


def counted(spend: MonthSpend | None, records: Records, now: datetime) -> Decimal | None:
    """Return what is held against the limit: never less than the estimate or the bill."""
    return largest_known(spend, _bills(records), now)


def _bills(records: Records) -> list[Billed]:
    return [record.billed for record in records.values() if record.billed]


def _percent(usd: Decimal | None, policy: TenantPolicy | None) -> str | None:
    if usd is None or policy is None:
        return None
    return str((usd / policy.monthly_limit_usd * 100).quantize(Decimal("0.1")))


def _corrected(
    spend: MonthSpend | None, records: Records, policy: TenantPolicy | None, now: datetime
) -> dict[str, Any]:
    """The estimate as the bill corrects it, up or down, or why it does not."""
    found = corrected_spend(spend, _bills(records), now)
    if isinstance(found, str):
        empty = dict.fromkeys(("usd", "percent", "ratio", "days", "through"))
        return {**empty, "not_available": found}
    return {
        "usd": str(found.usd.quantize(_MICRO)),
        "percent": _percent(found.usd, policy),
        "ratio": str(found.ratio.value.quantize(_RATIO)),
        "days": found.ratio.days,
        "through": found.ratio.through.isoformat(),
        "not_available": None,
    }


def _billed(records: Records, now: datetime) -> dict[str, Any]:
    """The cost lake's figure of this month, else that of AWS Budgets, else why there is none."""
    told = [records.get(source) for source in ("reconciled", "budget")]
    for figure in current([each.billed for each in told if each and each.billed], now):
        return {
            "amount_usd": str(figure.amount_usd),
            "period": month_of(figure.starts),
            "as_of": figure.as_of.isoformat(),
            "source": figure.source,
            "not_available": None,
        }
    empty = dict.fromkeys(("amount_usd", "period", "as_of", "source"))
    return {**empty, "not_available": _why_not_billed(told[1])}


def _why_not_billed(budget: BilledRecord | None) -> str:
    if budget is None:
        return "AWS Budgets has not been asked yet"
    if budget.billed:
        return f"AWS Budgets still shows {month_of(budget.billed.starts)}"
    return budget.missing
