"""A replay in words: a small table, and sentences to paste into a change request."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from finops_constructs.replay.play import TIERS
from finops_constructs.replay.result import SLOWEST_REFRESH_S, Replay
from finops_constructs.replay.trace import MICROSECONDS
from shared.decision_types import BURST, DAILY_CAP, MONTHLY_LIMIT
from shared.money import format_usd

_CAUSES: Final = {
    MONTHLY_LIMIT: "stop percentage",
    DAILY_CAP: "daily cap",
    BURST: "alias's hourly cap",
}
_NAMES: Final = {"meter": "the spend meter", "alarm": "the burst alarm", "budget": "AWS Budgets"}


def heading(replay: Replay) -> Iterator[str]:
    """Yield what was played."""
    scenario, tenant = replay.played.scenario, replay.played.scenario.tenant
    policy, trace = tenant.policy, scenario.trace
    chosen = "" if tenant.alias_was_chosen else ", its dearest (--alias chooses another)"
    yield (
        f"tenant {policy.tenant}, alias {tenant.profile.alias} ({tenant.profile.model_source})"
        f"{chosen}; limit {format_usd(policy.monthly_limit_usd)} a month, from {tenant.stack}"
    )
    cost = replay.as_json()["trace"]["usd"]
    repeats = f", repeated every {duration(trace.period_us)}" if scenario.runaway else ""
    yield (
        f"trace {trace.name}: {len(trace.requests):,} requests in "
        f"{duration(trace.requests[-1].at_us)} for {format_usd(Decimal(str(cost)))}{repeats}"
    )
    if (runaway := scenario.runaway) is not None:
        yield (
            f"runaway: {format_usd(runaway.runaway.usd_per_hour)}/hour from "
            f"{duration(runaway.runaway.at_us)} on, a call of {runaway.call.input:,} input and "
            f"{runaway.call.output:,} output tokens every "
            f"{float(runaway.interval_us) / MICROSECONDS:.2f} s"
        )


def table(replay: Replay) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the tiers, each as if it alone existed: name, when, spent, beyond the limit, why."""
    yield ("tier alone", "stopped at", "spent", "beyond limit", "why")
    for name in TIERS:
        stop = replay.played.tiers[name].stop
        if stop is None:
            yield (name, "not", "-", "-", _why_not(replay, name))
            continue
        beyond = max(stop.spend_usd - replay.limit_usd, Decimal(0))
        yield (
            name,
            duration(stop.at_us),
            format_usd(stop.spend_usd),
            format_usd(beyond),
            stop.why,
        )


def verdict(replay: Replay) -> Iterator[str]:
    """Yield the two sentences to paste."""
    yield _what_stopped(replay)
    yield _what_budgets_do(replay)


def remarks(replay: Replay) -> Iterator[str]:
    """Yield what the reader must know to trust the figures."""
    scenario = replay.played.scenario
    profile, delays = scenario.tenant.profile, scenario.delays
    if said := _as_configured(replay):
        yield said
    if replay.stopped and scenario.runaway is None:
        yield "This is the traffic of the trace alone: nothing ran away, and it would be stopped."
    refresh = duration(delays.budgets_refresh * MICROSECONDS)
    yield (
        f"The clock begins with {scenario.trace.month:%Y-%m} and nothing spent. Assumed: "
        f"a log record after {delays.log} s, metrics after {delays.metric} s, AWS Budgets "
        f"every {refresh} from the start and then complete; batches of {delays.meter_batch} s, "
        f"{delays.wake} s to wake the kill switch, {delays.act} s to act and for IAM to propagate "
        "it, for which AWS gives no time."
    )
    yield f"Prices: {profile.price_source}, as of {profile.price_as_of}."


def duration(at_us: int) -> str:
    """Return a time as people read it: `41 s`, `10m 07s`, `8h 00m 05s`, `8 hours`."""
    whole = round(at_us / MICROSECONDS)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours and not minutes and not rest:
        return f"{hours} hours" if hours > 1 else "1 hour"
    if hours:
        return f"{hours}h {minutes:02}m {rest:02}s"
    return f"{minutes}m {rest:02}s" if minutes else f"{rest} s"


def _what_stopped(replay: Replay) -> str:
    played, stop = replay.played, replay.stopped
    runaway, limit = played.scenario.runaway, format_usd(replay.limit_usd)
    traffic = f"{len(played.scenario.trace.requests):,} requests of {played.scenario.trace.name}"
    if runaway is not None:
        traffic += f" with a runaway of {format_usd(runaway.runaway.usd_per_hour)}/hour"
    if stop is None and played.crossed_at_us is not None:
        return (
            f"Replaying {traffic}, spend passed the month's limit of {limit} at "
            f"{duration(played.crossed_at_us)} and nothing stopped it while the trace lasted: "
            f"{format_usd(replay.overshoot_usd)} beyond the limit."
        )
    if stop is None:
        return (
            f"Replaying {traffic}, there is nothing to stop: {format_usd(played.spent_usd)} in "
            f"{duration(played.ended_at_us)}, {_percent(played.spent_usd, replay.limit_usd)} of "
            f"the month's limit of {limit}."
        )
    assert replay.stopped_by is not None
    head = f"Replaying {traffic}, {_NAMES[replay.stopped_by]} stopped it "
    if replay.seconds_to_stop is not None:
        return (
            f"{head}{replay.seconds_to_stop:.0f} s after spend reached the month's limit of "
            f"{limit}, {format_usd(replay.overshoot_usd)} beyond it."
        )
    return (
        f"{head}by the {_CAUSES[stop.code]} at {duration(stop.at_us)} with "
        f"{format_usd(stop.spend_usd)} spent, before the month's limit of {limit} was reached."
    )


def _what_budgets_do(replay: Replay) -> str:
    played, beyond = replay.played, replay.overshoot_budgets_only_usd
    stop, crossed = played.tiers["budget"].stop, played.crossed_at_us
    refresh = duration(played.scenario.delays.budgets_refresh * MICROSECONDS)
    if crossed is None:
        return f"AWS Budgets, refreshed every {refresh}, has nothing to tell of either."
    if stop is None:
        return (
            f"AWS Budgets alone, refreshed every {refresh}, would not have stopped it in this "
            f"time either: at least {format_usd(beyond)} beyond the limit."
        )
    times = ""
    if replay.overshoot_usd:
        times = f", {beyond / replay.overshoot_usd:,.0f} times as much"
    slowest = replay.overshoot_slowest_budgets_usd
    at_worst = (
        f" (about {format_usd(slowest)} if it had just refreshed and took its documented longest, "
        f"{SLOWEST_REFRESH_S // 3600} hours)"
        if slowest is not None
        else ""
    )
    return (
        f"AWS Budgets alone, refreshed every {refresh}, would have stopped it at "
        f"{duration(stop.at_us)} with {format_usd(beyond)} beyond the limit{times}{at_worst}."
    )


def _why_not(replay: Replay, tier: str) -> str:
    tenant, busiest = replay.played.scenario.tenant, replay.played.busiest_burst
    if tier == "alarm" and tenant.alarm is None:
        return "the alias has no burst alarm"
    if tier == "alarm" and tenant.alarm and busiest is not None:
        share = _percent(busiest, tenant.alarm.threshold)
        return f"the busiest {tenant.alarm.period_minutes} minutes were {share} of its threshold"
    if replay.played.crossed_at_us is None:
        return "the limit was not reached"
    return "nothing told in time"


def _as_configured(replay: Replay) -> str:
    configured = replay.played.configured
    mode = replay.played.scenario.tenant.policy.mode
    if mode == "enforce" or replay.stopped is None:
        return ""
    said = configured.announcement
    when = "never" if said is None else f"at {duration(said.at_us)}"
    if mode == "shadow":
        return f"Played as enforced. As configured, in mode shadow, nothing stops: told {when}."
    ends = (
        "and nothing stops while nobody answers"
        if configured.stop is None
        else f"and without an answer calls stop at {duration(configured.stop.at_us)} with "
        f"{format_usd(configured.stop.spend_usd)} spent"
    )
    return f"Played as enforced. As configured, in mode approve, approval is asked {when}, {ends}."


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{part / whole * 100:.0f} %"
