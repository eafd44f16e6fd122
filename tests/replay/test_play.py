from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_constructs.replay.clock import Clock, Delays
from finops_constructs.replay.play import play
from finops_constructs.replay.result import evaluate
from finops_constructs.replay.scenario import Scenario, ScenarioError, load_scenario
from finops_constructs.replay.tenant import load_tenant
from finops_constructs.replay.trace import MICROSECONDS, Request
from finops_constructs.replay.traffic import parse_runaway, plan_runaway
from tests.replay.handmade import write_assembly
from tests.replay.traffic_under_test import rows, steady, trace


def scenario(folder, requests, runaway=None, *, policy=None, profile=None, delays=None, limit=None):
    assembly = write_assembly(folder / "cdk.out", policy=policy, profile=profile)
    tenant = load_tenant(assembly, "writer", limit_usd=limit)
    return Scenario(
        tenant=tenant,
        trace=requests,
        runaway=plan_runaway(parse_runaway(runaway), tenant.rates) if runaway else None,
        delays=delays or Delays(),
    )


def replayed(*args, **kwargs):
    return evaluate(play(scenario(*args, **kwargs)))


NO_ALARM = {"burst_alarm_name": None, "hourly_cap_usd": None}


def test_a_runaway_is_stopped_within_a_minute_at_a_fraction_of_what_budgets_let_through(tmp_path):
    found = replayed(tmp_path, steady(usd_per_hour="60"), "500@600", profile=NO_ALARM)
    assert found.stopped_by == "meter"
    assert found.seconds_to_stop is not None
    assert 30 < found.seconds_to_stop <= 60
    assert 0 < found.overshoot_usd <= 10
    assert found.overshoot_usd * 400 <= found.overshoot_budgets_only_usd


def test_spend_at_a_stop_is_what_was_called_until_then(tmp_path):
    found = replayed(tmp_path, steady(usd_per_hour="60"), "500@600", profile=NO_ALARM)
    stop = found.stopped
    assert stop is not None
    # 60 from the start and 500 from second 600 on, an hour.
    expected = Decimal(60 * stop.at_us + 500 * (stop.at_us - 600 * MICROSECONDS)) / 3600 / 10**6
    assert abs(stop.spend_usd - expected) < Decimal("0.5")


def test_the_burst_alarm_stops_five_times_the_traffic_before_the_limit(tmp_path):
    found = replayed(tmp_path, steady(usd_per_hour="60"), "300@600", limit=Decimal(1000))
    assert found.stopped_by == "alarm"
    assert found.stopped is not None
    assert 120 < found.stopped.at_us / MICROSECONDS - 600 <= 360
    assert found.overshoot_usd == 0
    assert found.seconds_to_stop is None


def test_traffic_under_limit_and_cap_is_left_alone(tmp_path):
    found = replayed(tmp_path, steady(usd_per_hour="60"))
    assert found.stopped is None
    assert not found.was_missed
    assert found.played.busiest_burst == Decimal("4.99995")
    assert found.overshoot_budgets_only_usd == 0


def test_a_limit_below_the_normal_traffic_stops_it_too(tmp_path):
    found = replayed(tmp_path, steady(usd_per_hour="60"), limit=Decimal(30))
    assert found.stopped_by == "meter"
    assert found.overshoot_usd < 1
    assert found.played.tiers["budget"] is None
    assert found.overshoot_budgets_only_usd == Decimal("29.9994")


def test_a_limit_that_the_last_calls_pass_is_noticed_after_them(tmp_path):
    requests = trace(Request(0, 1, 0), Request(30 * MICROSECONDS, 40_000_000, 0))
    found = replayed(tmp_path, requests, profile=NO_ALARM)
    assert found.stopped_by == "meter"
    assert found.overshoot_usd == Decimal("20.000003")


def test_a_limit_that_is_passed_and_never_told_of_is_missed(tmp_path):
    late = Delays(log=3600)
    found = replayed(
        tmp_path, steady(usd_per_hour="60"), limit=Decimal(59), profile=NO_ALARM, delays=late
    )
    assert found.stopped is None
    assert found.was_missed
    assert found.overshoot_usd == Decimal("0.9994")


def test_a_stop_percentage_stops_before_the_limit(tmp_path):
    found = replayed(
        tmp_path, steady(usd_per_hour="60"), policy={"stop_percentage": 50}, limit=Decimal(50)
    )
    assert found.stopped is not None
    assert 25 < found.stopped.spend_usd < 27
    assert found.overshoot_usd == 0
    assert found.seconds_to_stop is None
    played = found.played.scenario
    assert played.stop_reached_us is not None
    assert played.limit_reached_us is not None
    assert played.limit_reached_us == pytest.approx(2 * played.stop_reached_us, rel=0.01)


def test_a_daily_cap_stops_on_the_day_it_is_reached(tmp_path):
    found = replayed(
        tmp_path,
        steady(usd_per_hour="4", every_s=60),
        "2@30h",
        policy={"daily_cap_usd": "120"},
        limit=Decimal(3000),
        profile=NO_ALARM,
    )
    stop = found.played.tiers["meter"]
    assert stop is not None
    assert stop.code == "daily-cap"
    # 6 an hour from second 30 h on: the second day has 24 + 18 * 6 = 132 by its end.
    assert 44 * 3600 < stop.at_us / MICROSECONDS < 48 * 3600


def test_more_delay_never_stops_earlier(tmp_path):
    stops = [
        replayed(
            tmp_path, steady(usd_per_hour="60"), "500@60", profile=NO_ALARM, delays=Delays(log=log)
        ).stopped
        for log in (0, 30, 300)
    ]
    times = [stop.at_us for stop in stops if stop]
    assert len(times) == 3
    assert times == sorted(times)
    assert times[2] - times[1] == pytest.approx(270 * MICROSECONDS, abs=6 * MICROSECONDS)


def test_steady_traffic_that_is_added_up_changes_no_figure(tmp_path, monkeypatch):
    given_scenario = scenario(
        tmp_path, steady(usd_per_hour="60", every_s=60), "40@60", profile=NO_ALARM,
        limit=Decimal(600),
    )  # fmt: skip
    skipping = play(given_scenario)
    assert skipping.skipped_us is not None
    monkeypatch.setattr(Scenario, "approach_us", 0)
    whole = play(replace(given_scenario))
    assert whole.skipped_us is None
    assert skipping.tiers["budget"] == whole.tiers["budget"]
    stops = [each.tiers["meter"] for each in (skipping, whole)]
    times = [stop.at_us / MICROSECONDS for stop in stops if stop]
    assert times[0] == pytest.approx(times[1], abs=Delays().meter_batch)


def test_a_runaway_that_never_reaches_the_limit_ends_the_play_by_itself(tmp_path):
    found = replayed(tmp_path, steady(usd_per_hour="0.06"), "0.05@60", profile=NO_ALARM)
    assert found.stopped is None
    assert not found.was_missed
    assert found.played.ended_at_us < 4 * 3600 * MICROSECONDS


def test_mode_shadow_is_played_as_enforced_and_said_to_announce_only(tmp_path):
    found = replayed(
        tmp_path, steady(usd_per_hour="60"), "500@600", policy={"mode": "shadow"}, profile=NO_ALARM
    )
    stop, announced = found.stopped, found.played.announced
    assert stop is not None
    assert announced is not None
    assert found.played.configured is None
    assert announced.at_us == stop.at_us - 5 * MICROSECONDS


@pytest.mark.parametrize(
    ("on_timeout", "hard_cap", "spent"),
    [("stop", 120, (120, 130)), ("stop", 100_000, (660, 720)), ("hold", 100_000, None)],
)
def test_mode_approve_stops_at_the_hard_cap_or_as_declared(tmp_path, on_timeout, hard_cap, spent):
    policy = {
        "mode": "approve",
        "hard_cap_percentage": hard_cap,
        "approval": {"timeout_minutes": 60, "on_timeout": on_timeout},
    }
    found = replayed(
        tmp_path, steady(usd_per_hour="60"), "500@600", policy=policy, profile=NO_ALARM
    )
    configured = found.played.configured
    assert found.played.announced is not None
    if spent is None:
        assert configured is None
    else:
        assert configured is not None
        assert spent[0] < configured.spend_usd < spent[1]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), max_size=20))
def test_the_clock_lets_things_happen_in_the_order_of_their_time(given_events):
    clock = Clock()
    happened: list[tuple[int, int]] = []

    def note(place):
        return lambda now: happened.append((now, place))

    for place, (at, _) in enumerate(given_events):
        clock.at(at, note(place))
    clock.advance(25)
    clock.advance(50)
    assert happened == sorted((at, place) for place, (at, _) in enumerate(given_events))
    assert clock.now_us == 50


@settings(max_examples=8, deadline=None)
@given(
    base=st.integers(1, 100),
    extra=st.integers(100, 1000),
    at_s=st.integers(0, 1200),
    limit=st.integers(20, 400),
)
def test_whatever_runs_away_is_stopped_within_a_minute_of_any_limit(
    tmp_path_factory, base, extra, at_s, limit
):
    folder = tmp_path_factory.mktemp("any")
    found = replayed(
        folder, steady(usd_per_hour=str(base), every_s=30), f"{extra}@{at_s}",
        limit=Decimal(limit), profile=NO_ALARM,
    )  # fmt: skip
    assert found.seconds_to_stop is not None
    assert found.seconds_to_stop <= 60
    assert found.overshoot_usd * 400 <= found.overshoot_budgets_only_usd


def test_a_scenario_is_checked_before_it_is_played(tmp_path):
    assembly = write_assembly(tmp_path / "cdk.out", profile=NO_ALARM)
    file = tmp_path / "trace.csv"
    file.write_text(rows(steady(usd_per_hour="60")))
    assert load_scenario(file, assembly, "writer", runaway="5@6").runaway is not None
    file.write_text("time,input,output,cache_write_tokens\n1,1,1,1\n")
    rates = {"input": "1", "output": "1"}
    write_assembly(
        assembly, profile={"price": {"rates": rates, "source": "x", "as_of": "2026-01-01"}}
    )
    with pytest.raises(ScenarioError, match="alias 'smart' cannot price it: no rate for cache_wr"):
        load_scenario(file, assembly, "writer")
    file.write_text("nothing")
    with pytest.raises(ScenarioError, match=r"trace\.csv:1: no column"):
        load_scenario(file, assembly, "writer")


def test_a_runaway_without_cost_is_refused(tmp_path):
    free = {"rates": {"input": "0", "output": "0"}, "source": "x", "as_of": "2026-01-01"}
    assembly = write_assembly(tmp_path / "cdk.out", profile=NO_ALARM | {"price": free})
    file = tmp_path / "trace.csv"
    file.write_text(rows(steady(usd_per_hour="60")))
    with pytest.raises(ScenarioError, match="runaway: the alias's calls cost nothing"):
        load_scenario(file, assembly, "writer", runaway="5@6")


def test_a_month_ends_the_play(tmp_path):
    played = scenario(
        tmp_path, steady(usd_per_hour="0.1", every_s=600), "0.05@60", profile=NO_ALARM,
        limit=Decimal("107.99"),
    )  # fmt: skip
    assert played.stop_reached_us is not None
    late = replace(played, delays=Delays(budgets_refresh=48 * 3600))
    found = evaluate(play(late))
    assert found.stopped_by == "meter"
    assert found.played.tiers["budget"] is None
    assert found.played.ended_at_us == 30 * 24 * 3600 * MICROSECONDS
