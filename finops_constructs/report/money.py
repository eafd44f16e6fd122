"""Amounts as a reader wants them: USD, or another currency at a stated rate with USD beside it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.cost_data.errors import CostDataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a dollar is worth in another currency.

    Attributes:
        currency: ISO 4217 code.
        per_usd: Units of the currency for one USD.
        source: Who says so.
        as_of: The day it holds for.
    """

    currency: str
    per_usd: Decimal
    source: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Money:
    """Shows amounts.

    Attributes:
        rate: None for USD.
    """

    rate: Rate | None = None

    @property
    def currency(self) -> str:
        """The currency's code."""
        return self.rate.currency if self.rate else "USD"

    def convert(self, usd: Decimal) -> Decimal:
        """Return an amount in the currency."""
        return usd * self.rate.per_usd if self.rate else usd

    def text(self, usd: Decimal | None) -> str:
        """Return an amount in whole cents, or a dash where it is not known."""
        return "\N{EN DASH}" if usd is None else f"{self.currency} {cents(self.convert(usd)):,}"

    def both(self, usd: Decimal | None) -> str:
        """Return an amount, and beside it in USD if that is another one."""
        if self.rate is None or usd is None:
            return self.text(usd)
        return f"{self.text(usd)} (USD {cents(usd):,})"

    def aside(self, usd: Decimal | None) -> str:
        """Return an amount in USD as the first words beside another currency's; else nothing."""
        return "" if self.rate is None or usd is None else f"USD {cents(usd):,}. "

    def as_json(self) -> dict[str, Any] | None:
        """Return the rate as JSON; None for USD."""
        if self.rate is None:
            return None
        return {
            "currency": self.rate.currency,
            "per_usd": str(self.rate.per_usd),
            "source": self.rate.source,
            "as_of": self.rate.as_of.isoformat(),
        }


def cents(amount: Decimal) -> Decimal:
    """Return an amount rounded to whole cents, halves away from zero."""
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)


def choose_rate(rates: Sequence[Rate], currency: str, *, on: date, where: str) -> Money:
    """Return how to show amounts in a currency on a day.

    Args:
        rates: Those of the configuration.
        currency: ISO 4217 code.
        on: The last day of what is reported; the newest rate up to it is used.
        where: The file and key of the rates, for the error.

    Raises:
        CostDataError: If no rate holds for the day.
    """
    if currency == "USD":
        return Money()
    known = [rate for rate in rates if rate.currency == currency and rate.as_of <= on]
    if not known:
        others = sorted({f"{rate.currency} {rate.as_of}" for rate in rates}) or ["none"]
        raise CostDataError(
            f"{where}: no rate for {currency} up to {on}; there are: {', '.join(others)}"
        )
    return Money(max(known, key=lambda rate: rate.as_of))
