"""From items of the ledger to rows of the cost lake's table `estimates`. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from shared.canary_tenant import CANARY_TENANT
from shared.corrections import is_correction
from shared.ledger import HOURS, hour_micro_usd, split_key
from shared.money import to_usd

COLUMNS: Final = ("usage_date", "tenant", "alias", "estimated_usd", "source")
"""As the table has them, in its order: Athena reads the file by position."""
Row = tuple[str, str, str]
"""ISO day, tenant, alias; no alias: booked for the whole tenant."""
FOLDER: Final = "inputs/estimates"


def months_to_export(today: date) -> tuple[str, str]:
    """Return last month and this one: records come late, and persons correct what was."""
    last = today.replace(day=1) - timedelta(days=1)
    return f"{last:%Y-%m}", f"{today:%Y-%m}"


def estimates(
    items: Iterable[Mapping[str, Any]], months: Iterable[str]
) -> dict[str, dict[Row, Decimal]]:
    """Return month -> row -> USD, of what was metered and what persons booked.

    Args:
        items: The ledger's items by alias, as plain values, of any tenant and month.
        months: The months asked for; each is there, if with nothing in it.
    """
    sums: dict[str, dict[Row, Decimal]] = {month: {} for month in months}
    for item in items:
        _, day, name = split_key(item["sk"])
        tenant, of_month = item["pk"], sums.get(day[:7])
        if of_month is None or tenant == CANARY_TENANT:
            continue
        if is_correction(name):
            alias, micro = item.get("alias", ""), int(item["usd"])
        else:
            alias, micro = name, sum(hour_micro_usd(item, hour) for hour in HOURS)
        key = (day, tenant, alias)
        of_month[key] = of_month.get(key, Decimal(0)) + to_usd(micro)
    return sums


def as_csv(rows: Mapping[Row, Decimal], source: str) -> str:
    """Return a month's rows as a file: the same ledger gives the same bytes."""
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    writer.writerow(COLUMNS)
    for (day, tenant, alias), usd in sorted(rows.items()):
        writer.writerow([day, tenant, alias, format(usd, "f"), source])
    return content.getvalue()
