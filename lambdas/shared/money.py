"""Money: integer micro-USD inside the platform, Decimal USD for people."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

MICRO: Final = 1_000_000
"""Micro-USD in one USD."""

_CENT: Final = Decimal("0.01")
_MICRO_DIGITS: Final = 6


def to_usd(micro: int) -> Decimal:
    """Return micro-USD as USD, exactly."""
    return Decimal(f"{micro}E-{_MICRO_DIGITS}")


def format_usd(usd: Decimal) -> str:
    """Return USD for a person: thousands separated, two digits, halves away from zero."""
    cents = usd.quantize(_CENT, rounding=ROUND_HALF_UP)
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents):,.2f}"
