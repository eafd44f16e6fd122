"""Checks of what `platform.yaml` says about the bill that its types cannot express."""

from collections.abc import Iterator
from datetime import date

from finops_constructs.config.document import Document
from finops_constructs.config.faults import Fault


def reporting_faults(platform: Document) -> Iterator[Fault]:
    """Yield what is wrong with the rates."""
    base = ("reporting", "exchange_rates")
    seen: set[tuple[str | None, str]] = set()
    for index in platform.indices(*base):
        currency = platform.text(*base, index, "currency")
        day = str(platform.get(*base, index, "as_of"))
        if currency == "USD":
            yield platform.fault((*base, index, "currency"), "AWS bills USD; it needs no rate")
        if (currency, day) in seen:
            yield platform.fault((*base, index, "as_of"), f"{currency} has two rates for this day")
        seen.add((currency, day))


def billing_faults(platform: Document) -> Iterator[Fault]:
    """Yield what is wrong with the settings of the bill."""
    day = platform.get("billing", "backfill_from")
    if isinstance(day, date) and day.day != 1:
        yield platform.fault(("billing", "backfill_from"), "must be the first day of a month")
    if platform.get("reporting", "monthly") and not platform.get("billing"):
        problem = "needs the cost lake: give billing.payer_account"
        yield platform.fault(("reporting", "monthly"), problem, value="")
