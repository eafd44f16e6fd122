from hypothesis import given
from hypothesis import strategies as st

from finops_constructs.audit_log.completeness import Tally, compare
from finops_constructs.audit_log.layout import hour_after

START = "2026-11-26T00"
LAST = hour_after(START, 9)
HOURS = [hour_after(START, number) for number in range(8)]


def tally(logged, counted):
    made = Tally()
    for hour, number in zip(HOURS, logged, strict=True):
        made.logged[hour, "m"] = [number, 0]
    for hour, number in zip(HOURS, counted, strict=True):
        made.counted[hour] = {"m": {"invocations": number}}
    return made


@given(st.lists(st.integers(0, 50), min_size=8, max_size=8))
def test_the_same_counts_are_complete(counts):
    assert compare(tally(counts, counts), LAST) == []


@given(st.lists(st.integers(5, 50), min_size=8, max_size=8), st.integers(0, 6), st.integers(1, 5))
def test_calls_that_fell_into_the_hour_beside_are_no_gap(counts, at, moved):
    logged = list(counts)
    logged[at] -= moved
    logged[at + 1] += moved
    assert compare(tally(logged, counts), LAST) == []


@given(st.lists(st.integers(5, 50), min_size=8, max_size=8), st.integers(0, 7), st.integers(1, 5))
def test_every_missing_record_is_told_in_its_hour(counts, at, missing):
    logged = list(counts)
    logged[at] -= missing
    (finding,) = compare(tally(logged, counts), LAST)
    assert (finding.kind, finding.hour) == ("incomplete", HOURS[at])
    assert f"{missing} missing" in finding.text


def test_two_gaps_side_by_side_are_told_each():
    found = compare(tally([10, 7, 6, *[10] * 5], [10] * 8), LAST)
    assert [f.text.rpartition("(")[2] for f in found] == ["3 missing)", "4 missing)"]


@given(st.integers(0, 7), st.integers(1, 5))
def test_more_records_than_calls_are_told_too(at, more):
    counts = [10] * 8
    logged = list(counts)
    logged[at] += more
    (finding,) = compare(tally(logged, counts), LAST)
    assert finding.kind == "surplus"


def test_the_last_two_hours_are_not_compared_yet():
    assert compare(tally([0] * 8, [0] * 7 + [5]), hour_after(START, 8)) == []
    assert len(compare(tally([0] * 8, [0] * 7 + [5]), LAST)) == 1


def test_hours_without_counts_are_not_compared():
    made = tally([5] * 8, [5] * 8)
    del made.counted[HOURS[3]]
    made.logged[HOURS[3], "m"] = [1, 0]
    assert compare(made, LAST) == []
