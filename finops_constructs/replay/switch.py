"""The kill switch being played: the deployed `decide`, fed from chosen sources only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from finops_constructs.replay.clock import Clock, Delays
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
        warnings: Alert percentages by when they were told.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        delays: Delays,
        month: datetime,
        policy: TenantPolicy,
        aliases: tuple[str, ...],
        alias: str,
        sources: Sources,
        spent: Callable[[], Decimal],
    ) -> None:
        """Put a kill switch to work; it also looks by itself every few minutes.

        Args:
            clock: The clock.
            delays: How long acting takes, and how often it looks by itself.
            month: When the play begins.
            policy: The tenant's policy, as played.
            aliases: All aliases of the tenant.
            alias: The one that is called.
            sources: What it knows.
            spent: What has really been spent by now.
        """
        self.stop: Event | None = None
        self.announcement: Event | None = None
        self.warnings: dict[Decimal, int] = {}
        self._clock, self._delays, self._month = clock, delays, month
        self._policy, self._aliases, self._alias = policy, aliases, alias
        self._sources, self._spent = sources, spent
        self._memory = Memory()
        self._acting = False
        clock.every(delays.schedule, self.look)

    def wake(self, _: int) -> None:
        """Take a message from the wake queue."""
        self._clock.after(self._delays.wake, self.look)

    def look(self, now_us: int) -> None:
        """Decide, and act on it."""
        if self._acting:
            return
        now = self._month + timedelta(microseconds=now_us)
        decision = decide(
            Inputs(
                now=now,
                tenant=self._policy.tenant,
                policy=self._policy,
                aliases=self._aliases,
                spend=self._sources.spend(now),
                billed=self._sources.billed(now),
                bursts=self._sources.bursts(now),
                told=frozenset(self.warnings),
                memory=self._memory,
            )
        )
        self._memory = decision.memory
        self.warnings |= dict.fromkeys(decision.warnings, now_us)
        if self.announcement is None and (decision.would_stop or decision.approval == "pending"):
            self.announcement = self._event(now_us, decision)
        if decision.desired[self._alias] == SUSPENDED:
            self._acting = True
            self._clock.after(
                self._delays.act, lambda at_us: self._acted(self._event(at_us, decision))
            )

    def _acted(self, event: Event) -> None:
        self.stop = event

    def _event(self, at_us: int, decision: Decision) -> Event:
        first = decision.would_stop[0] if decision.would_stop else decision.reasons[0]
        return Event(at_us=at_us, spend_usd=self._spent(), code=first.code, why=first.text)
