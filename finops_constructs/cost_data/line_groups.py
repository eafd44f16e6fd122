"""Lines of the bill added up by everything that the daily views read of them.

Lines that may be Bedrock's keep what both views read; of the others, `bill_daily` reads little.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, reduce
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from finops_constructs.cost_data.arrow_codes import (
    Coded,
    day_codes,
    joined,
    map_codes,
    one_number,
    value_codes,
)
from finops_constructs.cost_data.row_groups import NotAsExpectedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from finops_constructs.cost_data.row_groups import RowGroup

STARTS: Final = "line_item_usage_start_date"
ENDS: Final = "line_item_usage_end_date"
AMOUNT: Final = "line_item_usage_amount"
COST: Final = "line_item_unblended_cost"
PRINCIPAL: Final = "line_item_iam_principal"
NOT_CODED: Final = (STARTS, ENDS, AMOUNT, COST, PRINCIPAL)
"""Times, numbers, and a column with a text of its own on nearly every line."""
LINES: Final = "condensed_lines"
"""How many lines of the bill a row stands for."""
_RESOURCE: Final = "line_item_resource_id"
_MARK: Final = "Bedrock"
"""A line where none of `_MARKED` has this word is not one that `bedrock_daily` wants."""
_MARKED: Final = ("product_product_family", "line_item_product_code", "product")
_SCALE: Final = 1e10
_WHOLE: Final = pa.decimal128(38, 0)
_EXACT: Final = pa.decimal128(38, 10)
_MOST: Final = 9e8
"""Above, whole tenths of a nano might leave 64 bits."""
_SESSION: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_+=,.@-"


@dataclass(frozen=True, slots=True)
class LinesRead:
    """What the daily views read.

    Attributes:
        texts: Columns of text of a line that may be Bedrock's, beside its principal.
        maps: Column of maps -> the keys that are looked up in it.
        bill: Columns of text of any other line.
        telling: Parts of a resource's id, lower-case; of any other line, an id without any is left
            out.
    """

    texts: Sequence[str]
    maps: Mapping[str, Sequence[str]]
    bill: Sequence[str]
    telling: Sequence[str]


def groups(rows: RowGroup, wanted: LinesRead) -> Iterator[pa.Table]:
    """Yield a row group added up: lines that may be Bedrock's, and others, with fewer columns.

    Raises:
        NotAsExpectedError: If a column has another type, or an amount cannot be added up exactly.
        OSError: If the file cannot be read.
        pa.ArrowException: Likewise.
    """
    coded = {name: value_codes(column) for name, column in rows.texts(wanted.texts).items()}
    coded |= {name: map_codes(rows.map(name), keys) for name, keys in wanted.maps.items()}
    bedrock, other = _told_apart([coded[name] for name in _MARKED if name in coded])
    starts, ends = rows.times(STARTS, ENDS)
    costs, amounts = rows.amounts(COST, AMOUNT)
    coded[STARTS] = day_codes(starts)
    measures = {COST: _exact(costs), ENDS: ends}
    if len(bedrock):
        key, size = one_number(coded.values())
        principals = _without_session(rows.text(PRINCIPAL).take(bedrock))
        keys, _ = joined([(_at(key, bedrock), size), (principals.codes, len(principals.values))])
        taken = {name: _at(each, bedrock) for name, each in measures.items()}
        sums, firsts = _grouped(keys, {**taken, AMOUNT: _exact(_at(amounts, bedrock))})
        told = {name: column.told(_at(bedrock, firsts)) for name, column in coded.items()}
        yield pa.table({**told, PRINCIPAL: principals.told(firsts), **sums})
    if len(other):
        coded[_RESOURCE] = _if_telling(coded[_RESOURCE], wanted.telling)
        read = {name: coded[name] for name in (*wanted.bill, STARTS)}
        key, _ = one_number(read.values())
        taken = {name: _at(each, other) for name, each in measures.items()}
        sums, firsts = _grouped(_at(key, other), taken)
        told = {name: column.told(_at(other, firsts)) for name, column in read.items()}
        yield pa.table({**told, **sums})


def _at(values: Any, places: Any) -> Any:
    return pc.take(values, places, boundscheck=False)


def _told_apart(marked: Sequence[Coded]) -> tuple[Any, Any]:
    """Return the places of lines that may be Bedrock's, and of the others."""
    bedrock = reduce(pc.or_, (_marked(column) for column in marked))
    # Sorted rather than filtered: no branch to guess at each line.
    ordered = pc.array_sort_indices(bedrock.cast(pa.uint8())).cast(pa.int32())
    others = len(bedrock) - (pc.sum(bedrock).as_py() or 0)
    return ordered.slice(others), ordered.slice(0, others)


def _marked(column: Coded) -> Any:
    says = pc.match_substring(column.values, _MARK).fill_null(False).cast(pa.uint8())
    return pc.take(says, column.codes, boundscheck=False).cast(pa.bool_())


def _row_numbers(count: int) -> Any:
    return _numbers(1 << count.bit_length()).slice(0, count)


@cache
def _numbers(count: int) -> Any:
    return pa.array(range(count), pa.int32())


def _if_telling(resources: Coded, telling: Sequence[str]) -> Coded:
    """Return resources without those that say nothing: NULL stands for them."""
    lower = pc.utf8_lower(resources.values)
    tells = pc.match_substring(lower, telling[0])
    for word in telling[1:]:
        tells = pc.or_(tells, pc.match_substring(lower, word))
    kept = pc.indices_nonzero(tells)
    places = [len(kept)] * len(resources.values)
    for place, code in enumerate(kept.to_pylist()):
        places[code] = place
    codes = pc.take(pa.array(places, pa.int32()), resources.codes, boundscheck=False)
    values = pa.concat_arrays([resources.values.take(kept), pa.nulls(1, pa.string())])
    return Coded(codes, values)


def _without_session(principals: Any) -> Coded:
    """Return principals as numbers, those of one role's sessions as one.

    What stands for them ends behind the role's name, which the view's statement takes as it is.
    """
    cut = value_codes(pc.ascii_rtrim(principals, characters=_SESSION))
    for value in cut.values.to_pylist():
        if value and not re.fullmatch(r"[^/]*:assumed-role/[^/]+/", value):
            return value_codes(principals)
    return cut


def _exact(values: Any) -> Any:
    """Return USD or units as whole tenths of a nano, rounded as DuckDB rounds a cast."""
    sizes = pc.abs(values)
    total = pc.sum(sizes).as_py() or 0.0
    scaled = pc.multiply(values, _SCALE)
    whole = pc.trunc(scaled)
    rest = pc.subtract(scaled, whole)
    rounded = pc.add(whole, pc.trunc(pc.add(rest, rest)))
    if total < _MOST:
        return rounded.cast(pa.int64(), safe=False)
    if pc.max(sizes).as_py() >= _MOST:
        raise NotAsExpectedError("an amount is too large")
    return rounded.cast(pa.int64()).cast(_WHOLE)  # slower; sums have 38 digits; refuses NaN


def _grouped(numbers: Any, measures: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    """Return measures added up by a number, and the first row of each of its values."""
    wanted = [(name, "max" if name == ENDS else "sum") for name in measures]
    count: list[Any] = [] if LINES in measures else [([], "count_all")]
    table = pa.table({"number": numbers, "row": _row_numbers(len(numbers)), **measures})
    found = table.group_by("number", use_threads=False).aggregate([("row", "min"), *wanted, *count])
    sums = {name: _one(found.column(f"{name}_{how}")) for name, how in wanted}
    for name in {COST, AMOUNT} & sums.keys():
        sums[name] = _as_decimal(sums[name])
    if count:
        sums[LINES] = _one(found.column("count_all"))
    return sums, _one(found.column("row_min"))


def _as_decimal(whole: Any) -> Any:
    """Return whole tenths of a nano as USD or units; sums of those stay as they are."""
    if pa.types.is_decimal(whole.type) and whole.type.scale:
        return whole.cast(_EXACT)
    wide = whole.cast(_WHOLE)
    return pa.Array.from_buffers(_EXACT, len(wide), wide.buffers(), null_count=wide.null_count)


def merged(parts: Sequence[pa.Table]) -> list[pa.Table]:
    """Return groups of one month with equal ones added up, one table for each kind of lines.

    Args:
        parts: From `groups` or from here.
    """
    kinds: dict[frozenset[str], list[pa.Table]] = {}
    for part in parts:
        kinds.setdefault(frozenset(part.column_names), []).append(part)
    return [_merged(of_kind) for of_kind in kinds.values()]


def _merged(parts: Sequence[pa.Table]) -> pa.Table:
    names = parts[0].column_names
    table = pa.concat_tables([part.select(names) for part in parts])
    table = table.unify_dictionaries().combine_chunks()
    columns = {name: _one(table.column(name)) for name in names}
    measures = {name: columns.pop(name) for name in (COST, AMOUNT, ENDS, LINES) if name in columns}
    numbers, _ = one_number([value_codes(column) for column in columns.values()])
    sums, firsts = _grouped(numbers, measures)
    return pa.table({**{name: column.take(firsts) for name, column in columns.items()}, **sums})


def _one(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def whole(parts: Sequence[pa.Table], wanted: LinesRead) -> pa.Table:
    """Return tables as one with all columns, NULL where a part has not one; maps as maps."""
    text = pa.dictionary(pa.int32(), pa.string())
    every = pa.schema(
        [
            *((name, text) for name in (*wanted.texts, *wanted.maps, PRINCIPAL)),
            (STARTS, pa.dictionary(pa.int32(), pa.date32())),
            (AMOUNT, _EXACT),
        ]
    )
    table = pa.concat_tables([every.empty_table(), *parts], promote_options="default")
    for name in wanted.maps:
        column = _one(table.column(name).unify_dictionaries())
        values = [list(json.loads(each).items()) for each in column.dictionary.to_pylist()]
        typed = pa.array(values, pa.map_(pa.string(), pa.string()))
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, typed.take(column.indices))
    return table
