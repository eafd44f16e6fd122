"""The month's estimate corrected by the bill (ADR 30).

Days that are wholly billed count as billed, the others as estimated times the ratio at which the
last billed days were billed. What is held against the limit is raised by the bill and never
lowered: a bill may still grow, and a ratio that is too low would let a stop be missed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from shared.decision_types import Billed, BilledDays

if TYPE_CHECKING:
    from shared.ledger import MonthSpend

RATIO_DAYS: Final = 7
"""The ratio is that of the last so many days: a price that was put right soon counts no more."""
LEAST_RATIO_DAYS: Final = 3
LEAST_RATIO_USD: Final = Decimal(10)
"""Of fewer days, or of less money billed in them, no ratio is taken."""
LARGEST_RATIO: Final = Decimal(2)
SMALLEST_RATIO: Final = Decimal("0.5")
"""A ratio beyond these says that the meter does not see, not how far off its prices are."""
RATIO_LASTS: Final = timedelta(days=5)
"""For how many days after the last billed one its ratio is taken: bills come daily."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Billed / estimated of the last wholly billed days.

    Attributes:
        value: The ratio, within its bounds.
        days: Of how many days.
        through: The first day after the last that is billed.
    """

    value: Decimal
    days: int
    through: date


def current(billed: Iterable[Billed], now: datetime) -> list[Billed]:
    """Return the figures whose period contains `now`.

    AWS goes on returning last month's 100 % for hours into the new one.
    """
    return [each for each in billed if each.starts <= now < each.ends]


def comparable_days(days: BilledDays) -> list[str]:
    """Return the days, ascending, that were wholly billed and wholly metered.

    On the first day that has both, the cost tags or the meter may have begun at noon: it is left
    out unless the month begins with it.
    """
    both = sorted(
        day for day, usd in days.billed.items() if usd > 0 and days.estimated.get(day, 0) > 0
    )
    return both if both and both[0].endswith("-01") else both[1:]


def ratio_of(days: BilledDays, spend: "MonthSpend") -> Ratio | str:
    """Return the ratio of a bill, or why none is taken.

    Between two bills only what persons book moves it: that is added to what was estimated.
    """
    if days.billed and not days.estimated:
        return "the ledger could not be read when the bill came"
    compared = comparable_days(days)[-RATIO_DAYS:]
    if len(compared) < LEAST_RATIO_DAYS:
        return f"fewer than {LEAST_RATIO_DAYS} whole days are both billed and estimated"
    billed = sum((days.billed[day] for day in compared), Decimal(0))
    if billed < LEAST_RATIO_USD:
        return f"less than ${LEAST_RATIO_USD} is billed in the last {len(compared)} days"
    booked = (
        each.usd
        for each in spend.corrections
        if each.role is None and each.at > days.compared_at and each.day.isoformat() in compared
    )
    estimated = sum((days.estimated[day] for day in compared), sum(booked, Decimal(0)))
    if estimated <= 0:
        return "nothing is estimated of the billed days"
    value = min(max(billed / estimated, SMALLEST_RATIO), LARGEST_RATIO)
    return Ratio(value=value, days=len(compared), through=days.through)


def raised_spend(spend: "MonthSpend", days: BilledDays) -> Decimal:
    """Return the month's spend as the bill raises it, in USD; it is held against the limit.

    The billed days count as billed if that is more than their estimate. The others count as
    estimated, times the ratio if that is above 1; those long after the last billed day without it.
    So it grows with every call and every bill, and never falls because time passes.
    """
    ratio = ratio_of(days, spend)
    factor = max(ratio.value, Decimal(1)) if isinstance(ratio, Ratio) else Decimal(1)
    parts = _parts(spend, days)
    return max(parts.billed, parts.within) + factor * parts.beyond + parts.long_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """The best figure of a month up to now.

    Attributes:
        usd: Billed days as billed, others as estimated times the ratio; no less than was billed.
        ratio: The ratio.
    """

    usd: Decimal
    ratio: Ratio


def corrected_spend(
    spend: "MonthSpend | None", billed: Iterable[Billed], now: datetime
) -> Corrected | str:
    """Return the estimate corrected by the bill, or why it is not."""
    bills = current(billed, now)
    telling = next((each.days for each in bills if each.days), None)
    if spend is None:
        return "the spend is not known"
    if telling is None:
        return "the cost lake has not told this month's days yet"
    if now.date() - telling.through > RATIO_LASTS:
        return f"the last wholly billed day is before {telling.through}"
    ratio = ratio_of(telling, spend)
    if isinstance(ratio, str):
        return ratio
    parts = _parts(spend, telling)
    usd = parts.billed + ratio.value * parts.beyond + parts.long_after
    usd = max(usd, *(each.amount_usd for each in bills))
    return Corrected(usd=usd, ratio=ratio)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A month: what is billed, and what is estimated of those days, of others, of long after."""

    billed: Decimal
    within: Decimal
    beyond: Decimal
    long_after: Decimal


def _parts(spend: "MonthSpend", days: BilledDays) -> _Parts:
    first, end = min(days.billed, default=""), days.through.isoformat()
    lasts = (days.through + RATIO_LASTS).isoformat()
    within = beyond = long_after = Decimal(0)
    for day, usd in spend.by_day.items():
        if first and first <= day < end:
            within += usd
        elif day < lasts:
            beyond += usd
        else:
            long_after += usd
    return _Parts(
        billed=sum(days.billed.values(), Decimal(0)),
        within=within,
        # What persons took away of a day may be more than it had.
        beyond=max(beyond, Decimal(0)),
        long_after=max(long_after, Decimal(0)),
    )
