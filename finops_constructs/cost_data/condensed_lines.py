"""A month's Bedrock lines, added up by everything that the daily view reads of them.

The view's statement means the same over them, and has thousands of rows to interpret, not millions.
Which columns and which keys of maps are kept is read from the statement.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from finops_constructs.cost_data.arrow_codes import (
    Coded,
    Key,
    TooManyValues,
    day_codes,
    map_codes,
    text_codes,
)
from finops_constructs.cost_data.columns import PARTITION_COLUMN, REQUIRED_COLUMNS
from finops_constructs.cost_data.read_ahead import read_ahead

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_STARTS: Final = "line_item_usage_start_date"
_ENDS: Final = "line_item_usage_end_date"
_AMOUNT: Final = "line_item_usage_amount"
_COST: Final = "line_item_unblended_cost"
_PRINCIPAL: Final = "line_item_iam_principal"
_NUMBERS: Final = {_STARTS, _ENDS, _AMOUNT, _COST}
_MARK: Final = "Bedrock"
"""A line where none of `_MARKED` has this word is not one that the view wants."""
_MARKED: Final = ("product_product_family", "line_item_product_code", "product")
_ROWS: Final = 131_072
_SCALE: Final = 1e10
_EXACT: Final = pa.decimal128(28, 10)
_MOST: Final = 9e8
"""Above, a sum of tenths of a nano-dollar might leave 64 bits."""
_FAULTS: Final = (OSError, pa.ArrowException)
"""What PyArrow raises for files that it cannot read; the database says what is wrong with them."""
_SESSION: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_+=,.@-"
LINES: Final = "condensed_lines"
"""How many lines of the bill a row stands for."""


class _NotExact(Exception):  # noqa: N818 - not an error: the lines are read as they are
    """An amount is too large for this way of adding up."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    texts: tuple[str, ...]
    maps: Mapping[str, Sequence[str]]


def condensed(
    months: Mapping[str, Sequence[Path]], sql: str, *, threads: int
) -> tuple[list[str], pa.Table | None]:
    """Return months' lines that may be Bedrock's, added up.

    Args:
        months: Billing period -> its Parquet files.
        sql: The daily view's statement.
        threads: How many to use.

    Returns:
        The billing periods that were, and their lines: the columns that the statement reads;
        amounts as exact decimals, maps of the keys that it looks up, starts as days, and
        `condensed_lines`. A month is left out if a file has a type, or amounts, that this cannot
        add up exactly.
    """
    columns = [column for column in REQUIRED_COLUMNS if re.search(rf"\b{column.name}\b", sql)]
    maps = {column.name: looked_up(sql, column.name) for column in columns if "map" in column.type}
    wanted = _Wanted(
        tuple(c.name for c in columns if c.name not in {*maps, *_NUMBERS, _PRINCIPAL}), maps
    )
    parts: dict[str, list[pa.Table]] = {period: [] for period in months}
    reads = [
        partial(_row_group, period, file, number, wanted)
        for period, files in months.items()
        for file in files
        for number in range(_row_groups(file))
    ]
    with _allocator():
        for period, rows in read_ahead(reads, threads=threads):
            found = _parts(rows, wanted) if period in parts else None
            if found is None:
                parts.pop(period, None)
            else:
                parts[period] += found
    names = [*wanted.texts, *maps, _STARTS, _PRINCIPAL]
    tables = [
        _with_maps(_merged(found, names), maps, period) for period, found in parts.items() if found
    ]
    periods = [period for period, found in parts.items() if found]
    return periods, pa.concat_tables(tables) if tables else None


@contextmanager
def _allocator() -> Iterator[None]:
    """Give memory back to the system less often than PyArrow's own choice; a tenth of the time."""
    before = pa.default_memory_pool()
    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


def _row_groups(file: Path) -> int:
    try:
        return int(pq.ParquetFile(file).num_row_groups)
    except _FAULTS:
        return 1  # reading it will fail again, and leave the month out


def looked_up(sql: str, column: str) -> list[str]:
    """Return the keys that a statement looks up in a map."""
    return sorted(set(re.findall(rf"element_at\({column}, '([^']*)'\)", sql)))


def _row_group(
    period: str, file: Path, number: int, wanted: _Wanted
) -> tuple[str, pa.Table | None]:
    leaves = [f"{name}.key_value.{part}" for name in wanted.maps for part in ("key", "value")]
    names = [*wanted.texts, *wanted.maps, *sorted(_NUMBERS), _PRINCIPAL]
    for encoded in ([*wanted.texts, *leaves], wanted.texts):
        try:
            opened = pq.ParquetFile(file, read_dictionary=encoded, pre_buffer=False)
            rows = opened.read_row_group(number, columns=names, use_threads=False)
        except pa.ArrowNotImplementedError:
            continue  # a writer gave up on the dictionary of a map's leaf half-way
        except _FAULTS:
            break
        readable = all(
            name in rows.column_names and _readable(name, rows.schema.field(name).type, wanted)
            for name in names
        )
        return period, rows if readable else None
    return period, None


def _readable(name: str, type_: Any, wanted: _Wanted) -> bool:
    if name in wanted.maps:
        return bool(pa.types.is_map(type_))
    if name in {_STARTS, _ENDS}:
        return bool(pa.types.is_timestamp(type_))
    if name in {_AMOUNT, _COST}:
        return bool(pa.types.is_float64(type_))
    value = type_.value_type if pa.types.is_dictionary(type_) else type_
    return bool(pa.types.is_string(value) or pa.types.is_large_string(value))


def _parts(rows: pa.Table | None, wanted: _Wanted) -> list[pa.Table] | None:
    if rows is None:
        return None
    try:
        batches = rows.to_batches(max_chunksize=_ROWS)
        return [part for batch in batches for part in _added_up(batch, wanted)]
    except (_NotExact, *_FAULTS):
        return None


def _added_up(rows: pa.RecordBatch, wanted: _Wanted) -> list[pa.Table]:
    try:
        return [_grouped(rows, wanted)]
    except TooManyValues:
        if len(rows) == 1:
            raise _NotExact from None
        half = len(rows) // 2
        halves = (rows.slice(0, half), rows.slice(half))
        return [part for each in halves for part in _added_up(each, wanted)]


def _grouped(rows: pa.RecordBatch, wanted: _Wanted) -> pa.Table:
    coded = {name: text_codes(rows.column(name)) for name in wanted.texts}
    coded |= {name: map_codes(rows.column(name), keys) for name, keys in wanted.maps.items()}
    coded[_STARTS] = day_codes(rows.column(_STARTS))
    # Few values first: their numbers stay narrow for longer.
    coded = dict(sorted(coded.items(), key=lambda item: len(item[1].values)))
    key = Key()
    for column in coded.values():
        key.add(column)
    mask = _marked(coded)
    key.keep(mask)
    coded[_PRINCIPAL] = _without_session(rows.column(_PRINCIPAL).filter(mask))
    key.add(coded[_PRINCIPAL])
    sums = {name: _exact(rows.column(name).filter(mask)) for name in (_COST, _AMOUNT)}
    ends = rows.column(_ENDS).filter(mask).cast(pa.timestamp("us"))
    ones = pa.repeat(pa.scalar(1, pa.int64()), len(ends))
    return _by_key(key, coded, {**sums, _ENDS: ends, LINES: ones})


def _by_key(key: Key, coded: Mapping[str, Coded], measures: Mapping[str, Any]) -> pa.Table:
    table = pa.table({"key": key.numbers, **measures})
    found = table.group_by("key", use_threads=False).aggregate(
        [(name, "max" if name == _ENDS else "sum") for name in measures]
    )
    codes = key.apart(found.column("key").combine_chunks())
    columns = {
        name: _told(code, column.values)
        for code, (name, column) in zip(codes, coded.items(), strict=True)
    }
    for name in measures:
        value = found.column(f"{name}_{'max' if name == _ENDS else 'sum'}").combine_chunks()
        columns[name] = _as_decimal(value) if name in {_COST, _AMOUNT} else value
    return pa.table(columns)


def _told(codes: Any, values: Any) -> Any:
    if values.null_count:  # the last one
        codes = pc.if_else(pc.equal(codes, len(values) - 1), pa.scalar(None, pa.int32()), codes)
        values = values.slice(0, len(values) - 1)
    return pa.DictionaryArray.from_arrays(codes, values)


def _marked(coded: Mapping[str, Coded]) -> Any:
    """Return which lines may be Bedrock's: all that the view wants, and perhaps more."""
    masks = []
    for name in _MARKED:
        if name in coded:
            says = [_MARK in (value or "") for value in coded[name].values.to_pylist()]
            masks.append(pa.array(says, pa.bool_()).take(coded[name].codes))
    mask = masks[0]
    for other in masks[1:]:
        mask = pc.or_(mask, other)
    return mask


def _without_session(principals: Any) -> Coded:
    """Return principals as numbers, those of one role's sessions as one.

    What stands for them ends behind the role's name, which the view's statement takes as it is.
    """
    cut = text_codes(pc.ascii_rtrim(principals, characters=_SESSION))
    for value in cut.values.to_pylist():
        if value and not re.fullmatch(r"[^/]*:assumed-role/[^/]+/", value):
            return text_codes(principals)
    return cut


def _exact(values: Any) -> Any:
    """Return USD or units as whole tenths of a nano, rounded as DuckDB rounds a cast."""
    if (pc.sum(pc.abs(values)).as_py() or 0.0) >= _MOST:
        raise TooManyValues
    scaled = pc.round(pc.multiply(values, _SCALE), round_mode="half_towards_infinity")
    return scaled.cast(pa.int64())


def _as_decimal(whole: Any) -> Any:
    if pa.types.is_decimal(whole.type):
        return whole.cast(pa.decimal128(38, 10))
    wide = whole.cast(pa.decimal128(19, 0))
    return pa.Array.from_buffers(_EXACT, len(wide), wide.buffers(), null_count=wide.null_count)


def _merged(parts: Sequence[pa.Table], names: Sequence[str]) -> pa.Table:
    """Return the groups of all parts as one table, equal ones added up."""
    ordered = [part.select(parts[0].column_names) for part in parts]
    table = pa.concat_tables(ordered).unify_dictionaries().combine_chunks()
    coded = {name: text_codes(_one(table.column(name))) for name in names}
    key = Key()
    for column in coded.values():
        key.add(column)
    measures = {name: _one(table.column(name)) for name in (_COST, _AMOUNT, _ENDS, LINES)}
    return _by_key(key, coded, measures)


def _one(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _with_maps(table: pa.Table, maps: Mapping[str, Sequence[str]], period: str) -> pa.Table:
    for name in maps:
        column = _one(table.column(name))
        values = [list(json.loads(text).items()) for text in column.dictionary.to_pylist()]
        typed = pa.array(values, pa.map_(pa.string(), pa.string()))
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, typed.take(column.indices))
    return table.append_column(PARTITION_COLUMN, pa.repeat(pa.scalar(period), len(table)))
