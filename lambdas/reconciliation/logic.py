"""From rows of the bill to `finops.reconciled` events. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from shared.platform_bus import Target

DETAIL_TYPE: Final = "finops.reconciled"
COLUMNS: Final = ("billing_period", "tenant", "account_id", "region", "usage_date")
"""What the bill is added up by."""


def months_to_reconcile(today: date) -> tuple[str, str]:
    """Return last month and this one, of which the bill may have nothing in its first days."""
    last = today.replace(day=1) - timedelta(days=1)
    return f"{last:%Y-%m}", f"{today:%Y-%m}"


def reconciled(
    rows: Iterable[Mapping[str, Any]], through: Mapping[str, datetime], targets: Sequence[Target]
) -> dict[Target, list[dict[str, Any]]]:
    """Return target -> details of events, one a tenant: of the newest month that bills it.

    A tenant lives in one account and Region; what of it is billed elsewhere is in its sum.

    Args:
        rows: Metered usage by `COLUMNS`, with `cost_usd`; lines of nobody are left out.
        through: Month -> end of its latest billed hour.
        targets: The platforms.
    """
    sums: dict[tuple[str, str], dict[str, Decimal]] = {}
    places: dict[tuple[str, str], set[Target]] = {}
    known = set(targets)
    for row in rows:
        if row["tenant"] is None or row["billing_period"] not in through:
            continue
        key, day = (row["billing_period"], row["tenant"]), row["usage_date"].isoformat()
        days = sums.setdefault(key, {})
        days[day] = days.get(day, Decimal(0)) + row["cost_usd"]
        here = Target(account=row["account_id"], region=row["region"] or "")
        places.setdefault(key, set()).update({here} & known)
    newest = {tenant: month for month, tenant in sorted(sums)}
    events: dict[Target, list[dict[str, Any]]] = {}
    for tenant, month in sorted(newest.items()):
        days = sums[month, tenant]
        detail = {
            "tenant": tenant,
            "period": month,
            "billed_usd": _text(sum(days.values(), Decimal(0))),
            "as_of": through[month].replace(tzinfo=UTC).isoformat(),
            "days": {day: _text(usd) for day, usd in sorted(days.items())},
        }
        for target in places[month, tenant]:
            events.setdefault(target, []).append(detail)
    return events


def _text(usd: Decimal) -> str:
    """Return an amount as text: corrections may make it negative, a bill of less is none."""
    return format(max(usd, Decimal(0)), "f")
