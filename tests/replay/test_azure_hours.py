from decimal import Decimal

import pytest

from finops_constructs.replay.play import play
from finops_constructs.replay.result import evaluate
from finops_constructs.replay.scenario import load_scenario
from finops_constructs.replay.trace import MICROSECONDS, read_trace
from tests.replay.azure_organisation import (
    HOURS,
    ROOT,
    azure_trace,
    mean_usd_per_hour,
    synthesize,
    synthesize_for_azure,
)

# Lower than synthesized: the less there is to play until it is reached, the faster.
LIMIT = Decimal(600)

missing = [path for hour in HOURS if not (path := azure_trace(hour)).is_file()]
needs_traces = pytest.mark.skipif(
    bool(missing), reason=f"the Azure traces are not there: {', '.join(map(str, missing))}"
)


@pytest.fixture(scope="module")
def azure(tmp_path_factory):
    return synthesize_for_azure(tmp_path_factory.mktemp("azure"), times_mean=2)


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    return synthesize(tmp_path_factory.mktemp("example") / "cdk.out", ROOT / "config")


def replayed(assembly, hour, tenant=None, **kwargs):
    scenario = load_scenario(azure_trace(hour), assembly, tenant or f"{hour}-assistant", **kwargs)
    return evaluate(play(scenario))


@needs_traces
@pytest.mark.parametrize(("hour", "ratio"), [("code", 1.84), ("conv", 1.35)])
def test_an_hourly_cap_of_twice_the_mean_never_stops_real_traffic(azure, hour, ratio):
    found = replayed(azure, hour, alias="capped")
    assert found.stopped is None
    alarm, busiest = found.played.scenario.tenant.alarm, found.played.busiest_burst
    assert alarm is not None
    assert busiest is not None
    # Windows begin at full minutes: none is busier than the busiest of all.
    assert 0.5 < busiest / alarm.threshold <= ratio / 2


@needs_traces
@pytest.mark.parametrize("hour", HOURS)
def test_the_same_cap_stops_five_times_the_mean_within_six_minutes(azure, hour):
    rate = 5 * mean_usd_per_hour(read_trace(azure_trace(hour)))
    found = replayed(azure, hour, alias="capped", runaway=f"{rate:.2f}@600", limit_usd=LIMIT)
    stop = found.played.tiers["alarm"]
    assert found.stopped_by == "alarm"
    assert stop is not None
    assert 0 < stop.at_us / MICROSECONDS - 600 <= 360


@needs_traces
def test_a_runaway_of_500_an_hour_is_stopped_within_a_minute_of_the_limit(azure):
    found = replayed(azure, "conv", alias="open", runaway="500@600", limit_usd=Decimal(200))
    assert found.stopped_by == "meter"
    assert found.seconds_to_stop is not None
    assert found.seconds_to_stop <= 60
    assert found.overshoot_usd <= 10
    assert found.overshoot_usd * 400 <= found.overshoot_budgets_only_usd


@needs_traces
@pytest.mark.parametrize(
    ("tenant", "mode"),
    [("writer", "approve"), ("research-sandbox", "enforce"), ("customer-chatbot", "shadow")],
)
def test_the_example_organisation_is_replayed_as_it_is_synthesized(example, tenant, mode):
    limit = None if tenant == "research-sandbox" else LIMIT
    found = replayed(example, "code", tenant, runaway="500@600", limit_usd=limit)
    assert found.played.scenario.tenant.alarm is not None
    assert found.as_json()["as_configured"]["mode"] == mode
    assert found.as_json()["price_source"].startswith("LiteLLM")
    assert found.stopped is not None
    assert all(found.played.tiers.values())
    assert (found.played.configured is None) == (mode == "shadow")
    meter = found.played.tiers["meter"]
    assert meter is not None
    assert meter.spend_usd - found.limit_usd <= 10
