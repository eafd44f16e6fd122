"""What a budget's numbers may be."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from constructs import IConstruct

from finops_constructs._tokens import is_unresolved
from finops_constructs._validation import invalid

# AWS::Budgets::Budget allows thresholds of 0.1 to 1e9 (cfn-lint schema 2cab89233b2339d0).
MAX_LIMIT_USD: Final = 1_000_000_000
MAX_PERCENTAGE: Final = 1000
# AWS allows 10 notifications a budget; the stop and the forecast take two, one is left to people.
MAX_ALERTS: Final = 7
MIN_MINUTES: Final = 5
MAX_MINUTES: Final = 24 * 60


def check_limit(
    construct: IConstruct, limit: Decimal | float, *, name: str = "monthly_limit_usd"
) -> None:
    """Raise ValueError unless `limit` is a sum of money that can be spent; tokens pass."""
    if is_unresolved(limit):
        return
    if not math.isfinite(limit) or not 0 < limit <= MAX_LIMIT_USD:
        raise invalid(
            construct, f"{name} must be above 0 and at most {MAX_LIMIT_USD:,}, got {limit}"
        )


def check_minutes(construct: IConstruct, name: str, minutes: int | None) -> None:
    """Raise ValueError unless the kill switch, which looks every 5 minutes, can keep the time."""
    if minutes is None or is_unresolved(minutes):
        return
    if not MIN_MINUTES <= minutes <= MAX_MINUTES:
        raise invalid(
            construct, f"{name} must be {MIN_MINUTES} to {MAX_MINUTES} minutes, got {minutes}"
        )


def check_hard_cap(construct: IConstruct, hard_cap: float, stop: float) -> None:
    """Raise ValueError unless the hard cap lies at the stop or above; tokens pass."""
    if is_unresolved(hard_cap) or is_unresolved(stop):
        return
    if not stop <= hard_cap <= MAX_PERCENTAGE:
        raise invalid(
            construct,
            f"hard_cap_percentage must be from stop_percentage ({stop}) to {MAX_PERCENTAGE}, "
            f"got {hard_cap}",
        )


def check_percentages(construct: IConstruct, alerts: Sequence[float], stop: float) -> None:
    """Raise ValueError unless the alerts ascend to the stop; tokens pass."""
    if is_unresolved(stop) or any(is_unresolved(p) for p in alerts):
        return
    if not 0 < stop <= MAX_PERCENTAGE:
        raise invalid(
            construct, f"stop_percentage must be above 0 and at most {MAX_PERCENTAGE}, got {stop}"
        )
    ascending = all(a < b for a, b in zip(alerts, [*alerts[1:], math.inf], strict=True))
    if not ascending or any(not 0 < p <= stop for p in alerts) or len(alerts) > MAX_ALERTS:
        raise invalid(
            construct,
            f"alert_percentages must be at most {MAX_ALERTS} ascending numbers above 0 "
            f"and up to stop_percentage ({stop}), got {list(alerts)}",
        )
