from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from finops_constructs.operations.repricing.differences import compare
from shared.corrections import Correction
from shared.ledger import month_spend, plain_item

LATE = datetime(2026, 11, 26, 12, tzinfo=UTC)
ALIAS_KEY, ROLE_KEY = "A#2026-11-20#smart", "R#2026-11-20#app"

hours = st.dictionaries(
    st.integers(0, 23).map(lambda hour: f"{hour:02}"),
    st.tuples(st.integers(1, 50), st.integers(1_000, 10**7), st.integers(0, 10**7)),
    min_size=1,
    max_size=5,
)


def ledger_item(by_hour):
    item = {"pk": "writer", "sk": ALIAS_KEY}
    for hour, (calls, logged, counted) in by_hour.items():
        item |= {f"n{hour}": calls, f"h{hour}": logged, f"w{hour}": counted}
    return item


def recomputed_item(by_hour, factor):
    return {
        key: value
        for hour, (calls, logged, _) in by_hour.items()
        for key, value in ((f"n{hour}", calls), (f"h{hour}", logged * factor))
    }


def booked(comparison, at=LATE):
    """The differences as the platform books them."""
    return [
        plain_item(
            Correction(
                kind="reprice",
                day=each.day,
                usd=each.usd,
                at=at,
                actor="kim",
                reason="r",
                alias=each.alias,
                role=each.role,
            ).item("writer", f"{at:%H%M}-{number}")
        )
        for number, each in enumerate(comparison.differences)
    ]


@given(hours, st.integers(2, 10))
def test_after_booking_the_month_is_what_the_present_price_makes_of_it(by_hour, factor):
    ledger = [ledger_item(by_hour)]
    found = compare(ledger, {ALIAS_KEY: recomputed_item(by_hour, factor)}, LATE)
    assert found.left_alone == ()
    after = [*ledger, *booked(found)]
    expected = sum(max(logged, counted) * factor for _, logged, counted in by_hour.values())
    assert month_spend(after, now=LATE).total_usd == Decimal(expected) / 1_000_000


@given(hours, st.integers(2, 10), st.integers(2, 10))
def test_repricing_again_books_nothing_and_at_another_price_the_rest(by_hour, first, second):
    ledger = [ledger_item(by_hour)]
    ledger += booked(compare(ledger, {ALIAS_KEY: recomputed_item(by_hour, first)}, LATE))
    again = compare(ledger, {ALIAS_KEY: recomputed_item(by_hour, first)}, LATE)
    assert again.differences == ()
    other = compare(ledger, {ALIAS_KEY: recomputed_item(by_hour, second)}, LATE)
    after = [*ledger, *booked(other, LATE + timedelta(minutes=1))]
    expected = sum(max(logged, counted) * second for _, logged, counted in by_hour.values())
    assert month_spend(after, now=LATE).total_usd == Decimal(expected) / 1_000_000


@given(hours)
def test_unchanged_prices_book_nothing_though_batches_were_rounded(by_hour):
    rounded = {
        hour: (calls, logged + calls // 2, counted)
        for hour, (calls, logged, counted) in by_hour.items()
    }
    found = compare([ledger_item(rounded)], {ALIAS_KEY: recomputed_item(by_hour, 1)}, LATE)
    assert found.differences == ()


def test_an_hour_of_which_the_calls_differ_is_left_alone_and_named():
    by_hour = {"07": (3, 3_000_000, 0), "08": (2, 2_000_000, 0)}
    now = recomputed_item(by_hour, 2) | {"n08": 5}
    found = compare([ledger_item(by_hour)], {ALIAS_KEY: now}, LATE)
    (difference,) = found.differences
    assert (difference.was_usd, difference.is_usd) == (Decimal(3), Decimal(6))
    (left,) = found.left_alone
    assert (left.alias, left.hours) == ("smart", ("08",))
    assert "counts 2 calls, the log 5" in left.why


def test_a_day_that_was_repriced_is_left_alone_once_the_log_forgets_a_part_of_it():
    by_hour = {"07": (3, 3_000_000, 0), "08": (2, 2_000_000, 0)}
    ledger = [ledger_item(by_hour)]
    ledger += booked(compare(ledger, {ALIAS_KEY: recomputed_item(by_hour, 2)}, LATE))
    now = recomputed_item({"08": by_hour["08"]}, 3)
    found = compare(ledger, {ALIAS_KEY: now}, LATE)
    assert found.differences == ()
    assert found.left_alone[0].hours == ("07", "08")


def test_hours_that_have_not_settled_are_left_out():
    by_hour = {"07": (1, 1_000_000, 0), "08": (1, 1_000_000, 0)}
    until = datetime(2026, 11, 20, 8, tzinfo=UTC)
    found = compare([ledger_item(by_hour)], {ALIAS_KEY: recomputed_item(by_hour, 2)}, until)
    assert [each.usd for each in found.differences] == [1]


def test_calls_that_were_priced_at_nothing_get_their_price():
    item = {"pk": "writer", "sk": ALIAS_KEY, "n07": 4}
    found = compare([item], {ALIAS_KEY: {"n07": 4, "h07": 5_000_000}}, LATE)
    assert [each.usd for each in found.differences] == [5]


def test_a_roles_share_is_repriced_by_whole_days_only():
    item = {"pk": "writer", "sk": ROLE_KEY, "calls": 4, "usd": 8_000_000}
    now = {ROLE_KEY: {"calls": 4, "usd": 2_000_000}}
    (difference,) = compare([item], now, LATE).differences
    assert (difference.role, difference.usd) == ("app", Decimal(-6))
    assert difference.amount() == {"day": "2026-11-20", "role": "app", "usd": "-6.000000"}
    assert compare([item], now, datetime(2026, 11, 20, 23, tzinfo=UTC)).differences == ()
    assert compare([item], {ROLE_KEY: {"calls": 3, "usd": 1}}, LATE).differences == ()
