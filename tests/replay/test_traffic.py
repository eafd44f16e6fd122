from decimal import Decimal
from fractions import Fraction
from itertools import islice, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_constructs.replay.spending import Spending
from finops_constructs.replay.trace import MICROSECONDS, Request
from finops_constructs.replay.traffic import (
    Runaway,
    RunawayError,
    atoms_to_usd,
    call_atoms,
    parse_runaway,
    plan_runaway,
    played_calls,
)
from shared.rates import UnpricedTokensError
from tests.replay.traffic_under_test import RATES, TIERED, trace

HOUR = 3600 * MICROSECONDS


@pytest.mark.parametrize(
    ("text", "rate", "at_s"),
    [
        ("500@600", "500", 600),
        ("500@600s", "500", 600),
        ("0.5@10m", "0.5", 600),
        (" 1e3@1.5h ", "1000", 5400),
        ("500@0", "500", 0),
        ("$1,500@0", "1500", 0),
    ],
)
def test_a_runaway_is_written_as_a_rate_from_a_time_on(text, rate, at_s):
    assert parse_runaway(text) == Runaway(usd_per_hour=Decimal(rate), at_us=at_s * MICROSECONDS)


@pytest.mark.parametrize(
    "text",
    ["500", "@600", "500@", "0@600", "-5@600", "nan@6", "inf@6", "5@-1", "5@x", "5@1.2.3", ""],
)
def test_anything_else_is_refused(text):
    with pytest.raises(RunawayError, match="must be RATE@TIME, such as 500@600"):
        parse_runaway(text)


def test_a_runaway_that_begins_days_later_is_refused():
    with pytest.raises(RunawayError, match="must begin within 48 hours"):
        parse_runaway("5@49h")


@given(rate=st.decimals("0.01", "5000", places=2), rates=st.sampled_from([RATES, TIERED]))
def test_a_runaway_costs_what_was_asked_for(rate, rates):
    planned = plan_runaway(Runaway(usd_per_hour=rate, at_us=0), rates)
    hourly = Fraction(call_atoms(planned.call, rates), 10**18) * HOUR / planned.interval_us
    assert hourly == Fraction(rate)
    assert 8_000 <= planned.call.input <= 144_000


def test_its_calls_are_about_one_a_second():
    planned = plan_runaway(Runaway(usd_per_hour=Decimal(500), at_us=0), RATES)
    assert 0.9 < planned.interval_us / MICROSECONDS < 1.1


def test_a_rate_that_takes_a_flood_of_calls_is_refused():
    with pytest.raises(RunawayError, match=r"takes .* calls a second.*lower rate or a dearer"):
        plan_runaway(Runaway(usd_per_hour=Decimal(10**6), at_us=0), TIERED)


def test_a_call_is_priced_by_its_own_size():
    assert atoms_to_usd(call_atoms(Request(0, 100_000, 0), TIERED)) == Decimal("0.1")
    assert atoms_to_usd(call_atoms(Request(0, 100_001, 0), TIERED)) == Decimal("0.200002")


def test_a_cache_write_is_priced_as_the_meter_prices_an_untold_one():
    assert atoms_to_usd(call_atoms(Request(0, 0, 0, 0, 1_000_000), RATES)) == Decimal("3.75")


def test_tokens_without_a_rate_are_not_free():
    with pytest.raises(UnpricedTokensError, match="cache_read"):
        call_atoms(Request(0, 1, 1, cache_read=5), TIERED)


def test_a_trace_alone_is_played_once():
    requests = (Request(0, 1, 1), Request(5, 2, 2))
    assert tuple(played_calls(trace(*requests), None)) == requests


def test_beside_a_runaway_the_trace_repeats_in_the_order_of_time():
    small = trace(Request(0, 1, 1), Request(90 * MICROSECONDS, 2, 2))
    runaway = plan_runaway(Runaway(usd_per_hour=Decimal(500), at_us=HOUR), RATES)
    calls = list(islice(played_calls(small, runaway), 4000))
    assert calls == sorted(calls, key=lambda call: call.at_us)
    assert [call.at_us for call in calls[:4]] == [
        0,
        90 * MICROSECONDS,
        180 * MICROSECONDS,
        270 * MICROSECONDS,
    ]


requests = st.lists(
    st.builds(
        Request,
        st.integers(0, 600 * MICROSECONDS),
        st.integers(0, 9999),
        st.just(7),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=30,
)


@given(requests, st.integers(0, 7200 * MICROSECONDS), st.sampled_from([None, "20@100", "90@0"]))
def test_spend_is_known_without_playing(given_requests, at_us, extra):
    start = min(given_requests).at_us
    small = trace(*(r._replace(at_us=r.at_us - start) for r in sorted(given_requests)))
    runaway = plan_runaway(parse_runaway(extra), RATES) if extra else None
    spending = Spending(small, runaway, RATES)
    made = list(takewhile(lambda call: call.at_us < at_us, played_calls(small, runaway)))
    assert spending.before(at_us) == sum(call_atoms(call, RATES) for call in made)
    if made:
        total, last = spending.before(at_us), made[-1].at_us
        reached = spending.reaches(total, 10 * HOUR)
        assert reached is not None
        assert reached <= last
        assert spending.before(reached) < total <= spending.before(reached + 1)


@given(st.integers(0, 7200 * MICROSECONDS))
def test_playing_from_a_moment_on_leaves_out_what_was_before(start_us):
    small = trace(Request(0, 1, 1), Request(90 * MICROSECONDS, 2, 2))
    runaway = plan_runaway(parse_runaway("500@600"), RATES)
    whole = (c for c in played_calls(small, runaway) if c.at_us >= start_us)
    assert list(islice(played_calls(small, runaway, start_us), 50)) == list(islice(whole, 50))


def test_what_is_never_reached_is_never_reached():
    small = trace(Request(0, 1000, 0))
    assert Spending(small, None, RATES).reaches(10**30, HOUR) is None
