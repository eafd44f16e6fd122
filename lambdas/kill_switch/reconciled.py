"""`finops.reconciled` events: what the cost lake has billed a tenant for a month."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from shared.decision_types import Billed, BilledDays
from shared.drift import BILLING_DELAY
from shared.ledger import month_spend
from shared.tenant_state import BilledRecord
from shared.utc_months import month_end

SOURCE: Final = "reconciled"
DETAIL_TYPE: Final = "finops.reconciled"
_LARGEST: Final = Decimal(10) ** 12
_AHEAD: Final = timedelta(hours=25)
"""A line of a whole day ends at midnight to come: a bill may be so far ahead of the clock."""


class NotReconciledError(ValueError):
    """An event does not say what it must; the text says what is wrong."""


def parse_reconciled(detail: Mapping[str, Any], now: datetime) -> tuple[str, BilledRecord]:
    """Return the tenant and the figure of an event's detail.

    Raises:
        NotReconciledError: If it is not of that shape.
    """
    try:
        tenant, period = detail["tenant"], detail["period"]
        amount = Decimal(str(detail["billed_usd"]))
        as_of = datetime.fromisoformat(detail["as_of"])
        starts = datetime.strptime(f"{period}-01", "%Y-%m-%d").replace(tzinfo=UTC)
        believable = 0 <= amount <= _LARGEST
        days = _parse_days(detail.get("days") or {}, starts)
    except (AttributeError, InvalidOperation, KeyError, TypeError, ValueError) as error:
        raise NotReconciledError(f"{type(error).__name__}: {error}") from error
    if not isinstance(tenant, str) or not tenant or not believable:
        raise NotReconciledError(f"tenant {tenant!r}, billed_usd {amount}")
    if as_of.tzinfo is None:
        raise NotReconciledError(f"as_of {detail['as_of']!r} has no time zone")
    if as_of > now + _AHEAD:
        raise NotReconciledError(f"as_of {detail['as_of']!r} is in the future")
    billed = Billed(
        source=SOURCE,
        amount_usd=amount,
        starts=starts,
        ends=month_end(starts),
        as_of=as_of,
        days=_whole_days(days, min(as_of, now) - BILLING_DELAY, now) if days else None,
    )
    return tenant, BilledRecord(billed=billed, read_at=now)


def with_estimates(
    record: BilledRecord,
    items: Iterable[Mapping[str, Any]] | None,
    before: BilledRecord | None = None,
) -> BilledRecord:
    """Return the record with what the ledger has of its days.

    Args:
        record: A bill.
        items: The tenant's items by alias of the bill's month; None: they cannot be read, and what
            the bill before was compared with still counts.
        before: That bill; None: there is none.
    """
    billed = record.billed
    if billed is None or billed.days is None:
        return record
    days = billed.days
    if items is not None:
        by_day = month_spend(items, now=billed.starts).by_day
        estimated = {day: by_day.get(day, Decimal(0)) for day in sorted(days.billed)}
        days = replace(days, estimated=estimated)
    elif before and before.billed and before.billed.days and before.billed.starts == billed.starts:
        known = before.billed.days
        days = replace(days, estimated=known.estimated, compared_at=known.compared_at)
    return replace(record, billed=replace(billed, days=days))


def _parse_days(told: Mapping[str, Any], starts: datetime) -> dict[str, Decimal]:
    """Return USD by ISO day; raises what a wrong one raises."""
    days = {date.fromisoformat(day): Decimal(str(usd)) for day, usd in told.items()}
    for day, usd in days.items():
        if not 0 <= usd <= _LARGEST or f"{day:%Y-%m}" != f"{starts:%Y-%m}":
            raise ValueError(f"days {day}: {usd} is not of {starts:%Y-%m}, or no amount")
    return {day.isoformat(): usd for day, usd in days.items()}


def _whole_days(told: Mapping[str, Decimal], complete: datetime, now: datetime) -> BilledDays:
    """Return the days that had ended when the bill was complete."""
    through = complete.astimezone(UTC).date()
    whole = {day: usd for day, usd in sorted(told.items()) if day < through.isoformat()}
    return BilledDays(through=through, billed=whole, estimated={}, compared_at=now)


def is_newer(record: BilledRecord, before: BilledRecord | None) -> bool:
    """Return whether a figure replaces the one known; events may come late and doubled."""
    if before is None or before.billed is None or record.billed is None:
        return True
    return (record.billed.starts, record.billed.as_of) > (
        before.billed.starts,
        before.billed.as_of,
    )
