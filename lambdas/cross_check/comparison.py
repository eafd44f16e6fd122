"""One alias's log against its CloudWatch metrics: which is larger, which is missing. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from cross_check.cloudwatch import HourSeen
from shared.rates import RateTable, TierRates, TokenSums, to_micro_usd
from shared.registry_entries import ProfileEntry

LEAST_COMPARED_MICRO_USD: Final = 10_000
"""Below one cent a difference is a matter of which hour a call fell into."""

_KINDS: Final = ("input", "output", "cache_read", "cache_write_5m", "cache_write_untold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What comparing one alias found.

    Attributes:
        spent: Hours and their micro-USD by CloudWatch's tokens; only hours with any.
        difference_percent: How far the log is from what the tokens may have cost, 0 to 100.
        silent: Whether in some hour calls were made and none was logged.
        cache_tokens_missing: Whether calls used a prompt cache, and their records do not tell.
        unpriced: Kinds of token that were used and have no rate.
    """

    spent: tuple[tuple[datetime, int], ...]
    difference_percent: Decimal
    silent: bool
    cache_tokens_missing: bool
    unpriced: tuple[str, ...]


Part = tuple[ProfileEntry, Sequence[HourSeen]]
"""A profile, and what CloudWatch counted of it by hour."""


def compare(parts: Sequence[Part], logged: Mapping[str, Mapping[str, Any]]) -> Finding:
    """Compare what CloudWatch counted of an alias with what the ledger has from the log.

    Args:
        parts: The alias's profile and those it replaced, of which the ledger knows only the sum.
        logged: The alias's ledger items by UTC day.
    """
    seen = together([hours for _, hours in parts])
    items = [(hour, logged.get(hour.hour.date().isoformat(), {})) for hour in seen]
    priced = [(p.rates, hours) for p, hours in parts if p.metered and p.rates is not None]
    spent: defaultdict[datetime, int] = defaultdict(int)
    for rates, hours in priced:
        for each in hours:
            spent[each.hour] += _spent(rates.base, each.tokens)
    return Finding(
        spent=tuple((hour, micro) for hour, micro in sorted(spent.items()) if micro),
        difference_percent=_difference(priced, items) if priced else Decimal(0),
        silent=_is_silent(items),
        cache_tokens_missing=bool(priced) and _cache_tokens_missing(seen, logged.values()),
        unpriced=_unpriced(priced),
    )


def together(parts: Sequence[Sequence[HourSeen]]) -> list[HourSeen]:
    """Return what CloudWatch counted of several profiles in the same hours."""
    return [
        HourSeen(
            hour=same[0].hour,
            invocations=sum(each.invocations for each in same),
            tokens=TokenSums(
                **{
                    field.name: sum(getattr(each.tokens, field.name) for each in same)
                    for field in fields(TokenSums)
                }
            ),
        )
        for same in zip(*parts, strict=True)
    ]


def _spent(rates: TierRates, tokens: TokenSums) -> int:
    """Return micro-USD of the tokens that have a rate."""
    priced = {kind: 0 for kind in _KINDS if getattr(rates, kind) is None}
    return to_micro_usd(rates.cost_atoms(replace(tokens, **priced)))


def _difference(
    priced: Sequence[tuple[RateTable, Sequence[HourSeen]]],
    items: Sequence[tuple[HourSeen, Mapping[str, Any]]],
) -> Decimal:
    """Return the distance of the log's figure from all that the tokens may have cost, in percent.

    CloudWatch does not tell requests longer than a tier's bound, nor how long cache writes last:
    what the log knows better is no difference.
    """
    by_log = sum(_of_hour(item, "h", hour) for hour, item in items)
    possible = [
        [
            sum(_spent(tier, reading(hour.tokens)) for hour in hours)
            for tier in rates.tiers
            for reading in (_as_it_is, _with_short_writes)
        ]
        for rates, hours in priced
    ]
    least, most = sum(map(min, possible)), sum(map(max, possible))
    if max(by_log, most) < LEAST_COMPARED_MICRO_USD:
        return Decimal(0)
    if by_log < least:
        return Decimal(100) * (least - by_log) / least
    return Decimal(100) * max(0, by_log - most) / by_log


def _as_it_is(tokens: TokenSums) -> TokenSums:
    return tokens


def _with_short_writes(tokens: TokenSums) -> TokenSums:
    return replace(tokens, cache_write_5m=tokens.cache_write_untold, cache_write_untold=0)


def _is_silent(items: Sequence[tuple[HourSeen, Mapping[str, Any]]]) -> bool:
    """Whether calls are missing and some hour has none logged.

    A call at an hour's end may be logged in one hour and counted in the next: nothing is missing.
    """
    logged = sum(_of_hour(item, "n", hour) for hour, item in items)
    if logged >= sum(hour.invocations for hour, _ in items):
        return False
    return any(hour.invocations and not _of_hour(item, "n", hour) for hour, item in items)


def _cache_tokens_missing(seen: Sequence[HourSeen], items: Iterable[Mapping[str, Any]]) -> bool:
    logged = list(items)
    told = sum(int(item.get(kind, 0)) for item in logged for kind in ("cr", "cw5", "cw1", "cwu"))
    calls = any(_of_hour(item, "n", hour) for item in logged for hour in seen)
    return calls and not told and any(hour.cache_tokens for hour in seen)


def _unpriced(priced: Sequence[tuple[RateTable, Sequence[HourSeen]]]) -> tuple[str, ...]:
    return tuple(
        kind
        for kind in _KINDS
        if any(
            getattr(rates.base, kind) is None and getattr(hour.tokens, kind)
            for rates, hours in priced
            for hour in hours
        )
    )


def _of_hour(item: Mapping[str, Any], prefix: str, hour: HourSeen) -> int:
    return int(item.get(f"{prefix}{hour.hour:%H}", 0))
