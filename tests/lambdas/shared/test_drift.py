from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.decision_types import BilledDays
from shared.drift import drift_percent
from tests.lambdas.shared.decision_inputs import NOW, billed_in


def hours(**usd_by_day_and_hour):
    """`d24h07=5`: 5 USD in the hour from 7 of the 24th."""
    return [
        {"pk": "writer", "sk": f"A#2026-11-{key[1:3]}#smart", key[3:]: usd * 1_000_000}
        for key, usd in usd_by_day_and_hour.items()
    ]


@pytest.mark.parametrize(
    ("billed", "drift"),
    [
        ("100", "0.0"),  # what was spent until a day ago
        ("130", "0.0"),  # all of it
        ("115", "0.0"),  # anything between
        ("200", "35.0"),  # more than the estimate knows of
        ("80", "25.0"),  # less than was spent long ago
    ],
)
def test_a_bill_agrees_with_any_estimate_of_the_day_before_it(billed, drift):
    items = hours(d20h05=100, d25h02=30)
    assert drift_percent(billed_in(NOW, billed), items, "2026-11") == Decimal(drift)


def test_a_figure_of_another_month_or_of_next_to_nothing_says_nothing():
    october = billed_in(NOW - timedelta(days=30), "100")
    assert drift_percent(october, hours(d20h05=100), "2026-11") is None
    assert drift_percent(billed_in(NOW, "0.99"), hours(d20h05=100), "2026-11") is None


@given(st.integers(1, 10_000), st.integers(0, 10_000), st.integers(0, 10_000))
def test_drift_is_never_negative(billed, early, late):
    items = hours(d20h05=early, d25h02=late)
    found = drift_percent(billed_in(NOW, billed), items, "2026-11")
    assert found is not None
    assert found >= 0


def bill_of_days(usd, *, metered_from=1, billed_from=1):
    """A bill of days up to the 23rd, each alike, and $7 a day in the ledger."""
    days = BilledDays(
        through=date(2026, 11, 24),
        billed={f"2026-11-{day:02}": Decimal(usd) for day in range(billed_from, 24)},
        estimated={
            f"2026-11-{day:02}": Decimal(7 * (day >= metered_from))
            for day in range(billed_from, 24)
        },
        compared_at=NOW,
    )
    amount = sum(days.billed.values(), Decimal(0))
    return replace(billed_in(NOW, amount, "reconciled"), days=days)


@pytest.mark.parametrize(("usd", "drift"), [("7", "0.0"), ("8", "12.5"), ("5", "40.0")])
def test_a_bill_that_tells_days_is_compared_day_for_day(usd, drift):
    items = hours(**{f"d{day:02}h10": 7 for day in range(1, 26)})
    assert drift_percent(bill_of_days(usd), items, "2026-11") == Decimal(drift)


def test_days_before_the_tags_or_the_meter_are_not_drift():
    items = hours(**{f"d{day:02}h10": 7 for day in range(1, 26)})
    assert drift_percent(bill_of_days("7", billed_from=12), items, "2026-11") == 0
    assert drift_percent(bill_of_days("7", metered_from=12), items[11:], "2026-11") == 0


def test_a_ledger_that_was_put_right_after_the_bill_drifts_no_more():
    items = hours(**{f"d{day:02}h10": 8 for day in range(1, 26)})
    assert drift_percent(bill_of_days("8"), items, "2026-11") == 0


def test_too_few_days_are_compared_as_any_figure_is():
    items = hours(**{f"d{day:02}h10": 7 for day in range(1, 26)})
    two = bill_of_days("9", billed_from=21)
    alone = replace(two, days=None)
    assert drift_percent(two, items, "2026-11") == drift_percent(alone, items, "2026-11")
