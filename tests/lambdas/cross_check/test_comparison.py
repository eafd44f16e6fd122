from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cross_check.cloudwatch import HourSeen
from cross_check.comparison import compare as compare_parts
from shared.rates import TokenSums
from tests.lambdas.invocations import PRICE, profile_entry, registry_of

HOURS = [datetime(2026, 11, 25, 12, tzinfo=UTC), datetime(2026, 11, 25, 13, tzinfo=UTC)]
DAY = "2026-11-25"
FLAT = {k: v for k, v in PRICE.items() if k != "tiers"}


def profile(**changed):
    registry = registry_of(profile_entry("writer", "smart", **{"price": FLAT, **changed}))
    return registry.profiles["writer"]["smart"]


def seen(first=None, second=None, calls=(0, 0)):
    tokens = [first or TokenSums(), second or TokenSums()]
    return [
        HourSeen(hour=hour, invocations=count, tokens=each)
        for hour, count, each in zip(HOURS, calls, tokens, strict=True)
    ]


def compare(profile, hours, logged):
    return compare_parts([(profile, hours)], logged)


def test_a_replaced_profile_counts_at_its_own_price_beside_the_one_that_replaced_it():
    cheaper = profile(price={"rates": {"input": "1"}, "source": "list", "as_of": "2026-11-20"})
    million = seen(TokenSums(input=1_000_000), calls=(1, 0))
    parts = [(profile(), million), (cheaper, million)]
    found = compare_parts(parts, {DAY: {"h12": 4_000_000, "n12": 2}})
    assert found.spent == ((HOURS[0], 4_000_000),)
    assert found.difference_percent == 0
    assert not found.silent
    assert compare_parts(parts, {DAY: {"h12": 3_000_000, "n12": 1}}).difference_percent == 25


def test_tokens_are_priced_by_the_hour_and_cache_writes_at_the_one_hour_rate():
    tokens = TokenSums(input=1000, output=100, cache_read=2000, cache_write_untold=1000)
    found = compare(profile(), seen(None, tokens), {})
    assert found.spent == ((HOURS[1], 3000 + 1500 + 600 + 6000),)


def test_what_the_log_has_too_is_no_difference():
    million = TokenSums(input=1_000_000)
    found = compare(profile(), seen(million, calls=(1, 0)), {DAY: {"h12": 3_000_000, "n12": 1}})
    assert found.difference_percent == 0
    assert not found.silent


@pytest.mark.parametrize(
    ("logged", "percent"),
    [(3_000_000, 0), (2_700_000, 10), (0, 100), (6_000_000, 50)],
)
def test_the_difference_is_the_part_of_the_larger_figure_that_the_smaller_lacks(logged, percent):
    found = compare(profile(), seen(TokenSums(input=1_000_000)), {DAY: {"h12": logged}})
    assert found.difference_percent == percent


def test_a_call_that_fell_into_the_other_hour_is_no_difference():
    found = compare(
        profile(),
        seen(TokenSums(input=1_000_000), calls=(1, 0)),
        {DAY: {"h13": 3_000_000, "n13": 1}},
    )
    assert found.difference_percent == 0
    assert not found.silent


def test_less_than_a_cent_is_not_compared():
    assert compare(profile(), seen(TokenSums(input=3000)), {}).difference_percent == 0


def test_long_requests_cost_more_than_cloudwatch_can_tell_and_are_no_difference():
    tiered = profile(price=PRICE)
    tokens = seen(TokenSums(input=1_000_000))
    assert compare(tiered, tokens, {DAY: {"h12": 6_000_000}}).difference_percent == 0
    assert compare(tiered, tokens, {DAY: {"h12": 12_000_000}}).difference_percent == 50


def test_short_lived_cache_writes_that_the_log_tells_are_no_difference():
    tokens = seen(TokenSums(cache_write_untold=1_000_000))
    assert compare(profile(), tokens, {DAY: {"h12": 3_750_000}}).difference_percent == 0
    assert compare(profile(), tokens, {DAY: {"h12": 1_875_000}}).difference_percent == 50


def test_calls_of_which_none_was_logged_are_silence():
    assert compare(profile(), seen(calls=(5, 0)), {}).silent
    assert compare(profile(), seen(calls=(5, 5)), {DAY: {"n12": 5}}).silent
    assert not compare(profile(), seen(calls=(5, 5)), {DAY: {"n12": 5, "n13": 4}}).silent
    assert not compare(profile(), seen(), {}).silent


def test_an_unmetered_profile_can_be_silent_but_has_no_price():
    unmetered = profile(metered=False, price=None)
    found = compare(unmetered, seen(TokenSums(input=1), calls=(5, 0)), {})
    assert found.silent
    assert found.spent == ()
    assert found.difference_percent == 0
    assert not found.cache_tokens_missing


def test_cache_tokens_that_no_record_tells_are_missing():
    cached = seen(TokenSums(cache_read=5), calls=(1, 0))
    assert compare(profile(), cached, {DAY: {"n12": 1}}).cache_tokens_missing
    assert not compare(profile(), cached, {DAY: {"n12": 1, "cr": 1}}).cache_tokens_missing
    assert not compare(profile(), cached, {DAY: {"n12": 1, "cwu": 1}}).cache_tokens_missing
    assert not compare(profile(), cached, {}).cache_tokens_missing  # that is silence
    assert not compare(profile(), seen(calls=(1, 0)), {DAY: {"n12": 1}}).cache_tokens_missing


def test_a_kind_without_a_rate_is_named_and_the_rest_is_priced():
    poor = profile(price={**FLAT, "rates": {"input": "1", "output": "5"}})
    found = compare(poor, seen(TokenSums(input=1000, cache_read=9, cache_write_untold=9)), {})
    assert found.unpriced == ("cache_read", "cache_write_untold")
    assert found.spent == ((HOURS[0], 1000),)


def test_hours_around_midnight_are_looked_up_in_their_own_days():
    late = [
        HourSeen(hour=datetime(2026, 11, 24, 23, tzinfo=UTC), invocations=1, tokens=TokenSums()),
        HourSeen(hour=datetime(2026, 11, 25, 0, tzinfo=UTC), invocations=1, tokens=TokenSums()),
    ]
    assert not compare(profile(), late, {"2026-11-24": {"n23": 1}, DAY: {"n00": 1}}).silent
    assert compare(profile(), late, {DAY: {"n23": 1, "n00": 1}}).silent


@given(
    *(st.integers(0, 10**9),) * 4,
    st.integers(0, 10**12),
)
def test_a_difference_is_a_percentage(tokens_in, tokens_out, read, written, logged):
    tokens = TokenSums(
        input=tokens_in, output=tokens_out, cache_read=read, cache_write_untold=written
    )
    found = compare(profile(price=PRICE), seen(tokens), {DAY: {"h12": logged}})
    assert Decimal(0) <= found.difference_percent <= 100
