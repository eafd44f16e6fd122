from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend_meter.month_to_date import (
    EARLIER_KEPT_SECONDS,
    TODAY_KEPT_SECONDS,
    MonthToDate,
)
from spend_meter.totals import LedgerUpdate
from spend_meter.wake import Spend, is_near, should_wake
from tests.lambdas.invocations import NOW, policy_entry, registry_of
from tests.lambdas.ledger_table import LedgerTable


def policy(**changed):
    return registry_of(policy_entry("writer", **changed)).policies["writer"]


def spend(month, today=0):
    return Spend(month=Decimal(month), today=Decimal(today))


@pytest.mark.parametrize(
    ("before", "after", "wakes"),
    [
        (0, 10, False),
        (0, 262, False),  # the lowest threshold is 75 % of 500 = 375, 70 % of it 262.50
        (0, 263, True),
        (374, 376, True),  # passed by this batch
        (376, 377, True),  # 450 is next
        (499, 501, True),
        (601, 602, True),  # beyond everything, and spending on
    ],
)
def test_spend_near_its_next_threshold_wakes_the_switch(before, after, wakes):
    assert should_wake(policy(), spend(before), spend(after)) is wakes


def test_passing_a_low_threshold_wakes_although_the_next_is_far():
    low = policy(alert_percentages=[10])
    assert should_wake(low, spend(49), spend(51))
    assert not should_wake(low, spend(51), spend(52))


def test_a_daily_cap_is_a_threshold_of_the_day():
    capped = policy(daily_cap_usd="20")
    assert not should_wake(capped, spend(50, 13), spend(50, 13))
    assert should_wake(capped, spend(50, 13), spend(51, 14))


def test_the_first_look_always_wakes():
    assert should_wake(policy(), None, spend(0))


@given(
    st.lists(st.decimals(1, 1000, places=2), min_size=1),
    st.decimals(0, 2000, places=2),
    st.decimals(0, 500, places=2),
    st.decimals(0, 500, places=2),
)
def test_more_spend_never_makes_a_wake_less_likely(thresholds, before, some, more):
    if is_near(thresholds, before, before + some):
        assert is_near(thresholds, before, before + some + more)


@given(
    st.lists(st.decimals(1, 1000, places=2), min_size=1),
    st.decimals(0, 2000, places=2),
    st.decimals(0, 500, places=2),
)
def test_no_threshold_is_passed_without_a_wake(thresholds, before, added):
    after = before + added
    if any(before < threshold <= after for threshold in thresholds):
        assert is_near(thresholds, before, after)


class Bench:
    def __init__(self):
        self.table, self.time, self.now, self.queries = LedgerTable(), 0.0, NOW, []
        self.month = MonthToDate(self, "finops-ledger", clock=lambda: self.time)

    def get_paginator(self, operation):
        assert operation == "query"
        return self

    def paginate(self, **query):
        self.queries.append(query["ExpressionAttributeValues"][":prefix"]["S"])
        return self.table.paginate(**query)

    def write(self, micro, day="2026-11-25", *, look=True):
        update = LedgerUpdate("writer", f"A#{day}#smart", {"h14": micro})
        item = self.table.items.setdefault(("writer", update.sk), {"pk": "writer", "sk": update.sk})
        item["h14"] = item.get("h14", 0) + micro
        return self.month.after("writer", [update], self.now) if look else None


def test_what_was_written_counts_at_once_and_without_reading_again():
    bench = Bench()
    assert bench.write(1_000_000) == (None, spend(1, 1))
    assert bench.write(2_000_000) == (spend(1, 1), spend(3, 3))
    assert bench.write(4_000_000, "2026-11-02") == (spend(3, 3), spend(7, 3))
    assert bench.write(9_000_000, "2026-10-31") == (spend(7, 3), spend(7, 3))
    assert bench.queries == ["A#2026-11"]


def test_what_others_wrote_today_is_seen_after_twenty_seconds_by_reading_today_alone():
    bench = Bench()
    bench.write(1_000_000)
    bench.write(5_000_000, look=False)
    bench.time += TODAY_KEPT_SECONDS
    assert bench.write(1_000_000) == (spend(1, 1), spend(7, 7))
    assert bench.queries == ["A#2026-11", "A#2026-11-25"]


def test_what_others_wrote_into_earlier_days_is_seen_after_ten_minutes():
    bench = Bench()
    bench.write(1_000_000)
    bench.write(5_000_000, "2026-11-03", look=False)
    bench.time += EARLIER_KEPT_SECONDS
    assert bench.write(1_000_000)[1] == spend(7, 2)


def test_a_new_day_begins_with_nothing_spent():
    bench = Bench()
    bench.write(1_000_000)
    bench.now = NOW + timedelta(days=1)
    assert bench.write(2_000_000, "2026-11-26") == (spend(1, 1), spend(3, 2))


def test_a_new_month_begins_with_a_cold_look():
    bench = Bench()
    bench.write(1_000_000)
    bench.now = datetime(2026, 12, 1, 0, 1, tzinfo=UTC)
    assert bench.write(2_000_000, "2026-12-01") == (None, spend(2, 2))
