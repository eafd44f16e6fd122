"""How far the estimate is from the bill, allowing for how late the bill is."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from shared.bill_correction import LEAST_RATIO_DAYS, comparable_days
from shared.decision_types import Billed, BilledDays
from shared.ledger import month_of, month_spend, spent_before
from shared.tenant_state import BilledRecord

BILLING_DELAY: Final = timedelta(hours=24)
"""How late usage may reach a billed figure: the cost lake and AWS Budgets lag up to a day."""
_SMALLEST_BILLED_USD: Final = Decimal(1)
SETTLED_AFTER: Final = timedelta(hours=48)
"""How long a bill is incomplete after its cost tags became active: AWS shows them within a day, and
the bill itself is a day late. A difference before says nothing about the estimate."""


def with_first_figure(record: BilledRecord, before: BilledRecord | None) -> BilledRecord:
    """Return a source's answer with the instant at which it first told more than nothing.

    Args:
        record: The answer.
        before: The one before; None: there is none.
    """
    if before is not None and before.first_figure_at is not None:
        return replace(record, first_figure_at=before.first_figure_at)
    has_figure = record.billed is not None and record.billed.amount_usd > 0
    return replace(record, first_figure_at=record.read_at if has_figure else None)


def is_settled(record: BilledRecord, now: datetime) -> bool:
    """Return whether the cost tags have been active for so long that the bill is complete."""
    first = record.first_figure_at
    return first is not None and now - first >= SETTLED_AFTER


def drift_percent(billed: Billed, items: Iterable[Mapping[str, Any]], month: str) -> Decimal | None:
    """Return the distance between a billed figure and the estimate of its time, in % of it.

    Where a bill tells days, and at least three were wholly billed and wholly metered, those and all
    between them are compared. Another figure contains the usage up to some instant within the day
    before it was read; it agrees with the estimate if it lies between the estimates at both ends
    of that day.

    Args:
        billed: The figure.
        items: The tenant's ledger items by alias of `month`.
        month: The month of the items, as `2026-11`.

    Returns:
        The percentage; None if the figure is of another month, or too small to say anything.
    """
    if month_of(billed.starts) != month or billed.amount_usd < _SMALLEST_BILLED_USD:
        return None
    known = list(items)
    compared = comparable_days(billed.days) if billed.days else []
    if billed.days and len(compared) >= LEAST_RATIO_DAYS:
        return _drift_of_days(billed.days, compared[0], known, billed.starts)
    least = spent_before(known, billed.as_of - BILLING_DELAY)
    most = spent_before(known, billed.as_of + timedelta(hours=1))
    nearest = min(max(billed.amount_usd, least), most)
    return (abs(billed.amount_usd - nearest) / billed.amount_usd * 100).quantize(Decimal("0.1"))


def _drift_of_days(
    days: BilledDays, first: str, items: Iterable[Mapping[str, Any]], month: datetime
) -> Decimal | None:
    end = days.through.isoformat()
    billed = sum((usd for day, usd in days.billed.items() if day >= first), Decimal(0))
    by_day = month_spend(items, now=month).by_day
    estimated = sum((usd for day, usd in by_day.items() if first <= day < end), Decimal(0))
    if billed < _SMALLEST_BILLED_USD:
        return None
    return (abs(billed - estimated) / billed * 100).quantize(Decimal("0.1"))
