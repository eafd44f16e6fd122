"""When a batch gives the kill switch a reason to look before its own time comes.

The switch looks every five minutes anyway and believes nothing but state, so a wake is only a
hint: missing one costs minutes, one too many costs a fraction of a cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shared.registry_entries import TenantPolicy

NEAR: Final = Decimal("0.7")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What a tenant has spent by the last look, in USD."""

    month: Decimal
    today: Decimal


def is_near(thresholds: Sequence[Decimal], before: Decimal, after: Decimal) -> bool:
    """Whether spend has come close to, or passed, the lowest threshold it had not passed before.

    A tenant that spends on beyond every threshold is always near: it should not be able to.
    """
    ahead = [threshold for threshold in thresholds if threshold > before]
    return not ahead or after >= NEAR * min(ahead)


def should_wake(policy: TenantPolicy, before: Spend | None, after: Spend) -> bool:
    """Whether the switch should look at a tenant.

    Args:
        policy: The tenant's policy.
        before: Its spend by the look before; None: there was none in this month.
        after: Its spend now.
    """
    if before is None:
        return True
    if is_near(_monthly_thresholds(policy), before.month, after.month):
        return True
    cap = policy.daily_cap_usd
    return cap is not None and is_near([cap], before.today, after.today)


def _monthly_thresholds(policy: TenantPolicy) -> list[Decimal]:
    percentages = (*policy.alert_percentages, policy.stop_percentage, policy.hard_cap_percentage)
    return [policy.monthly_limit_usd * percentage / 100 for percentage in percentages]
