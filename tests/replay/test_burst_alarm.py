from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_constructs.replay.assembly import AssemblyError, SynthesizedAlarm
from finops_constructs.replay.burst_alarm import PlayedAlarm, parse_burst_alarm
from finops_constructs.replay.trace import MICROSECONDS, Request

MINUTE = 60 * MICROSECONDS
PROFILE = "abc123"


def metric(key, name, *, stat="Sum", period=300, profile=PROFILE, namespace="AWS/Bedrock"):
    return {
        "Id": key,
        "ReturnData": False,
        "MetricStat": {
            "Metric": {
                "Namespace": namespace,
                "MetricName": name,
                "Dimensions": [{"Name": "ModelId", "Value": profile}],
            },
            "Period": period,
            "Stat": stat,
        },
    }


def declared(*, metrics=None, expression="FILL(input,0)", **changes):
    name = "finops-burst-eu-west-1-writer-smart"
    properties = {
        "AlarmName": name,
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "Threshold": 100,
        "TreatMissingData": "notBreaching",
        "Metrics": [
            {"Id": "cost", "Expression": expression, "Label": "Estimated cost (USD)"},
            *(metrics or [metric("input", "InputTokenCount")]),
        ],
    }
    return SynthesizedAlarm(name=name, logical_id="Burst", properties=properties | changes)


def alarm(delay_s=0, **changes):
    parsed = parse_burst_alarm(declared(**changes), profile_id=PROFILE)
    return PlayedAlarm(parsed, metric_delay_us=delay_s * MICROSECONDS)


def fires_at(played, calls, *, until_minute=60):
    """Return the first full minute at which the alarm goes off; calls are (minute, tokens)."""
    for minute in range(until_minute):
        if played.evaluate(minute * MINUTE):
            return minute
        for at, tokens in calls:
            if at == minute:
                played.count(Request(minute * MINUTE, tokens, 0))
    return None


def test_it_fires_above_the_sum_of_a_sliding_window():
    steady = [(minute, 20) for minute in range(60)]
    assert fires_at(alarm(), steady) is None
    assert fires_at(alarm(), [*steady, (33, 1)]) == 34


def test_the_threshold_itself_fires_only_if_declared_so():
    steady = [(minute, 20) for minute in range(60)]
    assert fires_at(alarm(ComparisonOperator="GreaterThanOrEqualToThreshold"), steady) == 5


def test_calls_older_than_the_window_do_not_count():
    assert fires_at(alarm(), [(0, 60), (5, 60)]) is None
    assert fires_at(alarm(), [(0, 60), (4, 60)]) == 5


def test_minutes_that_are_not_published_yet_are_missing_from_the_sum():
    burst = [(minute, 40) for minute in range(60)]
    assert fires_at(alarm(), burst) == 3
    assert fires_at(alarm(delay_s=120), burst) == 5
    slower = [(minute, 30) for minute in range(60)]
    assert fires_at(alarm(), slower) == 4
    assert fires_at(alarm(delay_s=120), slower) is None


def test_one_of_two_windows_sees_a_complete_one_however_late_metrics_are():
    slower = [(minute, 30) for minute in range(60)]
    played = alarm(delay_s=120, EvaluationPeriods=2, DatapointsToAlarm=1)
    assert fires_at(played, slower) == 9


def test_all_windows_must_breach_unless_declared_otherwise():
    burst = [(0, 101), (7, 101)]
    assert fires_at(alarm(EvaluationPeriods=2, DatapointsToAlarm=1), burst) == 1
    assert fires_at(alarm(EvaluationPeriods=2), burst) == 8


def test_it_recovers_and_fires_again():
    played = alarm()
    assert fires_at(played, [(0, 101)], until_minute=2) == 1
    assert played.alarm_since_us == MINUTE
    for minute in range(2, 8):
        assert not played.evaluate(minute * MINUTE)
    assert played.alarm_since_us is None
    played.count(Request(8 * MINUTE, 101, 0))
    assert played.evaluate(9 * MINUTE)


def test_the_busiest_window_is_remembered():
    played = alarm()
    fires_at(played, [(3, 70), (20, 60)])
    assert played.busiest == Decimal(70)


@pytest.mark.parametrize(("missing", "fires"), [("breaching", 0), ("notBreaching", None)])
def test_a_window_without_a_value_counts_as_declared(missing, fires):
    assert fires_at(alarm(expression="input", TreatMissingData=missing), []) == fires


def test_the_first_spelling_of_a_cache_metric_that_it_names_is_played():
    played = alarm(
        expression="MAX([FILL(a,0),FILL(b,0)])+FILL(a,0)+FILL(b,0)",
        metrics=[
            metric("a", "CacheReadInputTokens"),
            metric("b", "CacheReadInputTokenCount"),
        ],
    )
    played.count(Request(0, 0, 0, cache_read=60))
    assert played.evaluate(MINUTE)
    assert played.busiest == Decimal(120)


@given(
    tokens=st.lists(st.integers(0, 60), min_size=1, max_size=40),
    delay_s=st.integers(0, 600),
    windows=st.integers(1, 3),
)
def test_whatever_is_late_it_never_fires_where_no_complete_window_breaches(
    tokens, delay_s, windows
):
    complete = [sum(tokens[max(0, end - 5) : end]) for end in range(1, len(tokens) + 5)]
    calls = list(enumerate(tokens))
    played = alarm(delay_s=delay_s, EvaluationPeriods=windows, DatapointsToAlarm=1)
    if max(complete) <= 100:
        assert fires_at(played, calls, until_minute=70) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expression": "RATE(input)"}, "metric maths 'RATE(input)' is not understood"),
        ({"expression": "FILL(other,0)"}, "its expression names other, no metric of the alarm"),
        ({"ComparisonOperator": "LessThanThreshold"}, "it must compare by GreaterThan"),
        ({"metrics": [metric("input", "Invocations")]}, "it counts Invocations"),
        ({"metrics": [metric("input", "InputTokenCount", stat="Average")]}, "must be Sum"),
        ({"metrics": [metric("input", "InputTokenCount", period=30)]}, "whole minutes, got 30"),
        ({"metrics": [metric("input", "InputTokenCount", profile="other")]}, "not this profile"),
        ({"metrics": [metric("input", "InputTokenCount", namespace="X")]}, "not this profile"),
        ({"Threshold": "soon"}, "cannot be played"),
        ({"Metrics": []}, "it must return one expression"),
        (
            {
                "expression": "FILL(a,0)+FILL(b,0)",
                "metrics": [
                    metric("a", "InputTokenCount"),
                    metric("b", "OutputTokenCount", period=60),
                ],
            },
            "its metrics must have one period, got [60, 300]",
        ),
    ],
)
def test_an_alarm_of_another_form_is_refused_by_name(changes, said):
    with pytest.raises(AssemblyError) as raised:
        alarm(**changes)
    assert str(raised.value).startswith("burst alarm 'finops-burst-eu-west-1-writer-smart'")
    assert said in str(raised.value)


def test_an_alarm_on_a_single_metric_is_refused():
    single = SynthesizedAlarm(name="x", logical_id="X", properties={"MetricName": "Invocations"})
    with pytest.raises(AssemblyError, match="'Metrics' is missing"):
        parse_burst_alarm(single, profile_id=PROFILE)
