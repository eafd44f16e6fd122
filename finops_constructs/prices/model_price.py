"""The price of one model in one scope: values without behaviour beyond choosing a tier."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from decimal import Decimal

    from finops_constructs.attribution.model_source import Scope
    from finops_constructs.prices.overlay import TokenRates


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """USD per 1,000,000 tokens of each kind; None where no price is known.

    Attributes:
        input: Input tokens that were neither read from nor written to a prompt cache.
        output: Output tokens.
        cache_read: Input tokens read from a prompt cache.
        cache_write_5m: Input tokens written to a prompt cache that lasts 5 minutes.
        cache_write_1h: Input tokens written to a prompt cache that lasts 1 hour.
    """

    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write_5m: Decimal | None = None
    cache_write_1h: Decimal | None = None

    @classmethod
    def given(cls, rates: TokenRates) -> Rates:
        """Return the rates a user wrote down."""
        return cls(**{kind: getattr(rates, kind) for kind in TOKEN_KINDS})

    @property
    def is_free(self) -> bool:
        """Whether no kind of token costs anything."""
        return not any(rate for _, rate in self.items())

    def items(self) -> Iterator[tuple[str, Decimal | None]]:
        """Yield the kinds of token with their rates, in the order of `TOKEN_KINDS`."""
        for kind in TOKEN_KINDS:
            yield kind, getattr(self, kind)


DEPRECATION_NOTICE_DAYS: Final = 90
"""How long before a model's retirement everybody who uses it is told."""

TOKEN_KINDS = tuple(each.name for each in fields(Rates))
"""The five kinds of token that Bedrock bills apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """Rates of requests whose whole prompt is longer than `above_input_tokens`."""

    above_input_tokens: int
    rates: Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPrice:
    """What calls of one model cost, in one scope and perhaps one Region only.

    Attributes:
        model: The foundation model's id, without a scope prefix.
        scope: Which calls it prices: the called Region only, or a system inference profile's.
        region: The Region it is the price of; None where it holds for every Region of the scope.
        mode: What the model does: `chat`, `embedding`, `rerank`, `image_generation`, ...
        unit: What is billed: `1M tokens`, or a unit of its own such as `image` or `query`.
        metered: Whether token counts are enough to price a call. False: its spend is unmetered.
        rates: Rates of a request of ordinary length; all None where it is not metered.
        tiers: Rates of longer requests, shortest first.
        unit_prices: USD per unit of what is billed apart from text tokens (`image`, `query`,
            `video second`); on a metered model a reminder that tokens are not its whole price.
        deprecation_date: The day AWS is known to retire it; None where none is known.
        successor: The id of the model that replaces it, without a scope prefix.
        source: Where the price comes from.
        as_of: The day the source stood for it.
    """

    model: str
    scope: Scope
    region: str | None = None
    mode: str
    unit: str
    metered: bool
    rates: Rates = field(default_factory=Rates)
    tiers: tuple[Tier, ...] = ()
    unit_prices: Mapping[str, Decimal] = field(default_factory=dict)
    deprecation_date: date | None = None
    successor: str | None = None
    source: str
    as_of: date

    @property
    def key(self) -> PriceKey:
        """What no two prices of a list share."""
        return self.model, self.scope, self.region

    def rates_for(self, prompt_tokens: int) -> Rates:
        """Return the rates of a request by its own size.

        Args:
            prompt_tokens: All input tokens of the request, those read from and written to a
                prompt cache included.
        """
        chosen = self.rates
        for tier in self.tiers:
            if prompt_tokens > tier.above_input_tokens:
                chosen = tier.rates
        return chosen


PriceKey = tuple[str, "Scope", str | None]
