"""`finops.reconciled` events: what the cost lake has billed a tenant for a month."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from shared.decision_types import Billed
from shared.tenant_state import BilledRecord
from shared.utc_months import month_end

SOURCE: Final = "reconciled"
DETAIL_TYPE: Final = "finops.reconciled"
_LARGEST: Final = Decimal(10) ** 12


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
    except (InvalidOperation, KeyError, TypeError, ValueError) as error:
        raise NotReconciledError(f"{type(error).__name__}: {error}") from error
    if not isinstance(tenant, str) or not tenant or not believable:
        raise NotReconciledError(f"tenant {tenant!r}, billed_usd {amount}")
    if as_of.tzinfo is None:
        raise NotReconciledError(f"as_of {detail['as_of']!r} has no time zone")
    billed = Billed(
        source=SOURCE, amount_usd=amount, starts=starts, ends=month_end(starts), as_of=as_of
    )
    return tenant, BilledRecord(billed=billed, read_at=now)


def is_newer(record: BilledRecord, before: BilledRecord | None) -> bool:
    """Return whether a figure replaces the one known; events may come late and doubled."""
    if before is None or before.billed is None or record.billed is None:
        return True
    return (record.billed.starts, record.billed.as_of) > (
        before.billed.starts,
        before.billed.as_of,
    )
