from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.bill_correction import Corrected, Ratio, corrected_spend, raised_spend, ratio_of
from shared.corrections import Correction
from shared.decide import decide
from shared.decision_types import BilledDays
from shared.known_spend import largest_known
from shared.ledger import MonthSpend, month_of
from tests.lambdas.shared.decision_inputs import NOW, billed_in, inputs, policy

FIRST = date(2026, 11, 1)


amounts = st.lists(st.integers(0, 60), min_size=25, max_size=25)


def day_of(number):
    return (FIRST + timedelta(days=number - 1)).isoformat()


def by_day(amounts):
    return {day_of(number): Decimal(usd) for number, usd in enumerate(amounts, 1)}


def spent(amounts, **changes):
    days = by_day(amounts)
    total = sum(days.values(), Decimal(0))
    base = MonthSpend(month=month_of(NOW), total_usd=total, by_day=days)
    return replace(base, **changes)


def told(billed, estimated, through=24):
    whole = {day: usd for day, usd in by_day(billed).items() if day < day_of(through)}
    return BilledDays(
        through=date.fromisoformat(day_of(through)),
        billed=whole,
        estimated={day: usd for day, usd in by_day(estimated).items() if day in whole},
        compared_at=NOW,
    )


def bill(days, amount=None):
    usd = sum(days.billed.values(), Decimal(0)) if amount is None else amount
    return replace(billed_in(NOW, usd, "reconciled"), days=days)


def ratio(days, spend):
    found = ratio_of(days, spend)
    assert isinstance(found, Ratio), found
    return found


def best(days, spend):
    found = corrected_spend(spend, [bill(days)], NOW)
    assert isinstance(found, Corrected), found
    return found.usd


def why_not(figures, spend):
    found = corrected_spend(spend, figures, NOW)
    assert isinstance(found, str)
    return found


def counted(spend, figures, now=NOW):
    found = largest_known(spend, figures, now)
    assert found is not None
    return found


def test_whole_days_count_as_billed_and_the_others_as_estimated_times_the_ratio():
    estimate = [10] * 25
    days = told([12] * 23, estimate)
    assert ratio(days, spent(estimate)) == Ratio(
        value=Decimal("1.2"), days=7, through=date(2026, 11, 24)
    )
    # 23 days at $12, and the 24th and 25th at $10 x 1.2.
    assert raised_spend(spent(estimate), days) == 23 * 12 + 24
    assert best(days, spent(estimate)) == 300


def test_a_ratio_below_one_is_shown_and_lowers_nothing_that_is_held_against_the_limit():
    estimate = [10] * 25
    days = told([8] * 23, estimate)
    assert best(days, spent(estimate)) == 200
    assert counted(spent(estimate), [bill(days)]) == 250


def test_the_ratio_is_of_the_last_seven_days_so_that_a_corrected_price_soon_counts_no_more():
    days = told([20] * 16 + [10] * 7, [10] * 23)
    assert ratio(days, spent([10] * 25)).value == 1


@pytest.mark.parametrize(
    ("days", "why"),
    [
        (told([12] * 3, [10] * 23), "fewer than 3"),  # the first day may be half a day
        (told([0, 0, 0, 12, 12, 12], [10] * 23), "fewer than 3"),
        (told([12] * 23, [0] * 23), "fewer than 3"),
        (told(["0.5"] * 23, ["0.4"] * 23), r"less than $10 is billed"),
        (told([12] * 23, []), "could not be read"),
        (told([], []), "fewer than 3"),
        (told([12] * 23, [10] * 23, through=19), "before 2026-11-19"),
    ],
    ids=["three", "tags-began", "nothing-metered", "little", "unreadable", "new", "stale"],
)
def test_no_ratio_is_taken_of_too_little_or_too_old_a_bill(days, why):
    if why == "fewer than 3":
        days = replace(days, billed=dict(list(days.billed.items())[1:]))
    assert why in why_not([bill(days)], spent([10] * 25))


def test_a_meter_that_began_in_the_month_is_compared_from_its_first_whole_day():
    days = told([10] * 23, [0] * 14 + [1] + [8] * 8)
    assert ratio(days, spent([8] * 25)).value == Decimal("1.25")


@pytest.mark.parametrize(("billed", "bound"), [(90, "2"), (1, "0.5")])
def test_a_ratio_has_bounds(billed, bound):
    days = told([billed * 2] * 23, [10] * 23)
    assert ratio(days, spent([10] * 25)).value == Decimal(bound)


def test_a_bill_of_another_month_is_ignored():
    days = told([99] * 23, [10] * 23)
    foreign = replace(bill(days), starts=NOW - timedelta(days=60), ends=NOW - timedelta(days=25))
    assert counted(spent([10] * 25), [foreign]) == 250
    assert "has not told" in why_not([foreign], spent([10] * 25))


def test_a_ratio_grows_old_without_lowering_what_it_has_raised():
    days = told([12] * 9, [10] * 9, through=10)
    # The 10th to the 14th at $10 x 1.2, the days after them at $10: no bill tells of them.
    expected = {14: 9 * 12 + 5 * 12, 15: 9 * 12 + 5 * 12 + 10, 25: 9 * 12 + 5 * 12 + 110}
    for number, usd in expected.items():
        now = NOW.replace(day=number)
        assert counted(spent([10] * number), [bill(days)], now) == usd
    assert "before 2026-11-10" in why_not([bill(days)], spent([10] * 25))


@given(amounts, st.integers(1, 24), st.integers(1, 25))
def test_time_alone_lowers_nothing(estimate, through, later):
    days = told([20] * 25, estimate, through=through)
    spend = spent(estimate[:through])
    now = NOW.replace(day=through)
    after = NOW.replace(day=min(through + later, 30))
    assert counted(spend, [bill(days)], after) == counted(spend, [bill(days)], now)


def test_what_a_person_books_for_billed_days_moves_the_ratio_at_once():
    days = told([12] * 23, [10] * 23)
    repriced = tuple(
        Correction(
            kind="reprice",
            day=date.fromisoformat(day_of(number)),
            usd=Decimal(2),
            at=NOW + timedelta(minutes=5),
            actor="kim",
            reason="price",
        )
        for number in range(1, 24)
    )
    known_to_the_bill = tuple(replace(each, at=NOW) for each in repriced)
    before = spent([10] * 25, corrections=known_to_the_bill)
    assert ratio(days, before).value == Decimal("1.2")
    after = spent([12] * 25, corrections=repriced)
    assert ratio(days, after).value == 1
    assert raised_spend(after, days) == 300


bills = st.builds(told, amounts, amounts, st.integers(1, 25))


@given(amounts, bills, st.integers(0, 24), st.integers(0, 100))
def test_more_spend_on_any_day_never_lowers_it(estimate, days, which, more):
    greater = [usd + more * (place == which) for place, usd in enumerate(estimate)]
    figure = counted(spent(estimate), [bill(days)])
    assert counted(spent(greater), [bill(days)]) >= figure


@given(amounts, bills, st.integers(0, 24), st.integers(0, 100))
def test_more_billed_on_any_day_never_lowers_it(estimate, days, which, more):
    name = day_of(which + 1)
    if name not in days.billed:
        return
    greater = replace(days, billed=days.billed | {name: days.billed[name] + more})
    figure = raised_spend(spent(estimate), days)
    assert raised_spend(spent(estimate), greater) >= figure


@given(amounts, bills)
def test_it_is_never_less_than_estimate_or_bill_and_adds_at_most_the_unbilled_days_again(
    estimate, days
):
    spend, found = spent(estimate), raised_spend(spent(estimate), days)
    billed = sum(days.billed.values(), Decimal(0))
    first = min(days.billed, default=None)
    inside = {
        day: usd
        for day, usd in spend.by_day.items()
        if first and first <= day < days.through.isoformat()
    }
    within = sum(inside.values(), Decimal(0))
    beyond = spend.total_usd - within
    assert max(spend.total_usd, billed) <= found <= max(billed, within) + 2 * beyond


@given(amounts, bills)
def test_a_bill_never_lets_go_of_what_the_estimate_stops(estimate, days):
    base = inputs(policy=policy(), spend=spent(estimate))
    corrected = replace(base, billed=(bill(days),))
    assert decide(corrected).tenant_wide >= decide(base).tenant_wide


truths = st.lists(st.integers(1, 60), min_size=25, max_size=25)


@given(truths, st.sampled_from(["0.5", "0.8", "0.97", "1", "1.3", "2"]), st.integers(200, 900))
@settings(max_examples=60)
def test_a_month_played_with_a_wrong_price_has_no_false_stop_and_none_that_comes_later(
    truth, error, limit
):
    """Every morning the bill of the days up to the day before yesterday comes."""
    stops: dict[str, int] = {}
    for today in range(1, 26):
        now = NOW.replace(day=today)
        metered = [usd * Decimal(error) for usd in truth[:today]]
        known = spent(metered)
        days = told(truth[: max(0, today - 2)], metered, through=max(1, today - 1))
        figures = {
            "without": counted(known, [], now),
            "with": counted(known, [bill(days)], now),
            "true": Decimal(sum(truth[:today])),
        }
        for name, usd in figures.items():
            if usd >= limit:
                stops.setdefault(name, today)
    never, after_a_week = 99, 7
    with_it, without, true = (stops.get(name, never) for name in ("with", "without", "true"))
    assert with_it <= without
    if Decimal(error) > 1:
        assert with_it == without
    else:
        assert with_it >= true
        if true > after_a_week:
            assert with_it == true
