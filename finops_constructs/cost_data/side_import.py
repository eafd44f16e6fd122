"""Rows of a person's CSV, checked against a side table: all of them are good, or none is taken."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.side_checks import row_problems

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from finops_constructs.cost_data.side_tables import SideColumn, SideTable

_MOST_SHOWN: Final = 20
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d{1,2})?", re.ASCII)
_DECIMAL: Final = re.compile(r"decimal\((?P<digits>\d+),(?P<scale>\d+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """How the columns of a file become those of the table.

    Attributes:
        columns: Column of the table -> header in the file. Default: of the same name.
        constants: Column of the table -> the value of every row.
        date_format: As `strptime` takes it. Default: ISO 8601, with or without a time of day.
        skip_empty: Columns without which a row is left out instead of refused, such as the day an
            open issue was closed.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None
    skip_empty: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRows:
    """What a file holds.

    Attributes:
        rows: Column -> value, typed; every column of the table.
        skipped: How many rows were left out.
        ignored: Headers that no column is taken from.
    """

    rows: list[dict[str, Any]]
    skipped: int
    ignored: tuple[str, ...]


def read_rows(file: Path, table: SideTable, mapping: ColumnMap) -> ReadRows:
    """Read and check a CSV file.

    Args:
        file: UTF-8; separated by commas, semicolons or tabs, with a header.
        table: Whose rows they become.
        mapping: How.

    Raises:
        CostDataError: Naming every line, column and value that is wrong, and what is allowed.
    """
    headers, lines = _read(file)
    sources = _sources(file, headers, table, mapping)
    problems: list[str] = []
    rows: list[dict[str, Any]] = []
    skipped = 0
    for number, cells in lines:
        if len(cells) != len(headers):
            problems.append(f"line {number}: {len(cells)} cells under {len(headers)} headers")
            continue
        raw = dict(mapping.constants) | {
            name: cells[place].strip() for name, place in sources.items()
        }
        if any(not raw.get(name) for name in mapping.skip_empty):
            skipped += 1
            continue
        row, faults = _typed(raw, table, mapping)
        faults = faults or row_problems(table.name, row)
        problems += [f"line {number}: {fault}" for fault in faults]
        rows.append(row)
    if problems:
        more = len(problems) - _MOST_SHOWN
        shown = problems[:_MOST_SHOWN] + ([f"and {more} more"] if more > 0 else [])
        raise CostDataError(f"{file}: nothing was imported:\n  " + "\n  ".join(shown))
    if not rows:
        raise CostDataError(f"{file}: has no row to import ({skipped} left out)")
    used = {headers[place] for place in sources.values()}
    return ReadRows(rows=rows, skipped=skipped, ignored=tuple(h for h in headers if h not in used))


def _read(file: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as content:
            first = content.readline()
            content.seek(0)
            delimiter = max(",;\t", key=first.count)
            reader = csv.reader(content, delimiter=delimiter, strict=True)
            headers = [name.strip() for name in next(reader, [])]
            lines = [(reader.line_num, cells) for cells in reader if any(cells)]
    except UnicodeDecodeError:
        raise CostDataError(f"{file}: is no UTF-8 text: save it as CSV UTF-8") from None
    except (OSError, csv.Error) as fault:
        raise CostDataError(f"{file}: cannot be read as CSV: {fault}") from None
    if not headers:
        raise CostDataError(f"{file}: is empty")
    return headers, lines


def _sources(
    file: Path, headers: list[str], table: SideTable, mapping: ColumnMap
) -> dict[str, int]:
    """Return column of the table -> place in the file."""
    known = {column.name for column in table.columns}
    for name in (*mapping.columns, *mapping.constants, *mapping.skip_empty):
        if name not in known:
            raise CostDataError(
                f"{table.name} has no column {name!r}; it has {', '.join(sorted(known))}"
            )
    places = {header.casefold(): place for place, header in reversed(list(enumerate(headers)))}
    found: dict[str, int] = {}
    for column in table.columns:
        if column.name in mapping.constants:
            continue
        header = mapping.columns.get(column.name, column.name)
        if header.casefold() in places:
            found[column.name] = places[header.casefold()]
        elif column.name in mapping.columns:
            raise CostDataError(f"{file}: has no column {header!r}; it has {', '.join(headers)}")
        elif column.required:
            raise CostDataError(
                f"{file}: has no column {column.name} ({column.meaning}); it has"
                f" {', '.join(headers)}: name one with --map {column.name}=HEADER, or give all rows"
                f" one value with --set {column.name}=VALUE"
            )
    return found


def _typed(
    raw: Mapping[str, str], table: SideTable, mapping: ColumnMap
) -> tuple[dict[str, Any], list[str]]:
    row: dict[str, Any] = {}
    faults: list[str] = []
    for column in table.columns:
        text = raw.get(column.name, "")
        row[column.name] = None
        if not text:
            if column.required:
                faults.append(f"{column.name}: is empty; {column.meaning}")
            continue
        try:
            row[column.name] = _value(text, column, mapping.date_format)
        except ValueError:
            wanted = _wanted(column, mapping.date_format)
            faults.append(f"{column.name}: {text!r}: must be {wanted}")
    return row, faults


def _value(text: str, column: SideColumn, date_format: str | None) -> Any:
    if column.type == "date":
        return _day(text, date_format)
    if column.type == "bigint":
        if not re.fullmatch(r"\d{1,18}", text):
            raise ValueError(text)
        return int(text)
    decimal = _DECIMAL.fullmatch(column.type)
    return _amount(text, int(decimal["digits"]), int(decimal["scale"])) if decimal else text


def _day(text: str, date_format: str | None) -> date:
    if date_format:
        return datetime.strptime(text, date_format).date()  # noqa: DTZ007 - a day is what counts
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date.fromisoformat(text)
    return datetime.fromisoformat(text).date()


def _amount(text: str, digits: int, scale: int) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    value = Decimal(text)
    if abs(value) >= Decimal(10) ** (digits - scale) or value != round(value, scale):
        raise ValueError(text)
    return value


def _wanted(column: SideColumn, date_format: str | None) -> str:
    if column.type == "date":
        return f"a date like {date_format}" if date_format else "a date, YYYY-MM-DD"
    if column.type == "bigint":
        return "a whole number, 0 or more"
    decimal = _DECIMAL.fullmatch(column.type)
    assert decimal
    return f"a number with at most {decimal['scale']} decimal places, without thousands separators"
