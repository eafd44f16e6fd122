"""What one call costs: pure arithmetic, exact to the last digit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import TYPE_CHECKING, Final

from finops_constructs.prices.model_price import TOKEN_KINDS

if TYPE_CHECKING:
    from finops_constructs.prices.model_price import ModelPrice

# Wide enough that no product or sum is ever rounded, whatever context the caller has set.
_EXACT: Final = Context(prec=60)
_PER_MILLION: Final = 6


class UnpricedTokensError(ValueError):
    """A call used something its model has no price for: it is not free, its cost is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUsage:
    """Tokens of one request, each counted once, under the kind it is billed as.

    Attributes:
        input: Input tokens that were neither read from nor written to a prompt cache.
        output: Output tokens.
        cache_read: Input tokens read from a prompt cache.
        cache_write_5m: Input tokens written to a prompt cache that lasts 5 minutes.
        cache_write_1h: Input tokens written to a prompt cache that lasts 1 hour.

    Raises:
        ValueError: If a count is negative.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0

    def __post_init__(self) -> None:
        for kind in TOKEN_KINDS:
            if getattr(self, kind) < 0:
                raise ValueError(f"{kind} tokens must be >= 0, got {getattr(self, kind)}")

    @property
    def prompt_tokens(self) -> int:
        """The size of the whole prompt, by which long-context tiers are chosen."""
        return self.input + self.cache_read + self.cache_write_5m + self.cache_write_1h


def cost_usd(price: ModelPrice, usage: TokenUsage) -> Decimal:
    """Return the cost in USD of one request, unrounded.

    Args:
        price: The price of the called model.
        usage: The tokens of this one request; sums over several would choose a wrong tier.

    Raises:
        UnpricedTokensError: If the model is not metered, or a kind that was used has no rate.
    """
    if not price.metered:
        raise UnpricedTokensError(
            f"{price.model} ({price.scope}) is billed per {price.unit}: tokens do not price it"
        )
    rates = price.rates_for(usage.prompt_tokens)
    used = {kind: getattr(usage, kind) for kind in TOKEN_KINDS if getattr(usage, kind)}
    unpriced = [
        f"{used[kind]} {kind}" for kind, rate in rates.items() if kind in used and rate is None
    ]
    if unpriced:
        raise UnpricedTokensError(
            f"{price.model} ({price.scope}) has no price for {' and '.join(unpriced)} tokens "
            f"of a request of {usage.prompt_tokens} input tokens; give one in platform.yaml"
        )
    with localcontext(_EXACT):
        total = sum((getattr(rates, kind) * used[kind] for kind in used), Decimal(0))
        return total.scaleb(-_PER_MILLION)
