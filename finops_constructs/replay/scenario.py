"""What is played, and how far: the horizon follows from what the traffic can still reach."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Final

from finops_constructs.replay.assembly import AssemblyError
from finops_constructs.replay.clock import Delays
from finops_constructs.replay.tenant import PlayedTenant, load_tenant
from finops_constructs.replay.trace import MICROSECONDS, Trace, TraceFaults, read_trace
from finops_constructs.replay.traffic import (
    RunawayCalls,
    RunawayError,
    call_atoms,
    parse_runaway,
    plan_runaway,
    usd_to_atoms,
)
from shared.rates import UnpricedTokensError
from shared.utc_months import month_end

# Records and metrics of the last calls arrive after them.
_DRAIN_US: Final = 600 * MICROSECONDS
_DAY_US: Final = 24 * 3600 * MICROSECONDS
_ROUNDS_WITHOUT_HOPE: Final = 2


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
    def trace_atoms(self) -> int:
        """What the trace costs once, in atoms."""
        return sum(call_atoms(request, self.tenant.rates) for request in self.trace.requests)

    @cached_property
    def month_us(self) -> int:
        """The length of the month that is played, from its first moment."""
        return (month_end(self.trace.month) - self.trace.month) // timedelta(microseconds=1)

    @cached_property
    def horizon_us(self) -> int:
        """When the play ends at the latest."""
        alone = self.trace.period_us + _DRAIN_US
        return self.month_us if self.runaway else min(alone, self.month_us)

    @cached_property
    def patience_us(self) -> int:
        """When what has not happened under steady traffic is taken never to happen."""
        if self.runaway is None:
            return self.horizon_us
        return self.runaway.runaway.at_us + _ROUNDS_WITHOUT_HOPE * self.trace.period_us + _DRAIN_US

    @cached_property
    def limit_is_reachable(self) -> bool:
        """Whether the month's traffic comes near what stops the tenant by the month's limit."""
        policy = self.tenant.policy
        stops_at = policy.monthly_limit_usd * policy.stop_percentage / 100
        return self._reaches(usd_to_atoms(stops_at), self.month_us)

    @cached_property
    def daily_cap_is_reachable(self) -> bool:
        """Whether a day's traffic comes near the daily cap, if there is one."""
        cap = self.tenant.policy.daily_cap_usd
        return cap is not None and self._reaches(usd_to_atoms(cap), _DAY_US)

    def expected_atoms(self, span_us: int) -> int:
        """Return about what a span under the whole traffic costs."""
        rounds = self.trace_atoms * span_us // self.trace.period_us
        if self.runaway is None:
            return rounds
        hourly = usd_to_atoms(self.runaway.runaway.usd_per_hour)
        return rounds + hourly * span_us // (3600 * MICROSECONDS)

    @property
    def expected_end_us(self) -> int:
        """About when the play will end, for a progress bar."""
        if self.runaway is None or not self.limit_is_reachable:
            return min(self.patience_us, self.horizon_us)
        daily = self.expected_atoms(_DAY_US)
        crossed_us = usd_to_atoms(self.tenant.policy.monthly_limit_usd) * _DAY_US // daily
        refresh_us = self.delays.budgets_refresh * MICROSECONDS
        return min(
            max((crossed_us // refresh_us + 1) * refresh_us, self.patience_us), self.horizon_us
        )

    def _reaches(self, atoms: int, span_us: int) -> bool:
        return self.expected_atoms(span_us) * 101 >= atoms * 100


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
        _ = scenario.trace_atoms
    except UnpricedTokensError as error:
        raise ScenarioError(
            f"{trace.name}: alias {played.profile.alias!r} cannot price it: {error}"
        ) from None
    return scenario
