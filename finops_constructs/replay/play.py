"""Playing traffic against every tier of the control, each as if it alone existed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from finops_constructs.replay.budgets import PlayedBudgets
from finops_constructs.replay.burst_alarm import MINUTE_US, PlayedAlarm
from finops_constructs.replay.clock import Clock
from finops_constructs.replay.meter import PlayedMeter
from finops_constructs.replay.scenario import Scenario
from finops_constructs.replay.switch import PlayedSwitch, Sources
from finops_constructs.replay.trace import MICROSECONDS, Request
from finops_constructs.replay.traffic import (
    atoms_to_usd,
    call_atoms,
    played_calls,
    usd_to_atoms,
)
from shared.registry import TenantPolicy

TIERS: Final = ("meter", "alarm", "budget")
_APPROVAL_SLACK_US: Final = 10 * 60 * MICROSECONDS

Progress = Callable[[int, Decimal], None]
"""Is told every simulated minute: the time in microseconds, what has been spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What happened, had nothing been stopped but what each tier stops by itself.

    Attributes:
        scenario: What was played.
        tiers: The kill switch of each tier, fed by that tier alone, in mode `enforce`.
        configured: The kill switch as configured, fed by all tiers.
        crossed_at_us: When spend reached the month's limit; None: it did not.
        spent_usd: What the whole play cost.
        ended_at_us: When it ended.
        calls: How many calls were made.
        busiest_burst: The highest value of the burst alarm's expression; None without an alarm.
    """

    scenario: Scenario
    tiers: Mapping[str, PlayedSwitch]
    configured: PlayedSwitch
    crossed_at_us: int | None
    spent_usd: Decimal
    ended_at_us: int
    calls: int
    busiest_burst: Decimal | None


def play(scenario: Scenario, progress: Progress = lambda *_: None) -> Played:
    """Play a scenario.

    Args:
        scenario: What to play.
        progress: Is told how far the play is. Default: nobody is.
    """
    return _Play(scenario, progress).run()


class _Play:
    """A play under way."""

    def __init__(self, scenario: Scenario, progress: Progress) -> None:
        self._scenario, self._progress = scenario, progress
        self._clock = Clock()
        self._atoms = 0
        self._calls = 0
        self._over = False
        self._metering = True
        self._crossed_at_us: int | None = None
        self._costs: dict[tuple[int, ...], int] = {}
        tenant, delays = scenario.tenant, scenario.delays
        self._limit_atoms = usd_to_atoms(tenant.policy.monthly_limit_usd)
        self._meter = PlayedMeter(tenant, scenario.trace.month, self._clock, delays)
        self._alarm = (
            PlayedAlarm(tenant.alarm, metric_delay_us=delays.metric * MICROSECONDS)
            if tenant.alarm
            else None
        )
        self._budgets = PlayedBudgets(scenario.trace.month, self._spent)
        enforced = replace(tenant.policy, mode="enforce")
        sources = {
            "meter": Sources(spend=self._meter.spend),
            "alarm": Sources(bursts=self._bursts),
            "budget": Sources(billed=self._budgets.billed),
        }
        self._tiers = {name: self._switch(enforced, sources[name]) for name in TIERS}
        everything = Sources(
            spend=self._meter.spend, bursts=self._bursts, billed=self._budgets.billed
        )
        self._configured = self._switch(tenant.policy, everything)
        self._connect()

    def _switch(self, policy: TenantPolicy, sources: Sources) -> PlayedSwitch:
        return PlayedSwitch(
            clock=self._clock,
            delays=self._scenario.delays,
            month=self._scenario.trace.month,
            policy=policy,
            aliases=self._scenario.tenant.aliases,
            alias=self._scenario.tenant.profile.alias,
            sources=sources,
            spent=self._spent,
        )

    def _connect(self) -> None:
        """Let each source wake its own tier's switch, and the configured one."""

        def wake(tier: str) -> Callable[[int], None]:
            def both(now_us: int) -> None:
                self._tiers[tier].wake(now_us)
                self._configured.wake(now_us)

            return both

        self._meter.on_wake(wake("meter"))
        alarm_went = wake("alarm")

        def minute(now_us: int) -> None:
            if self._alarm and self._alarm.evaluate(now_us):
                alarm_went(now_us)
            self._over = self._is_over()
            self._metering = not (self._tiers["meter"].stop and self._has_configured_its_say())
            self._progress(now_us, self._spent())

        self._clock.every(MINUTE_US // MICROSECONDS, minute)

        budget_told = wake("budget")

        def refresh(now_us: int) -> None:
            self._budgets.refresh(now_us)
            budget_told(now_us)

        self._clock.every(self._scenario.delays.budgets_refresh, refresh)

    def run(self) -> Played:
        scenario = self._scenario
        horizon_us = scenario.horizon_us
        for call in played_calls(scenario.trace, scenario.runaway):
            if call.at_us >= horizon_us:
                break
            self._clock.advance(call.at_us)
            if self._over:
                break
            self._make(call)
        if not self._over:
            self._clock.advance(horizon_us)
        return Played(
            scenario=scenario,
            tiers=self._tiers,
            configured=self._configured,
            crossed_at_us=self._crossed_at_us,
            spent_usd=self._spent(),
            ended_at_us=self._clock.now_us,
            calls=self._calls,
            busiest_burst=self._alarm.busiest if self._alarm else None,
        )

    def _make(self, call: Request) -> None:
        tokens = call[1:]
        cost = self._costs.get(tokens)
        if cost is None:
            cost = self._costs[tokens] = call_atoms(call, self._scenario.tenant.rates)
        self._atoms += cost
        self._calls += 1
        if self._crossed_at_us is None and self._atoms >= self._limit_atoms:
            self._crossed_at_us = call.at_us
        if self._metering:  # afterwards nobody looks at the ledger any more
            self._meter.take(call)
        if self._alarm:
            self._alarm.count(call)

    def _spent(self) -> Decimal:
        return atoms_to_usd(self._atoms)

    def _bursts(self, _: datetime) -> dict[str, datetime]:
        if self._alarm is None or self._alarm.alarm_since_us is None:
            return {}
        since = timedelta(microseconds=self._alarm.alarm_since_us)
        return {self._scenario.tenant.profile.alias: self._scenario.trace.month + since}

    def _is_over(self) -> bool:
        """Whether every tier has fired that can, and the configured switch had its say."""
        scenario = self._scenario
        meter, alarm, budget = (self._tiers[name].stop is not None for name in TIERS)
        if not (meter and alarm and budget):
            if self._clock.now_us < scenario.patience_us:
                return False
            limit = scenario.limit_is_reachable
            if not meter and (limit or scenario.daily_cap_is_reachable):
                return False
            if not budget and limit:
                return False
        return self._has_configured_its_say()

    def _has_configured_its_say(self) -> bool:
        asked = self._configured.announcement
        if self._configured.stop is not None or asked is None:
            return True
        if self._scenario.tenant.policy.mode == "shadow":
            return True
        timeout = timedelta(minutes=self._scenario.tenant.policy.approval_timeout_minutes)
        patience_us = timeout // timedelta(microseconds=1) + _APPROVAL_SLACK_US
        return self._clock.now_us >= asked.at_us + patience_us
