"""How far the estimate is from the bill, allowing for how late the bill is."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from shared.decision_types import Billed
from shared.ledger import month_of, spent_before

BILLING_DELAY: Final = timedelta(hours=24)
"""How late usage may reach a billed figure: the cost lake and AWS Budgets lag up to a day."""
_SMALLEST_BILLED_USD: Final = Decimal(1)


def drift_percent(billed: Billed, items: Iterable[Mapping[str, Any]], month: str) -> Decimal | None:
    """Return the distance between a billed figure and the estimate of its time, in % of it.

    A billed figure contains the usage up to some instant within the day before it was read; it
    agrees with the estimate if it lies between the estimates at both ends of that day.

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
    least = spent_before(known, billed.as_of - BILLING_DELAY)
    most = spent_before(known, billed.as_of + timedelta(hours=1))
    nearest = min(max(billed.amount_usd, least), most)
    return (abs(billed.amount_usd - nearest) / billed.amount_usd * 100).quantize(Decimal("0.1"))
