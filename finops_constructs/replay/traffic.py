"""The calls that are played: a trace, perhaps repeated, perhaps with a runaway beside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from heapq import merge
from itertools import count
from math import ceil
from typing import Final

from finops_constructs.replay.trace import MICROSECONDS, Request, Trace
from shared.rates import ATOMS_PER_MICRO_USD, RateTable, TokenSums

_HOUR_US: Final = 3600 * MICROSECONDS
_ATOMS_PER_USD: Final = ATOMS_PER_MICRO_USD * 1_000_000
# An agent in a loop sends its whole history and gets little back; calls grow up to what fits a
# context window, then become more frequent.
_SMALLEST: Final = Request(0, input=8_000, output=500)
_LARGEST_FACTOR: Final = 18
_MOST_CALLS_A_SECOND: Final = 100
_WRITTEN: Final = re.compile(r"\$?([^@]+)@([\d.]+)([smh]?)", re.ASCII)
_LATEST_S: Final = 48 * 3600
_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600}


class RunawayError(ValueError):
    """A runaway cannot be played as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runaway:
    """Extra calls at a steady rate.

    Attributes:
        usd_per_hour: What they cost an hour.
        at_us: When they begin.
    """

    usd_per_hour: Decimal
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunawayCalls:
    """How a runaway is played.

    Attributes:
        runaway: What was asked for.
        call: Each call; its time is the first one's.
        interval_us: Between two calls, exactly.
    """

    runaway: Runaway
    call: Request
    interval_us: Fraction

    def calls(self, start_us: int = 0) -> Iterator[Request]:
        """Yield the calls from a moment on, without end."""
        at_us, *tokens = self.call
        step, parts = self.interval_us.numerator, self.interval_us.denominator
        for number in count(self.calls_before(start_us)):
            yield Request(at_us + number * step // parts, *tokens)

    def calls_before(self, at_us: int) -> int:
        """Return how many calls are made before a moment."""
        return max(ceil((at_us - self.call.at_us) / self.interval_us), 0)


def parse_runaway(text: str) -> Runaway:
    """Return a runaway written as `RATE@TIME`: USD an hour, and seconds (or `10m`, `2h`).

    Raises:
        RunawayError: If it is not written so.
    """
    match = _WRITTEN.fullmatch(text.strip())
    try:
        rate = Decimal(match[1].replace(",", "")) if match else Decimal(0)
        at = Decimal(match[2]) * _UNITS[match[3]] if match else Decimal(0)
    except InvalidOperation:
        rate = at = Decimal(0)
    if not rate.is_finite() or not 0 < rate <= 10**9:
        raise RunawayError(
            f"must be RATE@TIME, such as 500@600 for $500/hour from second 600 on, got {text!r}"
        )
    if at > _LATEST_S:
        raise RunawayError(f"must begin within {_LATEST_S // 3600} hours, got {text!r}")
    return Runaway(usd_per_hour=rate, at_us=int(at * MICROSECONDS))


def plan_runaway(runaway: Runaway, rates: RateTable) -> RunawayCalls:
    """Return calls of a realistic size, about one a second, that cost what was asked for.

    Raises:
        RunawayError: If the model is so cheap that it would take too many calls a second.
    """
    smallest = call_atoms(_SMALLEST, rates)
    if not smallest:
        raise RunawayError("the alias's calls cost nothing: there is no runaway to play")
    wanted = Fraction(runaway.usd_per_hour) * _ATOMS_PER_USD / 3600
    factor = min(max(wanted / smallest, Fraction(1)), Fraction(_LARGEST_FACTOR))
    call = Request(runaway.at_us, int(_SMALLEST.input * factor), int(_SMALLEST.output * factor))
    interval_s = call_atoms(call, rates) / wanted
    if interval_s < Fraction(1, _MOST_CALLS_A_SECOND):
        raise RunawayError(
            f"${runaway.usd_per_hour:,}/hour takes {float(1 / interval_s):,.0f} calls a second of "
            f"{call.input:,} input tokens with this alias's model: give a lower rate or a dearer "
            "--alias"
        )
    return RunawayCalls(runaway=runaway, call=call, interval_us=interval_s * MICROSECONDS)


def call_atoms(call: Request, rates: RateTable) -> int:
    """Return what one call costs, in atoms, as the meter prices it.

    Raises:
        UnpricedTokensError: If it used tokens of a kind that has no rate.
    """
    tokens = TokenSums(
        input=call.input,
        output=call.output,
        cache_read=call.cache_read,
        cache_write_untold=call.cache_write,
    )
    return rates.tiers[rates.tier_of(tokens.prompt)].cost_atoms(tokens)


def atoms_to_usd(atoms: int) -> Decimal:
    """Return a cost in USD, exactly."""
    return Decimal(atoms).scaleb(-18)


def usd_to_atoms(usd: Decimal) -> int:
    """Return USD in atoms, rounded down."""
    return int(usd * _ATOMS_PER_USD)


def played_calls(
    trace: Trace, runaway: RunawayCalls | None, start_us: int = 0
) -> Iterator[Request]:
    """Yield the calls from a moment on, in the order of time.

    A trace alone is played once; beside a runaway it repeats, without end.
    """
    if runaway is None:
        return (request for request in trace.requests if request.at_us >= start_us)
    return merge(_repeated(trace, start_us), runaway.calls(start_us))


def _repeated(trace: Trace, start_us: int) -> Iterator[Request]:
    period_us = trace.period_us
    for round_us in count(start_us // period_us * period_us, period_us):
        for at_us, *tokens in trace.requests:
            if round_us + at_us >= start_us:
                yield Request(round_us + at_us, *tokens)
