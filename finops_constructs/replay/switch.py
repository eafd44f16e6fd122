"""The kill switch being played: the deployed `decide`, fed from chosen sources only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from finops_constructs.replay.clock import Clock
from finops_constructs.replay.scenario import Scenario
from shared.decide import decide
from shared.decision_types import (
    SUSPENDED,
    Billed,
    Decision,
    Inputs,
    Memory,
)
from shared.ledger import MonthSpend, month_of
from shared.registry import TenantPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What one kill switch gets to know, at a time it is told.

    Attributes:
        spend: The ledger's estimate. Default: an empty ledger.
        bursts: Burst alarms in ALARM, by alias. Default: none.
        billed: What AWS Budgets said last. Default: nothing.
    """

    spend: Callable[[datetime], MonthSpend] = lambda now: MonthSpend(month=month_of(now))
    bursts: Callable[[datetime], Mapping[str, datetime]] = lambda _: {}
    billed: Callable[[datetime], tuple[Billed, ...]] = lambda _: ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something the kill switch did.

    Attributes:
        at_us: When, since the play began.
        spend_usd: What had really been spent by then.
        code: Its cause.
        why: The same for people.
    """

    at_us: int
    spend_usd: Decimal
    code: str
    why: str


class PlayedSwitch:
    """One kill switch on a simulated clock.

    Attributes:
        stop: When calls were refused, after the decision was acted on; None: not yet.
        announcement: When it first had something to say: a stop that mode `shadow` did not make,
            or that mode `approve` asked about.
    """

    def __init__(
        self, scenario: Scenario, clock: Clock, *, policy: TenantPolicy, sources: Sources
    ) -> None:
        """Put a kill switch to work; it also looks by itself every few minutes.

        Args:
            scenario: What is played.
            clock: The clock.
            policy: The tenant's policy, in the mode that is played.
            sources: What it knows.
        """
        self.stop: Event | None = None
        self.announcement: Event | None = None
        self._scenario, self._clock = scenario, clock
        self._policy, self._sources = policy, sources
        self._memory = Memory()
        self._acting = False
        clock.every(scenario.delays.schedule, self._look)

    @property
    def has_spoken(self) -> bool:
        """Whether it stopped, announced or asked anything."""
        return self.stop is not None or self.announcement is not None

    def wake(self, _: int) -> None:
        """Take a message from the wake queue."""
        self._clock.after(self._scenario.delays.wake, self._look)

    def _look(self, now_us: int) -> None:
        if self._acting:
            return
        tenant = self._scenario.tenant
        now = self._scenario.trace.month + timedelta(microseconds=now_us)
        decision = decide(
            Inputs(
                now=now,
                tenant=self._policy.tenant,
                policy=self._policy,
                aliases=tenant.aliases,
                spend=self._sources.spend(now),
                billed=self._sources.billed(now),
                bursts=self._sources.bursts(now),
                memory=self._memory,
            )
        )
        self._memory = decision.memory
        if self.announcement is None and (decision.would_stop or decision.approval == "pending"):
            self.announcement = self._event(now_us, decision)
        if decision.desired[tenant.profile.alias] == SUSPENDED:
            self._acting = True
            self._clock.after(self._scenario.delays.act, lambda at_us: self._act(at_us, decision))

    def _act(self, now_us: int, decision: Decision) -> None:
        self.stop = self._event(now_us, decision)

    def _event(self, at_us: int, decision: Decision) -> Event:
        first = decision.would_stop[0] if decision.would_stop else decision.reasons[0]
        spent = self._scenario.spent_usd(at_us)
        return Event(at_us=at_us, spend_usd=spent, code=first.code, why=first.text)
