"""What is played, and how far: the horizon follows from what the traffic can still reach."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Final

from finops_constructs.replay.assembly import AssemblyError
from finops_constructs.replay.clock import Delays
from finops_constructs.replay.spending import Spending
from finops_constructs.replay.tenant import PlayedTenant, load_tenant
from finops_constructs.replay.trace import MICROSECONDS, Trace, TraceFaults, read_trace
from finops_constructs.replay.traffic import (
    RunawayCalls,
    RunawayError,
    atoms_to_usd,
    parse_runaway,
    plan_runaway,
    usd_to_atoms,
)
from shared.rates import UnpricedTokensError
from shared.utc_months import month_end

# Records and metrics of the last calls arrive after them.
_DRAIN_US: Final = 600 * MICROSECONDS
_DAY_US: Final = 24 * 3600 * MICROSECONDS
# After so many rounds of the same traffic, what has not happened will not happen.
_ROUNDS_TO_SETTLE: Final = 2


class ScenarioError(ValueError):
    """What was asked for cannot be played; the text is meant for whoever asked."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One play.

    Attributes:
        tenant: Whose limits.
        trace: The normal traffic; beside a runaway it repeats.
        runaway: Extra calls; None: none.
        delays: How long everything takes.
    """

    tenant: PlayedTenant
    trace: Trace
    runaway: RunawayCalls | None = None
    delays: Delays = field(default_factory=Delays)

    @cached_property
    def spending(self) -> Spending:
        """What the traffic costs if nothing stops it."""
        return Spending(self.trace, self.runaway, self.tenant.rates)

    @cached_property
    def horizon_us(self) -> int:
        """When the play ends at the latest: with the trace, beside a runaway with the month."""
        month = month_end(self.trace.month) - self.trace.month
        month_us = month // timedelta(microseconds=1)
        return month_us if self.runaway else min(self.trace.period_us + _DRAIN_US, month_us)

    @cached_property
    def limit_reached_us(self) -> int | None:
        """When spend reaches the month's limit; None: it does not."""
        limit = self.tenant.policy.monthly_limit_usd
        return self.spending.reaches(usd_to_atoms(limit), self.horizon_us)

    @cached_property
    def stop_reached_us(self) -> int | None:
        """When spend reaches what stops the tenant by the month's limit; None: it does not."""
        policy = self.tenant.policy
        stop = policy.monthly_limit_usd * policy.stop_percentage / 100
        return self.spending.reaches(usd_to_atoms(stop), self.horizon_us)

    @cached_property
    def daily_cap_is_in_reach(self) -> bool:
        """Whether a day of this traffic, the first or any later one, costs the daily cap."""
        cap = self.tenant.policy.daily_cap_usd
        if cap is None:
            return False
        first, both = (self.spending.before(days * _DAY_US) for days in (1, 2))
        return max(first, both - first) >= usd_to_atoms(cap)

    @cached_property
    def settled_us(self) -> int:
        """From when on every round is like the one before, for a burst alarm and a daily cap."""
        if self.runaway is None:
            return self.horizon_us
        rounds_us = _ROUNDS_TO_SETTLE * self.trace.period_us
        settled = self.runaway.runaway.at_us + rounds_us + self._alarm_patience_us
        return max(settled, 2 * _DAY_US) if self.daily_cap_is_in_reach else settled

    @property
    def _alarm_patience_us(self) -> int:
        """How long the burst alarm takes to see all its windows complete."""
        alarm = self.tenant.alarm
        if alarm is None:
            return 0
        minutes = alarm.windows * alarm.period_minutes + 1
        return (minutes * 60 + self.delays.metric) * MICROSECONDS

    @cached_property
    def approach_us(self) -> int | None:
        """When a round begins shortly before the month's limit stops the tenant; None: never."""
        if self.stop_reached_us is None:
            return None
        rounds = self.stop_reached_us // self.trace.period_us - _ROUNDS_TO_SETTLE
        return max(rounds, 0) * self.trace.period_us

    @property
    def expected_end_us(self) -> int:
        """About when the play ends."""
        if self.stop_reached_us is None:
            return self.settled_us
        told_us = self.stop_reached_us + self.delays.budgets_refresh_us
        return min(max(told_us, self.settled_us), self.horizon_us)

    def spent_usd(self, at_us: int) -> Decimal:
        """Return what has been spent before a moment if nothing was stopped."""
        return atoms_to_usd(self.spending.before(at_us))


def load_scenario(
    trace: Path,
    assembly: Path,
    tenant: str,
    *,
    alias: str | None = None,
    runaway: str | None = None,
    limit_usd: Decimal | None = None,
    delays: Delays | None = None,
) -> Scenario:
    """Return what is to be played, checked whole.

    Args:
        trace: The CSV file of the trace.
        assembly: The cloud assembly's folder.
        tenant: The tenant's id.
        alias: The alias that is called. Default: the dearest one.
        runaway: Extra calls as `RATE@TIME`. Default: none.
        limit_usd: The month's limit. Default: the synthesized one.
        delays: How long everything takes. Default: as in `Delays`.

    Raises:
        ScenarioError: If any of it cannot be used.
    """
    try:
        requests = read_trace(trace)
        played = load_tenant(assembly, tenant, alias=alias, limit_usd=limit_usd)
    except (TraceFaults, AssemblyError) as error:
        raise ScenarioError(str(error)) from None
    try:
        extra = plan_runaway(parse_runaway(runaway), played.rates) if runaway else None
    except RunawayError as error:
        raise ScenarioError(f"runaway: {error}") from None
    scenario = Scenario(tenant=played, trace=requests, runaway=extra, delays=delays or Delays())
    try:
        _ = scenario.spending
    except UnpricedTokensError as error:
        raise ScenarioError(
            f"{trace.name}: alias {played.profile.alias!r} cannot price it: {error}"
        ) from None
    return scenario
