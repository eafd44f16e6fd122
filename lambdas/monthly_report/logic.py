"""When the month's report is due. Pure."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

_SATURDAY: Final = 5


def working_day_of_month(today: date, holidays: Collection[date]) -> int | None:
    """Return which working day of its month a day is, from 1; None if it is none."""
    if not _works(today, holidays):
        return None
    first = today.replace(day=1)
    days = (first + timedelta(days=number) for number in range(today.day))
    return sum(_works(day, holidays) for day in days)


def month_before(today: date) -> str:
    """Return the month before, `YYYY-MM`."""
    return f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"


def _works(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays
