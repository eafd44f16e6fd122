"""Texts and maps as small numbers, and several columns as one number that can be taken apart again.

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
    from collections.abc import Sequence

_INT32_VALUES: Final = 2**31
_INT64_VALUES: Final = 2**62
_ROOM_FOR_COUNTERS: Final = 2**31


class TooManyValues(Exception):  # noqa: N818 - not an error: the rows are taken in two halves
    """Rows hold more combinations of values than fit into one number."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as numbers.

    Attributes:
        codes: One integer a row, never NULL: a place in `values`.
        values: Text, or dates.
    """

    codes: Any
    values: Any


def text_codes(column: Any) -> Coded:
    """Return a column of text, dictionary-encoded or not, as numbers."""
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    values = encoded.dictionary.cast(pa.string())
    codes = encoded.indices
    if codes.null_count:
        codes = codes.fill_null(len(values))
        values = pa.concat_arrays([values, pa.nulls(1, pa.string())])
    return Coded(codes, values)


def day_codes(column: Any) -> Coded:
    """Return a column of UTC timestamps as numbers that stand for their days."""
    days = column.cast(pa.timestamp("us")).cast(pa.date32()).cast(pa.int32())
    if days.null_count == len(days):
        return Coded(pa.repeat(pa.scalar(0, pa.int32()), len(days)), pa.nulls(1, pa.date32()))
    bounds = pc.min_max(days)
    first, last = bounds["min"].as_py(), bounds["max"].as_py()
    values = pa.array([*range(first, last + 1), None], pa.int32()).cast(pa.date32())
    codes = pc.subtract(days, pa.scalar(first, pa.int32())).fill_null(last + 1 - first)
    return Coded(codes, values)


def map_codes(column: Any, keys: Sequence[str]) -> Coded:
    """Return a column of maps as numbers; what they say of other keys is left out.

    Each pair of a key and a value is a digit at the key's place; a row's number is their sum, taken
    from a running total over all pairs.

    Returns:
        Values are JSON objects without empty entries.

    Raises:
        TooManyValues: If there are too many combinations.
    """
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
    if len(known) * (len(said) + 1) >= _INT32_VALUES:
        raise TooManyValues
    width = pa.scalar(len(said) + 1, pa.int32())
    pairs = pc.add(pc.multiply(names.indices, width), items.indices.fill_null(len(said)))
    digits = _digits(pairs, keys, known, said)
    weights = [0] * (len(known) * (len(said) + 1))
    place = 1
    for name, values in digits.items():
        row = known.index(name) * (len(said) + 1) if name in known else 0
        for digit, code in enumerate(values, 1):
            weights[row + code] = digit * place
        place *= len(values) + 1
    weighed = pc.take(pa.array(weights, pa.int64()), pairs, boundscheck=False)
    totals = pa.concat_arrays([pa.array([0], pa.int64()), pc.cumulative_sum(weighed)])
    ends = pc.take(totals, pc.subtract(offsets, pa.scalar(first, pa.int32())), boundscheck=False)
    encoded = pc.subtract(ends.slice(1), ends.slice(0, len(ends) - 1)).dictionary_encode()
    texts = [_as_json(number, digits, said) for number in encoded.dictionary.to_pylist()]
    return Coded(encoded.indices, pa.array(texts, pa.string()))


def _digits(
    pairs: Any, keys: Sequence[str], known: Sequence[str], said: Sequence[str]
) -> dict[str, Sequence[int]]:
    """Return key -> the codes of its values, which are its digits from 1 on; 0 is none of them."""
    there = [key for key in keys if key in known]
    if (len(said) + 1) ** len(there) < _INT64_VALUES:
        return {key: range(len(said)) for key in there}
    found: dict[str, Sequence[int]] = {key: [] for key in there}
    used: dict[str, list[int]] = {key: [] for key in there}
    for pair in pc.unique(pairs).to_pylist():
        name, value = divmod(pair, len(said) + 1)
        if known[name] in used and value < len(said):
            used[known[name]].append(value)
    found.update(used)
    if prod(len(values) + 1 for values in found.values()) >= _INT64_VALUES:
        raise TooManyValues
    return found


def _as_json(number: int, digits: dict[str, Sequence[int]], said: Sequence[str]) -> str:
    entries = {}
    for name, values in digits.items():
        number, digit = divmod(number, len(values) + 1)
        if digit:
            entries[name] = said[values[digit - 1]]
    return json.dumps(entries)


def _as(numbers: Any, type_: Any) -> Any:
    return numbers if numbers.type == type_ else numbers.cast(type_)  # a cast copies


class Key:
    """Several coded columns as one integer a row."""

    def __init__(self) -> None:
        """Begin with no column."""
        self.numbers: Any = None
        self._size = 1
        self._steps: list[int | Any] = []

    def add(self, column: Coded) -> None:
        """Add a column.

        Raises:
            TooManyValues: If the combinations do not fit, even numbered anew.
        """
        size = len(column.values)
        if self._size * size >= _INT64_VALUES:
            encoded = self.numbers.dictionary_encode()
            self._steps.append(encoded.dictionary)
            self.numbers, self._size = encoded.indices, len(encoded.dictionary)
        if self._size * size >= _INT64_VALUES:
            raise TooManyValues
        narrow = self._size * size < _INT32_VALUES
        type_ = pa.int32() if narrow else pa.int64()
        codes = _as(column.codes, type_)
        if self.numbers is None:
            self.numbers = codes
        elif size > 1:
            shifted = pc.multiply(_as(self.numbers, type_), pa.scalar(size, type_))
            self.numbers = pc.add(shifted, codes)
        self._size *= size
        self._steps.append(size)

    def keep(self, mask: Any) -> None:
        """Keep the rows where a mask is true."""
        self.numbers = self.numbers.filter(mask)

    def apart(self, numbers: Any) -> list[Any]:
        """Return numbers of this key as codes, one array a column, in the order of adding."""
        columns: list[Any] = []
        numbers = numbers.cast(pa.int64())
        for step in reversed(self._steps):
            if not isinstance(step, int):
                numbers = step.take(numbers).cast(pa.int64())
                continue
            rest = pc.divide(numbers, pa.scalar(step, pa.int64()))
            columns.append(
                pc.subtract(numbers, pc.multiply(rest, pa.scalar(step, pa.int64()))).cast(
                    pa.int32()
                )
            )
            numbers = rest
        return columns[::-1]
