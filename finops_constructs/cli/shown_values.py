"""How figures and times look to a person: UTC, USD with two digits, and why a figure is missing."""

from datetime import UTC, datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Final

_CENT: Final = Decimal("0.01")
_TENTH: Final = Decimal("0.1")


def usd(amount: Decimal) -> str:
    """Return an amount such as `$1,234.50`, or `-$12.00`."""
    cents = amount.quantize(_CENT, rounding=ROUND_HALF_UP)
    return f"{'-' if cents < 0 else ''}${abs(cents):,}"


def whole_usd_above(amount: Decimal) -> str:
    """Return the next whole amount without a sign, as options take it: `601`."""
    return f"{amount.to_integral_value(rounding=ROUND_CEILING):f}"


def percent(value: Decimal) -> str:
    """Return a percentage such as `82.4 %`."""
    return f"{value.quantize(_TENTH, rounding=ROUND_HALF_UP):f} %"


def moment(value: datetime | str | None) -> str:
    """Return a time of UTC such as `25 Nov 10:42`; text, such as what ends a stop, as it is."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%d %b %H:%M}"
    return value or ""


def missing(why: str | None) -> str:
    """Return what stands for a figure there is not; never a number."""
    return f"not available ({why or 'the platform does not say why'})"
