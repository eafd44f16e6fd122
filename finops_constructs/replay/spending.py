"""What the traffic costs if nothing stops it: exact at every moment, without playing it."""

from bisect import bisect_left
from itertools import accumulate

from finops_constructs.replay.trace import Trace
from finops_constructs.replay.traffic import RunawayCalls, call_atoms
from shared.rates import RateTable


class Spending:
    """Spend over time, in atoms (see `shared.rates`).

    Attributes:
        trace_atoms: What the trace costs once.
    """

    trace_atoms: int

    def __init__(self, trace: Trace, runaway: RunawayCalls | None, rates: RateTable) -> None:
        """Price the traffic.

        Raises:
            UnpricedTokensError: If a request used tokens of a kind that has no rate.
        """
        self._trace, self._runaway = trace, runaway
        self._times = [request.at_us for request in trace.requests]
        costs = (call_atoms(request, rates) for request in trace.requests)
        self._totals = [0, *accumulate(costs)]
        self.trace_atoms = self._totals[-1]
        self._runaway_atoms = call_atoms(runaway.call, rates) if runaway else 0

    def before(self, at_us: int) -> int:
        """Return what the calls cost that were made before a moment."""
        if self._runaway is None:
            return self._totals[bisect_left(self._times, at_us)]
        rounds, rest_us = divmod(at_us, self._trace.period_us)
        in_round = self._totals[bisect_left(self._times, rest_us)]
        extra = self._runaway.calls_before(at_us) * self._runaway_atoms
        return rounds * self.trace_atoms + in_round + extra

    def reaches(self, atoms: int, until_us: int) -> int | None:
        """Return when the call is made with which spend reaches an amount; None if not by then."""
        if self.before(until_us) < atoms:
            return None
        early, late = 0, until_us
        while early < late:
            middle = (early + late) // 2
            if self.before(middle + 1) >= atoms:
                late = middle
            else:
                early = middle + 1
        return early
