"""Texts and maps as small numbers, and several columns as one number.

Grouping ten million lines by text compares text; a Parquet file already numbers its texts. Nothing
here is a hash: two lines get one number if, and only if, all their columns are equal.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_INT32_VALUES: Final = 2**31
_INT64_VALUES: Final = 2**62


class TooManyValues(Exception):  # noqa: N818 - not an error: the rows are taken in two halves
    """Rows hold more combinations of values than fit into one number."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as numbers.

    Attributes:
        codes: One whole number a row, never NULL: a place in `values`; 32 bits.
        values: Texts, or dates. NULL only as the last; a value may be there twice.
    """

    codes: Any
    values: Any

    def told(self, places: Any) -> Any:
        """Return the column's rows at `places`, as a dictionary array."""
        codes, values = pc.take(self.codes, places, boundscheck=False), self.values
        if values.null_count:
            values = values.slice(0, len(values) - 1)
            codes = pc.if_else(pc.equal(codes, len(values)), pa.scalar(None, pa.int32()), codes)
        return pa.DictionaryArray.from_arrays(codes, values, safe=False)


def value_codes(column: Any) -> Coded:
    """Return a column of texts or dates, dictionary-encoded or not, as numbers."""
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    codes, values = encoded.indices, encoded.dictionary
    if pa.types.is_large_string(values.type):
        values = values.cast(pa.string())
    if codes.null_count:
        nothing = pa.nulls(1, values.type)
        if not len(values):
            return Coded(pa.repeat(pa.scalar(0, pa.int32()), len(codes)), nothing)
        codes = codes.fill_null(len(values))
        values = pa.concat_arrays([values, nothing])
    return Coded(codes, values)


def day_codes(column: Any) -> Coded:
    """Return a column of UTC timestamps, or dates, as numbers that stand for their days."""
    days = column.cast(pa.date32()).cast(pa.int32())
    bounds = pc.min_max(days)
    first, last = bounds["min"].as_py() or 0, bounds["max"].as_py() or 0
    codes = pc.subtract(days, pa.scalar(first, pa.int32()))
    if codes.null_count:
        codes = codes.fill_null(last + 1 - first)
    values = pa.array([*range(first, last + 1), *([None] if days.null_count else [])], pa.int32())
    return Coded(codes, values.cast(pa.date32()))


def map_codes(column: Any, keys: Sequence[str]) -> Coded:
    """Return a column of maps as numbers; what they say of other keys is left out.

    Each pair of a key and a value is a digit at the key's place; a row's number is their sum, taken
    from a running total over all pairs.

    Returns:
        Values are JSON objects without empty entries.
    """
    try:
        return _map_codes(column, keys)
    except TooManyValues:
        half = len(column) // 2
        one, other = (map_codes(each, keys) for each in (column.slice(0, half), column.slice(half)))
        shifted = pc.add(other.codes, pa.scalar(len(one.values), pa.int32()))
        return Coded(
            pa.concat_arrays([one.codes, shifted]), pa.concat_arrays([one.values, other.values])
        )


def _map_codes(column: Any, keys: Sequence[str]) -> Coded:
    offsets = column.offsets
    first, last = offsets[0].as_py(), offsets[-1].as_py()
    names, items = (
        each if pa.types.is_dictionary(each.type) else each.dictionary_encode()
        for each in (
            column.keys.slice(first, last - first),
            column.items.slice(first, last - first),
        )
    )
    known, said = names.dictionary.to_pylist(), items.dictionary.to_pylist()
    there = [key for key in keys if key in known]
    # A pair is a value's code behind the start of its key's block; other keys share the first.
    width = len(said) + 1
    blocks = [width * (there.index(key) + 1) if key in there else 0 for key in known]
    if width * (len(there) + 1) >= _INT32_VALUES:
        raise TooManyValues
    codes = items.indices.fill_null(len(said)) if items.null_count else items.indices
    starts = pc.take(pa.array(blocks, pa.int32()), names.indices, boundscheck=False)
    pairs = pc.add(starts, codes)
    digits = _digits(pairs, there, len(said))
    weights = [pa.repeat(pa.scalar(0, pa.int64()), width)]
    place = 1
    for values in digits:
        weights.append(_weights(values, place, width))
        place *= len(values) + 1
    # A running total of 32 bits may overflow: the difference of two is still right.
    type_ = pa.int32() if place < _INT32_VALUES else pa.int64()
    table = pa.concat_arrays(weights).cast(type_)
    weighed = pc.take(table, pairs, boundscheck=False)
    encoded = _sums(weighed, offsets, first).dictionary_encode()
    told = list(zip(there, digits, strict=True))
    texts = [_as_json(number, told, said) for number in encoded.dictionary.to_pylist()]
    return Coded(encoded.indices, pa.array(texts, pa.string()))


def _sums(values: Any, offsets: Any, first: int) -> Any:
    """Return the sum of values of each row, which end at `offsets` less `first`."""
    if not len(values):
        return pa.repeat(pa.scalar(0, values.type), len(offsets) - 1)
    zero = pa.repeat(pa.scalar(0, values.type), 1)
    ends = offsets.slice(1)
    empty = pc.index(pc.greater(ends, pa.scalar(first, pa.int32())), True).as_py()
    places = pc.subtract(ends.slice(empty), pa.scalar(first + 1, pa.int32()))
    totals = pc.take(pc.cumulative_sum(values), places, boundscheck=False)
    sums = pc.subtract(totals, pa.concat_arrays([zero, totals.slice(0, len(totals) - 1)]))
    return pa.concat_arrays([pa.repeat(zero[0], empty), sums]) if empty else sums


def _digits(pairs: Any, keys: Sequence[str], values: int) -> list[Sequence[int]]:
    """Return, for each key, the codes of its values: its digits from 1 on; 0 is none of them."""
    if (values + 1) ** len(keys) < _INT64_VALUES:
        return [range(values)] * len(keys)
    used: list[list[int]] = [[] for _ in keys]
    for pair in pc.unique(pairs).to_pylist():
        block, value = divmod(pair, values + 1)
        if block and value < values:
            used[block - 1].append(value)
    if prod(len(codes) + 1 for codes in used) >= _INT64_VALUES:
        raise TooManyValues
    return list(used)


def _weights(values: Sequence[int], place: int, width: int) -> Any:
    """Return what a key's values add to a row's number; NULL, the last, adds nothing."""
    weights = [0] * width
    for digit, code in enumerate(values, 1):
        weights[code] = digit * place
    return pa.array(weights, pa.int64())


def _as_json(number: int, digits: Sequence[tuple[str, Sequence[int]]], said: Sequence[str]) -> str:
    entries = {}
    for name, values in digits:
        number, digit = divmod(number, len(values) + 1)
        if digit:
            entries[name] = said[values[digit - 1]]
    return json.dumps(entries)


def one_number(columns: Iterable[Coded]) -> tuple[Any, int]:
    """Return several columns as one whole number for each row, and how many there may be.

    Args:
        columns: At least one.
    """
    return joined([(column.codes, len(column.values)) for column in columns])


def joined(columns: Sequence[tuple[Any, int]]) -> tuple[Any, int]:
    """Return several columns of whole numbers as one, and how many there may be.

    Args:
        columns: Numbers and how many there may be; at least one.
    """
    # Few values first, and as many columns as fit into 32 bits at a time: half the bytes to move.
    narrow: list[tuple[Any, int]] = []
    for codes, size in sorted(columns, key=lambda column: column[1]):
        if size == 1:
            continue
        if narrow and narrow[-1][1] * size < _INT32_VALUES:
            narrow[-1] = _two(narrow[-1], (codes, size))
        else:
            narrow.append((codes, size))
    if not narrow:
        return columns[0]
    whole = narrow[0]
    for column in narrow[1:]:
        if whole[1] * column[1] >= _INT64_VALUES:
            encoded = whole[0].dictionary_encode()
            whole = encoded.indices, len(encoded.dictionary)
        wide = whole[0].cast(pa.int64()), whole[1]
        whole = _two(wide, (column[0].cast(pa.int64()), column[1]))
    return whole


def _two(one: tuple[Any, int], other: tuple[Any, int]) -> tuple[Any, int]:
    numbers = pc.multiply(one[0], pa.scalar(other[1], one[0].type))
    return pc.add(numbers, other[0]), one[1] * other[1]
