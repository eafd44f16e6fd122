"""What is known of a tenant's spend, and what it is held against."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from shared.decision_types import Billed, Inputs

if TYPE_CHECKING:
    from shared.ledger import MonthSpend


def limit_spend(inputs: Inputs) -> Decimal | None:
    """Return what is held against the monthly limit; see `largest_known`."""
    return largest_known(inputs.spend, inputs.billed, inputs.now)


def largest_known(
    spend: "MonthSpend | None", billed: Iterable[Billed], now: datetime
) -> Decimal | None:
    """Return the largest figure of this month: the estimate or a billed one; None if none is known.

    A billed figure whose period does not contain `now` is ignored: AWS goes on returning last
    month's 100 % for hours into the new one.
    """
    figures = [each.amount_usd for each in billed if each.starts <= now < each.ends]
    if spend is not None:
        figures.append(spend.total_usd)
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
    """Return the alert percentages that the estimate has passed and nobody was told of yet."""
    if inputs.policy is None or inputs.spend is None:
        return ()
    total = inputs.spend.total_usd
    passed = {p for p in inputs.policy.alert_percentages if total >= share_of_limit(inputs, p)}
    return tuple(sorted(passed - inputs.told))
