"""A replay in words: a small table, and sentences to paste into a change request."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from finops_constructs.replay.ensemble import TIERS
from finops_constructs.replay.result import SLOWEST_REFRESH_S, Replay
from finops_constructs.replay.trace import MICROSECONDS
from finops_constructs.replay.traffic import atoms_to_usd
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
    cost = format_usd(atoms_to_usd(scenario.spending.trace_atoms))
    repeats = f", repeated every {duration(trace.period_us)}" if scenario.runaway else ""
    span = duration(trace.requests[-1].at_us)
    yield f"trace {trace.name}: {len(trace.requests):,} requests in {span} for {cost}{repeats}"
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
        stop = replay.played.tiers[name]
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
    if replay.played.skipped_us is not None:
        start, end = map(duration, replay.played.skipped_us)
        yield f"From {start} to {end} the steady traffic was added up, not played call by call."
    if replay.stopped_before_runaway:
        yield "Nothing had run away by then: the traffic of the trace alone is stopped."
    yield (
        f"The clock begins with {scenario.trace.month:%Y-%m} and nothing spent. Assumed: a log "
        f"record after {delays.log} s, metrics after {delays.metric} s, and AWS Budgets just "
        f"refreshed when the limit is reached, next after {duration(delays.budgets_refresh_us)} "
        f"with all that was billed; batches of {delays.meter_batch} s, {delays.wake} s to wake the "
        f"kill switch, {delays.act} s to act and for IAM to propagate it, for which AWS gives no "
        "time."
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
    scenario, stop, limit = replay.played.scenario, replay.stopped, format_usd(replay.limit_usd)
    traffic = f"Replaying {len(scenario.trace.requests):,} requests of {scenario.trace.name}"
    if scenario.runaway is not None:
        rate = format_usd(scenario.runaway.runaway.usd_per_hour)
        traffic += f" with a runaway of {rate}/hour"
    if stop is None or replay.stopped_by is None:
        return f"{traffic}, {_nothing_stopped(replay)}"
    head = f"{traffic}, {_NAMES[replay.stopped_by]} stopped it"
    if replay.seconds_to_stop is not None:
        return (
            f"{head} {replay.seconds_to_stop:.0f} s after spend reached the month's limit of "
            f"{limit}, {format_usd(replay.overshoot_usd)} beyond it."
        )
    return (
        f"{head} by the {_CAUSES[stop.code]} at {duration(stop.at_us)} with "
        f"{format_usd(stop.spend_usd)} spent, before the month's limit of {limit} was reached."
    )


def _nothing_stopped(replay: Replay) -> str:
    played, limit = replay.played, format_usd(replay.limit_usd)
    if replay.crossed_at_us is not None:
        return (
            f"spend passed the month's limit of {limit} at {duration(replay.crossed_at_us)} and "
            f"nothing stopped it while the trace lasted: {format_usd(replay.overshoot_usd)} beyond "
            "the limit."
        )
    scenario = played.scenario
    if scenario.runaway is None:
        spent = atoms_to_usd(scenario.spending.trace_atoms)
        share = _percent(spent, replay.limit_usd)
        return f"there is nothing to stop: {share} of the month's limit of {limit} was spent."
    spent = scenario.spent_usd(scenario.horizon_us)
    return (
        f"there is nothing to stop: a whole month of it costs {format_usd(spent)}, "
        f"{_percent(spent, replay.limit_usd)} of the month's limit of {limit}."
    )


def _what_budgets_do(replay: Replay) -> str:
    scenario, beyond = replay.played.scenario, replay.overshoot_budgets_only_usd
    stop = replay.played.tiers["budget"]
    if scenario.stop_reached_us is None:
        return "AWS Budgets alone would have had nothing to tell."
    refresh = duration(scenario.delays.budgets_refresh_us)
    if stop is None:
        return (
            f"AWS Budgets alone, told {refresh} later, would not have stopped it in this time: "
            f"at least {format_usd(beyond)} beyond the limit."
        )
    times = f", {beyond / replay.overshoot_usd:,.0f} times as much" if replay.overshoot_usd else ""
    slowest = replay.overshoot_slowest_budgets_usd
    at_worst = (
        ""
        if slowest is None
        else (
            f" ({format_usd(slowest)} if it takes its documented longest of "
            f"{SLOWEST_REFRESH_S // 3600} hours)"
        )
    )
    return (
        f"AWS Budgets alone, refreshed {refresh} after the limit was reached, would have let "
        f"{format_usd(beyond)} through beyond it{times}{at_worst}."
    )


def _why_not(replay: Replay, tier: str) -> str:
    tenant, busiest = replay.played.scenario.tenant, replay.played.busiest_burst
    if tier == "alarm" and tenant.alarm is None:
        return "the alias has no burst alarm"
    if tier == "alarm" and tenant.alarm and busiest is not None:
        share = _percent(busiest, tenant.alarm.threshold)
        return f"the busiest {tenant.alarm.period_minutes} minutes were {share} of its threshold"
    if replay.played.scenario.stop_reached_us is None:
        return "the limit is not reached"
    return "it would have told later than this ended"


def _as_configured(replay: Replay) -> str:
    announced, stop = replay.played.announced, replay.played.configured
    mode = replay.played.scenario.tenant.policy.mode
    if mode == "enforce" or announced is None:
        return ""
    when = duration(announced.at_us)
    if mode == "shadow":
        return (
            f"Played as enforced. As configured, in mode shadow, it is only announced, at {when}."
        )
    ends = (
        "nothing stops it"
        if stop is None
        else f"it is stopped at {duration(stop.at_us)} with {format_usd(stop.spend_usd)} spent"
    )
    return (
        f"Played as enforced. As configured, in mode approve, approval is asked for at {when}; "
        f"without an answer {ends}."
    )


def _percent(part: Decimal, whole: Decimal) -> str:
    # Rounded down: what is not the whole is not shown as 100 %.
    return f"{part * 100 // whole} %"
