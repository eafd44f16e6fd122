"""What is known of a tenant's spend, and what it is held against."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from shared.bill_correction import current, raised_spend
from shared.decision_types import Billed, Inputs

if TYPE_CHECKING:
    from shared.ledger import MonthSpend


def limit_spend(inputs: Inputs) -> Decimal | None:
    """Return what is held against the monthly limit; see `largest_known`."""
    return largest_known(inputs.spend, inputs.billed, inputs.now)


def largest_known(
    spend: "MonthSpend | None", billed: Iterable[Billed], now: datetime
) -> Decimal | None:
    """Return the largest figure of this month in USD; None if none is known.

    The figures are the estimate, what each source has billed, and the estimate as the bill raises
    it. A billed figure whose period does not contain `now` is ignored.
    """
    bills = current(billed, now)
    figures = [each.amount_usd for each in bills]
    if spend is not None:
        figures.append(spend.total_usd)
        figures += [raised_spend(spend, each.days) for each in bills if each.days]
    return max(figures, default=None)


def scope_spend(inputs: Inputs, scope: str | None) -> Decimal:
    """Return the month-to-date spend of an alias or of the tenant; 0 where none is known."""
    if scope is None:
        return limit_spend(inputs) or Decimal(0)
    if inputs.spend is None:
        return Decimal(0)
    return inputs.spend.by_alias.get(scope, Decimal(0))


def share_of_limit(inputs: Inputs, percentage: Decimal) -> Decimal:
    """Return a percentage of the monthly limit in USD; the policy must be known."""
    assert inputs.policy is not None
    return inputs.policy.monthly_limit_usd * percentage / 100


def passes_limit(inputs: Inputs) -> bool | None:
    """Return whether spend has reached what stops the tenant; None if that is not known.

    A billed figure is a lower bound: it can prove the limit passed without the estimate, but not
    the contrary.
    """
    if inputs.policy is None:
        return None
    spend = limit_spend(inputs)
    threshold = share_of_limit(inputs, inputs.policy.stop_percentage)
    if spend is not None and spend >= threshold:
        return True
    return None if inputs.spend is None else False


def passes_hard_cap(inputs: Inputs) -> bool:
    """Return whether spend is known to have reached the cap that no rejection survives."""
    spend = limit_spend(inputs)
    if inputs.policy is None or spend is None:
        return False
    return spend >= share_of_limit(inputs, inputs.policy.hard_cap_percentage)


def new_warnings(inputs: Inputs) -> tuple[Decimal, ...]:
    """Return the alert percentages that spend has passed and nobody was told of yet."""
    spend = limit_spend(inputs)
    if inputs.policy is None or inputs.spend is None or spend is None:
        return ()
    passed = {p for p in inputs.policy.alert_percentages if spend >= share_of_limit(inputs, p)}
    return tuple(sorted(passed - inputs.told))
