"""What a play means: who stopped it, how far beyond the limit, and what Budgets would have done."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final

from finops_constructs.replay.ensemble import TIERS
from finops_constructs.replay.play import Played
from finops_constructs.replay.scenario import Scenario
from finops_constructs.replay.switch import Event
from finops_constructs.replay.trace import MICROSECONDS
from finops_constructs.replay.traffic import RunawayCalls, atoms_to_usd

SLOWEST_REFRESH_S: Final = 12 * 3600
"""The longest that AWS documents between two refreshes of a budget."""
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The figures of one play; `None` stands for what did not happen.

    Attributes:
        played: The play.
        stopped: When the first tier had stopped it, and what had been spent.
        stopped_by: Which tier that was.
    """

    played: Played
    stopped: Event | None
    stopped_by: str | None

    @property
    def limit_usd(self) -> Decimal:
        """The month's limit that was played."""
        return self.played.scenario.tenant.policy.monthly_limit_usd

    @property
    def overshoot_usd(self) -> Decimal:
        """What was spent beyond the limit until the stop, or in the whole play without one."""
        return self._beyond(self.stopped)

    @property
    def overshoot_budgets_only_usd(self) -> Decimal:
        """The same, had only AWS Budgets told; at least so much, if it never fired."""
        return self._beyond(self.played.tiers["budget"])

    @property
    def overshoot_slowest_budgets_usd(self) -> Decimal | None:
        """The same if AWS Budgets takes its documented longest; None without a runaway."""
        scenario = self.played.scenario
        reached = scenario.stop_reached_us
        if scenario.runaway is None or reached is None:
            return None
        told_us = min(reached + SLOWEST_REFRESH_S * MICROSECONDS, scenario.horizon_us)
        return max(scenario.spent_usd(told_us) - self.limit_usd, _ZERO)

    @property
    def crossed_at_us(self) -> int | None:
        """When spend reaches the limit if nothing stops it; None: it does not."""
        return self.played.scenario.limit_reached_us

    @property
    def seconds_to_stop(self) -> float | None:
        """From reaching the limit to the stop; None unless both happened in this order."""
        crossed = self.crossed_at_us
        if self.stopped is None or crossed is None or self.stopped.at_us < crossed:
            return None
        return seconds(self.stopped.at_us - crossed)

    @property
    def stopped_before_runaway(self) -> bool:
        """Whether the trace alone was stopped: no runaway was played, or it had not begun."""
        runaway = self.played.scenario.runaway
        if self.stopped is None:
            return False
        return runaway is None or self.stopped.at_us <= runaway.runaway.at_us

    @property
    def was_missed(self) -> bool:
        """Whether the limit was passed and no tier stopped it."""
        return self.stopped is None and self.crossed_at_us is not None

    def as_json(self) -> dict[str, Any]:
        """Return everything, money in USD and times in seconds since the first call."""
        played, scenario, tenant = self.played, self.played.scenario, self.played.scenario.tenant
        crossed = self.crossed_at_us
        slowest = self.overshoot_slowest_budgets_usd
        return {
            "tenant": tenant.policy.tenant,
            "alias": tenant.profile.alias,
            "model": tenant.profile.model_source,
            "template": tenant.stack,
            "price_source": tenant.profile.price_source,
            "price_as_of": str(tenant.profile.price_as_of),
            "limit_usd": usd(self.limit_usd),
            "stop_percentage": float(tenant.policy.stop_percentage),
            "crossed_at_s": None if crossed is None else seconds(crossed),
            "stopped_at_s": self.stopped and seconds(self.stopped.at_us),
            "stopped_by": self.stopped_by,
            "stopped_before_runaway": self.stopped_before_runaway,
            "spend_at_stop_usd": self.stopped and usd(self.stopped.spend_usd),
            "overshoot_usd": usd(self.overshoot_usd),
            "overshoot_budgets_only_usd": usd(self.overshoot_budgets_only_usd),
            "overshoot_budgets_only_is_complete": played.tiers["budget"] is not None,
            "overshoot_slowest_budgets_usd": None if slowest is None else usd(slowest),
            "tiers": {name: _event_json(played.tiers[name]) for name in TIERS},
            "burst_alarm": self._alarm_json(),
            "played_as": "enforce",
            "as_configured": _configured_json(played),
            "trace": _trace_json(scenario),
            "runaway": _runaway_json(scenario.runaway),
            "played_s": seconds(played.ended_at_us),
            "played_usd": usd(scenario.spent_usd(played.ended_at_us)),
            "added_up_s": played.skipped_us and [seconds(each) for each in played.skipped_us],
            "delays_s": asdict(scenario.delays),
        }

    def _beyond(self, stop: Event | None) -> Decimal:
        played = self.played
        spent = stop.spend_usd if stop else played.scenario.spent_usd(played.ended_at_us)
        return max(spent - self.limit_usd, _ZERO)

    def _alarm_json(self) -> dict[str, Any] | None:
        tenant, busiest = self.played.scenario.tenant, self.played.busiest_burst
        if tenant.alarm is None or busiest is None:
            return None
        cap = tenant.profile.hourly_cap_usd
        return {
            "name": tenant.alarm.name,
            "hourly_cap_usd": None if cap is None else usd(cap),
            "threshold": float(tenant.alarm.threshold),
            "window_s": tenant.alarm.period_minutes * 60,
            "busiest_window": usd(busiest),
        }


def evaluate(played: Played) -> Replay:
    """Return what a play means."""
    stops = {name: stop for name in TIERS if (stop := played.tiers[name]) is not None}
    first = min(stops, key=lambda name: stops[name].at_us, default=None)
    return Replay(played=played, stopped=stops[first] if first else None, stopped_by=first)


def seconds(at_us: int) -> float:
    """Return microseconds as seconds, to the millisecond."""
    return round(at_us / MICROSECONDS, 3)


def usd(amount: Decimal) -> float:
    """Return an amount as a JSON number, to the micro-USD."""
    return float(round(amount, 6))


def _event_json(event: Event | None) -> dict[str, Any]:
    if event is None:
        return {"fired_at_s": None, "spend_usd": None, "cause": None, "why": None}
    return {
        "fired_at_s": seconds(event.at_us),
        "spend_usd": usd(event.spend_usd),
        "cause": event.code,
        "why": event.why,
    }


def _configured_json(played: Played) -> dict[str, Any]:
    stop, announced = played.configured, played.announced
    return {
        "mode": played.scenario.tenant.policy.mode,
        "announced_at_s": announced and seconds(announced.at_us),
        "stopped_at_s": stop and seconds(stop.at_us),
        "spend_usd": stop and usd(stop.spend_usd),
    }


def _trace_json(scenario: Scenario) -> dict[str, Any]:
    trace = scenario.trace
    return {
        "file": trace.name,
        "requests": len(trace.requests),
        "span_s": seconds(trace.requests[-1].at_us),
        "usd": usd(atoms_to_usd(scenario.spending.trace_atoms)),
        "repeats_every_s": seconds(trace.period_us) if scenario.runaway else None,
    }


def _runaway_json(runaway: RunawayCalls | None) -> dict[str, Any] | None:
    if runaway is None:
        return None
    return {
        "usd_per_hour": usd(runaway.runaway.usd_per_hour),
        "at_s": seconds(runaway.runaway.at_us),
        "call_input_tokens": runaway.call.input,
        "call_output_tokens": runaway.call.output,
        "seconds_between_calls": round(float(runaway.interval_us) / MICROSECONDS, 6),
    }
