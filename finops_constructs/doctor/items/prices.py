"""The clock of the price list: what a call costs is looked up, not known."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from finops_constructs.doctor.case import Case
from finops_constructs.doctor.finding import Finding

ITEM: Final = "prices"
_OLD_AFTER_DAYS: Final = 30


def examine(case: Case) -> Iterator[Finding]:
    """Yield the tenants whose prices are old, and metered aliases without a price."""
    for tenant, entries in sorted(case.tenants.items()):
        metered = {a: p for a, p in entries.profiles.items() if p.get("metered", True)}
        unpriced = sorted(alias for alias, p in metered.items() if not p.get("price"))
        if unpriced:
            yield Finding(
                item=ITEM,
                about=tenant,
                problem=f"{', '.join(unpriced)} has no price: its spend counts for nothing",
                command="give it models.<alias>.price, or say metered: false; then cdk deploy",
                blind=True,
            )
        days = [d for p in metered.values() if (d := _as_of((p.get("price") or {}).get("as_of")))]
        if days and (age := (case.now.date() - min(days)).days) > _OLD_AFTER_DAYS:
            yield Finding(
                item=ITEM,
                about=tenant,
                problem=f"prices are of {min(days)}, {age} days old",
                command=f"finops prices refresh --help   # then cdk deploy finops-{tenant}",
            )


def _as_of(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
