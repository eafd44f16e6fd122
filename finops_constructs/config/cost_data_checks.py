"""Checks of what `platform.yaml` says about reports that its types cannot express."""

from collections.abc import Iterator

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
