from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.alarm_state import AlarmRule

STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")


def rule(*, windows=3, breaching=2, missing="missing", comparison="GreaterThanThreshold"):
    return AlarmRule(
        comparison=comparison,
        threshold=Decimal(10),
        windows=windows,
        breaching_windows=breaching,
        missing=missing,
    )


def values(*numbers):
    return [None if number is None else Decimal(number) for number in numbers]


@pytest.mark.parametrize(
    ("numbers", "missing", "state"),
    [
        ((11, 12, 1), "missing", "ALARM"),
        ((11, 10, 1), "missing", "OK"),
        ((None, None, None), "missing", "INSUFFICIENT_DATA"),
        ((None, None, None), "notBreaching", "OK"),
        ((None, None, None), "breaching", "ALARM"),
        ((None, None, None), "ignore", "as before"),
        ((11, None, None), "missing", "as before"),
        ((11, None, None), "breaching", "ALARM"),
        ((11, None, None), "notBreaching", "OK"),
        ((1, 2, None), "missing", "OK"),
    ],
)
@pytest.mark.parametrize("before", STATES)
def test_enough_breaching_windows_make_an_alarm_whatever_missing_data_means(
    numbers, missing, state, before
):
    seen = rule(missing=missing).state(values(*numbers), before)
    assert seen == (before if state == "as before" else state)


@pytest.mark.parametrize(
    ("comparison", "at_threshold"),
    [
        ("GreaterThanThreshold", "OK"),
        ("GreaterThanOrEqualToThreshold", "ALARM"),
        ("LessThanThreshold", "OK"),
        ("LessThanOrEqualToThreshold", "ALARM"),
    ],
)
def test_reaching_the_threshold_counts_only_where_the_comparison_says_so(comparison, at_threshold):
    one = rule(windows=1, breaching=1, comparison=comparison)
    assert one.state(values(10), "INSUFFICIENT_DATA") == at_threshold


@given(
    st.lists(st.none() | st.integers(0, 20), min_size=1, max_size=6),
    st.sampled_from(STATES),
    st.sampled_from(["missing", "ignore", "breaching", "notBreaching"]),
    st.data(),
)
def test_more_spend_never_ends_an_alarm(numbers, before, missing, data):
    breaching = data.draw(st.integers(1, len(numbers)))
    one = rule(windows=len(numbers), breaching=breaching, missing=missing)
    if one.state(values(*numbers), before) == "ALARM":
        more = [None if number is None else number + 5 for number in numbers]
        assert one.state(values(*more), before) == "ALARM"
