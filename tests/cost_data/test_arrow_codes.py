"""Numbers that stand for texts, maps and several columns stand for nothing else."""

from itertools import product

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_constructs.cost_data import arrow_codes
from finops_constructs.cost_data.arrow_codes import Coded, map_codes, one_number, value_codes


@given(st.lists(st.tuples(*[st.integers(0, 3)] * 6), min_size=1), st.integers(2**5, 2**20))
@settings(max_examples=40, deadline=None)
def test_one_number_stands_for_one_combination_whatever_fits_into_it(rows, room):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrow_codes, "_INT64_VALUES", room * len(rows))
        patch.setattr(arrow_codes, "_INT32_VALUES", room)
        columns = [
            Coded(pa.array(column, pa.int32()), pa.array(range(4)))
            for column in zip(*rows, strict=True)
        ]
        numbers = one_number(columns)[0].to_pylist()
    assert len(set(numbers)) == len(set(rows)) == len(set(zip(numbers, rows, strict=True)))


def test_the_largest_and_the_smallest_codes_of_columns_do_not_meet(monkeypatch):
    monkeypatch.setattr(arrow_codes, "_INT32_VALUES", 20)
    rows = list(product((0, 1, 3), repeat=6))
    columns = [
        Coded(pa.array(column, pa.int32()), pa.array(range(4)))
        for column in zip(*rows, strict=True)
    ]
    assert len(set(one_number(columns)[0].to_pylist())) == len(rows)


def told(coded):
    return coded.told(pa.array(range(len(coded.codes)))).to_pylist()


def test_slices_of_maps_are_read_from_their_own_pairs():
    maps = pa.array(
        [[("k", "a")], None, [("k", "b"), ("x", "a")], []], pa.map_(pa.string(), pa.string())
    )
    assert told(map_codes(maps.slice(1), ["k"])) == ["{}", '{"k": "b"}', "{}"]


def test_maps_with_more_combinations_than_a_number_holds_are_read_in_halves(monkeypatch):
    monkeypatch.setattr(arrow_codes, "_INT64_VALUES", 9)
    rows = [[("a", str(n)), ("b", str(n)), ("c", None)] for n in range(9)]
    maps = pa.array([*rows, *rows], pa.map_(pa.string(), pa.string()))
    expected = [f'{{"a": "{n}", "b": "{n}"}}' for n in range(9)]
    assert told(map_codes(maps, ["a", "b", "c"])) == [*expected, *expected]


def test_a_key_without_a_value_says_nothing_where_only_used_values_are_counted(monkeypatch):
    monkeypatch.setattr(arrow_codes, "_INT64_VALUES", 9)
    row = [("a", "x"), ("b", "y"), ("c", None)]
    maps = pa.array([row, row[2:]], pa.map_(pa.string(), pa.string()))
    assert told(map_codes(maps, ["a", "b", "c"])) == ['{"a": "x", "b": "y"}', "{}"]


def test_a_text_that_is_not_there_is_not_the_empty_text():
    assert told(value_codes(pa.array(["", None, "a"]))) == ["", None, "a"]
