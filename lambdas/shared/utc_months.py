"""Calendar months and instants in UTC, the zone of AWS Budgets and of the bill."""

from datetime import UTC, datetime


def month_end(when: datetime) -> datetime:
    """Return the first instant of the month after the one `when` lies in."""
    at = when.astimezone(UTC)
    year, month = (at.year + 1, 1) if at.month == 12 else (at.year, at.month + 1)
    return datetime(year, month, 1, tzinfo=UTC)


def for_people(when: datetime) -> str:
    """Return an instant as `2026-11-25 10:42 UTC`."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
