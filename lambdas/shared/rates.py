"""What tokens cost, as integers: exact sums, rounded once.

A registry entry states rates as USD per 1,000,000 tokens, which is micro-USD per token. They are
held here as whole multiples of 10^-12 micro-USD ("atoms"), so that a product of tokens and rate
is an integer and sums lose nothing. `to_micro_usd` is the only place where money is rounded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from shared.parsing import EntryError, decimal_of, mapping_of, whole_number_of

ATOM_DIGITS: Final = 12
ATOMS_PER_MICRO_USD: Final = 10**ATOM_DIGITS
KINDS: Final = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
_DEAREST_BELIEVED: Final = Decimal(100_000)


class UnpricedTokensError(ValueError):
    """Tokens of a kind that has no rate were used: their cost is unknown, not zero."""


def to_micro_usd(atoms: int) -> int:
    """Round a cost to whole micro-USD, halves up: done once, for one number of a ledger item."""
    return (2 * atoms + ATOMS_PER_MICRO_USD) // (2 * ATOMS_PER_MICRO_USD)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSums:
    """Tokens by the kind they are billed as, each counted once.

    Attributes:
        input: Input tokens neither read from nor written to a prompt cache.
        output: Output tokens.
        cache_read: Input tokens read from a prompt cache.
        cache_write_5m: Input tokens written to a cache that lasts 5 minutes.
        cache_write_1h: Input tokens written to a cache that lasts 1 hour.
        cache_write_untold: Input tokens written to a cache whose lifetime is not known.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    cache_write_untold: int = 0

    @property
    def prompt(self) -> int:
        """The size of the whole prompt, by which one request's tier is chosen."""
        written = self.cache_write_5m + self.cache_write_1h + self.cache_write_untold
        return self.input + self.cache_read + written


@dataclass(frozen=True, slots=True, kw_only=True)
class TierRates:
    """Atoms per token of each kind for requests of one range of sizes; None: no rate known."""

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write_5m: int | None = None
    cache_write_1h: int | None = None

    @property
    def cache_write_untold(self) -> int | None:
        """The rate of a cache write whose lifetime was not told: the 1-hour one, if there is any.

        It is the dearer of the two, so that the estimate errs on the side of stopping early.
        """
        return self.cache_write_5m if self.cache_write_1h is None else self.cache_write_1h

    def cost_atoms(self, tokens: TokenSums) -> int:
        """Return what `tokens` cost in atoms.

        Raises:
            UnpricedTokensError: If tokens were used of a kind that has no rate.
        """
        total = 0
        for kind in (*KINDS, "cache_write_untold"):
            count = getattr(tokens, kind)
            if count:
                rate = getattr(self, kind)
                if rate is None:
                    raise UnpricedTokensError(f"no rate for {kind} tokens")
                total += count * rate
        return total


@dataclass(frozen=True, slots=True)
class RateTable:
    """The rates of one profile's model.

    Attributes:
        tiers: Rates by the size of a request's whole prompt, shortest prompts first.
        above: For each tier but the first: the prompt tokens a request must exceed.
    """

    tiers: tuple[TierRates, ...]
    above: tuple[int, ...] = ()

    @property
    def base(self) -> TierRates:
        """The rates of a request of ordinary length."""
        return self.tiers[0]

    def tier_of(self, prompt_tokens: int) -> int:
        """Return the index of the tier of one request.

        Args:
            prompt_tokens: All its input tokens, those read from and written to a cache included.
        """
        tier = 0
        for above in self.above:
            tier += prompt_tokens > above
        return tier

    def dearest(self) -> Iterator[tuple[str, int]]:
        """Yield for each kind that has a rate the highest one, in atoms per token."""
        for kind in KINDS:
            known = [rate for tier in self.tiers if (rate := getattr(tier, kind)) is not None]
            if known:
                yield kind, max(known)


def parse_rate_table(price: Mapping[str, Any]) -> RateTable:
    """Return the rates of a profile entry's `price`.

    Raises:
        EntryError: If a rate is no decimal >= 0, too precise, or tiers do not ascend.
    """
    tiers = [] if price.get("tiers") is None else price["tiers"]
    if not isinstance(tiers, list):
        raise EntryError(f"price.tiers must be a list, got {tiers!r}")
    entries = [mapping_of(tier, f"price.tiers[{i}]") for i, tier in enumerate(tiers)]
    above = tuple(
        whole_number_of(tier.get("above_input_tokens"), "above_input_tokens") for tier in entries
    )
    if any(left >= right for left, right in pairwise((0, *above))):
        raise EntryError(f"price.tiers must ascend by above_input_tokens, got {list(above)}")
    return RateTable(
        tiers=(
            _parse_tier(price.get("rates"), "price.rates"),
            *(_parse_tier(t.get("rates"), f"price.tiers[{i}]") for i, t in enumerate(entries)),
        ),
        above=above,
    )


def _parse_tier(value: object, where: str) -> TierRates:
    rates = mapping_of(value, where)
    return TierRates(**{kind: _atoms(rates.get(kind), f"{where}.{kind}") for kind in KINDS})


def _atoms(value: object, where: str) -> int | None:
    if value is None:
        return None
    rate = decimal_of(value, where)
    atoms = rate.scaleb(ATOM_DIGITS)
    if not 0 <= rate <= _DEAREST_BELIEVED or atoms != atoms.to_integral_value():
        raise EntryError(
            f"{where} must be USD per 1M tokens from 0 to {_DEAREST_BELIEVED}, with at most "
            f"{ATOM_DIGITS} decimals, got {value!r}"
        )
    return int(atoms)
