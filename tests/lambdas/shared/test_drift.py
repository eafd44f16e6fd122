from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
