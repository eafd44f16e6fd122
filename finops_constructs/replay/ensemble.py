"""Everything that watches the traffic: meter, alarm, budget, and a kill switch behind each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from finops_constructs.replay.budgets import PlayedBudgets
from finops_constructs.replay.burst_alarm import MINUTE_US, PlayedAlarm
from finops_constructs.replay.clock import Clock
from finops_constructs.replay.meter import PlayedMeter
from finops_constructs.replay.scenario import Scenario
from finops_constructs.replay.switch import Event, PlayedSwitch, Sources
from finops_constructs.replay.trace import MICROSECONDS
from finops_constructs.replay.traffic import played_calls
from shared.registry import TenantPolicy

TIERS: Final = ("meter", "alarm", "budget")
_APPROVAL_SLACK: Final = timedelta(minutes=10)


class Ensemble:
    """All tiers on one clock, each with a kill switch that knows nothing else.

    Attributes:
        configured: One more kill switch, in the tenant's own mode, that knows everything.
    """

    configured: PlayedSwitch

    def __init__(
        self, scenario: Scenario, *, start_us: int = 0, before: "Ensemble | None" = None
    ) -> None:
        """Set everything up.

        Args:
            scenario: What is played.
            start_us: When the play begins; what was spent before is in the ledger.
            before: Who played before, if calls were skipped since: its burst alarm has settled.
        """
        tenant, delays = scenario.tenant, scenario.delays
        self._scenario, self._before = scenario, before
        self._clock = Clock(start_us)
        self._calls = played_calls(scenario.trace, scenario.runaway, start_us)
        self._next = next(self._calls, None)
        self._meter = PlayedMeter(scenario, self._clock)
        self._alarm = None
        if tenant.alarm and before is None:
            delay_us = delays.metric * MICROSECONDS
            self._alarm = PlayedAlarm(tenant.alarm, metric_delay_us=delay_us)
        budgets = PlayedBudgets(scenario)
        enforced = replace(tenant.policy, mode="enforce")
        self._tiers = {
            "meter": self._switch(enforced, Sources(spend=self._meter.spend)),
            "alarm": self._switch(enforced, Sources(bursts=self._bursts)),
            "budget": self._switch(enforced, Sources(billed=budgets.billed)),
        }
        everything = Sources(spend=self._meter.spend, bursts=self._bursts, billed=budgets.billed)
        self.configured = self._switch(tenant.policy, everything)
        self._meter.on_wake(self._waking("meter"))
        self._clock.every(MINUTE_US // MICROSECONDS, self._evaluate_alarm)
        if budgets.refresh_us is not None:
            self._clock.at(budgets.refresh_us, self._waking("budget"))

    @property
    def now_us(self) -> int:
        """The time."""
        return self._clock.now_us

    @property
    def stops(self) -> Mapping[str, Event | None]:
        """When each tier alone had stopped the traffic; None: not yet."""
        return {name: switch.stop for name, switch in self._tiers.items()}

    @property
    def busiest_burst(self) -> Decimal | None:
        """The highest value of the burst alarm's expression; None without an alarm."""
        return self._alarm.busiest if self._alarm else None

    @property
    def is_over(self) -> bool:
        """Whether every tier has fired, and the configured switch had its say."""
        earlier = self._before.stops if self._before else {}
        open_ = {name for name, stop in self.stops.items() if not (stop or earlier.get(name))}
        if not self._is_alarm_open:
            open_.discard("alarm")
        return not open_ and self.has_configured_its_say

    @property
    def has_configured_its_say(self) -> bool:
        """Whether it stopped, can only announce, or has waited in vain for an approval."""
        if self.configured.stop is not None or self.configured.announcement is None:
            return True
        policy = self._scenario.tenant.policy
        if policy.mode == "shadow":
            return True
        patience = timedelta(minutes=policy.approval_timeout_minutes) + _APPROVAL_SLACK
        asked_us = self.configured.announcement.at_us
        return self.now_us >= asked_us + patience // timedelta(microseconds=1)

    def minutes(self) -> Iterator[int]:
        """Play on, minute by minute, until the horizon; yield the time after each."""
        while self.now_us < self._scenario.horizon_us:
            end_us = min((self.now_us // MINUTE_US + 1) * MINUTE_US, self._scenario.horizon_us)
            if self._is_metering or self._is_alarm_open:
                self._make_calls(end_us)
            self._clock.advance(end_us)
            yield end_us

    def _switch(self, policy: TenantPolicy, sources: Sources) -> PlayedSwitch:
        return PlayedSwitch(self._scenario, self._clock, policy=policy, sources=sources)

    def _waking(self, tier: str) -> Callable[[int], None]:
        """Return what wakes the tier's own switch and the configured one."""

        def wake(now_us: int) -> None:
            self._tiers[tier].wake(now_us)
            self.configured.wake(now_us)

        return wake

    @property
    def _is_metering(self) -> bool:
        """Whether anybody still looks at the ledger."""
        return self._tiers["meter"].stop is None or not self.has_configured_its_say

    @property
    def _is_alarm_open(self) -> bool:
        """Whether the burst alarm may still go off for the first time."""
        settled = self.now_us >= self._scenario.settled_us
        return self._alarm is not None and self._tiers["alarm"].stop is None and not settled

    def _make_calls(self, until_us: int) -> None:
        """Make the calls before a moment; they are not made at all once nobody counts them."""
        metering = self._is_metering
        while self._next is not None and self._next.at_us < until_us:
            self._clock.advance(self._next.at_us)
            if metering:
                self._meter.take(self._next)
            if self._alarm:
                self._alarm.count(self._next)
            self._next = next(self._calls, None)

    def _evaluate_alarm(self, now_us: int) -> None:
        if self._alarm and self._alarm.evaluate(now_us):
            self._waking("alarm")(now_us)

    def _bursts(self, _: datetime) -> dict[str, datetime]:
        if self._alarm is None or self._alarm.alarm_since_us is None:
            return {}
        since = timedelta(microseconds=self._alarm.alarm_since_us)
        return {self._scenario.tenant.profile.alias: self._scenario.trace.month + since}
