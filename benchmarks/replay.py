"""How fast and how surely a runaway is stopped, on two real hours of traffic.

Played through the deployed code on an organisation synthesized by app.py; the delays are those of
`finops replay`. Without the traces (`../shared/data`) there is nothing to measure.
"""

import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from finops_constructs.replay.play import play
from finops_constructs.replay.result import Replay, evaluate
from finops_constructs.replay.scenario import load_scenario
from finops_constructs.replay.trace import MICROSECONDS, read_trace
from tests.replay.azure_organisation import (
    HOURS,
    azure_trace,
    mean_usd_per_hour,
    synthesize_for_azure,
)

_RATE = 500
_LIMITS_USD = (Decimal(100), Decimal(1000), Decimal(2500))
_STARTS_S = (0, 600, 1234, 2400)


def measure() -> dict[str, float]:
    """Return the worst figures over both hours; see `_limit`, `_false_stops` and `_burst`."""
    absent = [path for hour in HOURS if not (path := azure_trace(hour)).is_file()]
    if absent:
        names = ", ".join(map(str, absent))
        print(f"replay is not measured: no {names}", file=sys.stderr)  # noqa: T201 - for a person
        return {}
    with tempfile.TemporaryDirectory() as folder:
        assembly = synthesize_for_azure(Path(folder), times_mean=2)
        return _limit(assembly) | _false_stops(assembly) | _burst(assembly)


def _limit(assembly: Path) -> dict[str, float]:
    """A runaway of $500/hour against the month's limit: the meter, and AWS Budgets alone."""
    started = time.perf_counter()
    found = [
        _replay(assembly, hour, alias="open", runaway=f"{_RATE}@600", limit_usd=limit)
        for hour in HOURS
        for limit in _LIMITS_USD
    ]
    took = time.perf_counter() - started
    ratios = [each.overshoot_budgets_only_usd / each.overshoot_usd for each in found]
    assert all(each.stopped_by == "meter" for each in found)
    return {
        "replay_runaway_500_seconds_to_stop": max(each.seconds_to_stop or 0 for each in found),
        "replay_runaway_500_overshoot_usd": float(max(each.overshoot_usd for each in found)),
        "replay_runaway_500_budgets_alone_times_overshoot": float(min(ratios)),
        "replay_run_s": took / len(found),
    }


def _false_stops(assembly: Path) -> dict[str, float]:
    """The two hours alone, at an hourly cap of twice their mean."""
    found = {hour: _replay(assembly, hour, alias="capped") for hour in HOURS}
    shares = {
        f"replay_burst_busiest_share_of_threshold_{hour}": float(
            (each.played.busiest_burst or 0) / each.played.scenario.tenant.alarm.threshold
        )
        for hour, each in found.items()
        if each.played.scenario.tenant.alarm
    }
    stops = sum(each.stopped is not None for each in found.values())
    return {"replay_burst_false_stops": stops, **shares}


def _burst(assembly: Path) -> dict[str, float]:
    """A runaway of five times the mean against the same cap, from several moments on."""
    slowest = 0.0
    for hour in HOURS:
        rate = 5 * mean_usd_per_hour(read_trace(azure_trace(hour)))
        for start in _STARTS_S:
            found = _replay(assembly, hour, alias="capped", runaway=f"{rate:.2f}@{start}")
            stop = found.played.tiers["alarm"]
            assert stop is not None
            slowest = max(slowest, stop.at_us / MICROSECONDS - start)
    return {"replay_burst_5x_seconds_to_stop": slowest}


def _replay(
    assembly: Path,
    hour: str,
    *,
    alias: str,
    runaway: str | None = None,
    limit_usd: Decimal | None = None,
) -> Replay:
    scenario = load_scenario(
        azure_trace(hour),
        assembly,
        f"{hour}-assistant",
        alias=alias,
        runaway=runaway,
        limit_usd=limit_usd,
    )
    return evaluate(play(scenario))
