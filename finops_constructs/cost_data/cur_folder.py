"""A folder with a CUR 2.0 export, as AWS delivers it or a person copied it: found and checked."""

from __future__ import annotations

import gzip
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from finops_constructs.cost_data.columns import (
    CUR_COLUMNS,
    LEGACY_COLUMN_PREFIXES,
    REQUIRED_COLUMNS,
)
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.optional_duckdb import load_duckdb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

CACHE_FOLDER: Final = ".finops-cache"
INPUTS_FOLDER: Final = "inputs"
_PERIOD: Final = re.compile(r"billing_period=(?P<period>\d{4}-(?:0[1-9]|1[0-2]))", re.IGNORECASE)
_LEGACY_FOLDER: Final = re.compile(r"year=\d{4}")
_MAGIC: Final = b"PAR1"
_LAYOUT: Final = "data/BILLING_PERIOD=YYYY-MM/*.parquet"


@dataclass(frozen=True, slots=True)
class CurMonth:
    """The files of one billing period.

    Attributes:
        period: `YYYY-MM`.
        files: Parquet or CSV files, in the order of their names; never mixed.
    """

    period: str
    files: tuple[Path, ...]

    @property
    def is_csv(self) -> bool:
        """Whether the files are CSV."""
        return not self.files[0].name.endswith(".parquet")


def find_months(folder: Path) -> dict[str, CurMonth]:
    """Return the billing periods of a folder, oldest first.

    Args:
        folder: The export's folder or any above it.

    Raises:
        CostDataError: If there is no such folder, no export in it, or a legacy CUR beside it.
    """
    if not folder.is_dir():
        raise CostDataError(f"{folder}: there is no such folder")
    found: dict[str, list[Path]] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - {CACHE_FOLDER, INPUTS_FOLDER, "metadata"})
        if any(_LEGACY_FOLDER.fullmatch(name) for name in folders):
            raise CostDataError(
                f"{place}: has folders of a legacy CUR (year=.../month=...); give the folder of the"
                " CUR 2.0 export alone, the two must not be added up"
            )
        period = _PERIOD.fullmatch(Path(place).name)
        if period:
            found.setdefault(period["period"], []).extend(
                Path(place) / name for name in names if _is_data(name)
            )
    if not found:
        raise CostDataError(
            f"{folder}: holds no CUR 2.0 export: expected {_LAYOUT}; to see one, run"
            " finops sample cur --out FOLDER"
        )
    return {period: _month(period, files, folder) for period, files in sorted(found.items())}


def _is_data(name: str) -> bool:
    return name.endswith((".parquet", ".csv", ".csv.gz")) and not name.startswith(".")


def _month(period: str, files: list[Path], folder: Path) -> CurMonth:
    if len({file.parent for file in files}) > 1:
        places = ", ".join(sorted({str(file.parent) for file in files}))
        raise CostDataError(
            f"{folder}: {period} is there more than once ({places}): give the folder of one export"
        )
    kinds = {file.name.endswith(".parquet") for file in files}
    if len(kinds) > 1:
        raise CostDataError(
            f"{files[0].parent}: has Parquet and CSV files: keep those of the last delivery only"
        )
    return CurMonth(period, tuple(sorted(files)))


def wanted_months(months: Mapping[str, CurMonth], wanted: Sequence[str]) -> list[CurMonth]:
    """Return the asked months, or all.

    Raises:
        CostDataError: If one is not there or has no file.
    """
    for period in wanted:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
            raise CostDataError(f"a month is written YYYY-MM, got {period!r}")
        if period not in months:
            raise CostDataError(
                f"there is no data for {period}: the export has {', '.join(months)}"
            )
    chosen = [months[period] for period in sorted(set(wanted) or months)]
    for month in chosen:
        if not month.files and (wanted or len(months) == 1):
            raise CostDataError(
                f"{month.period} has a folder but no file: AWS delivers the first one up to 24"
                " hours after an export is created; copy the folder again"
            )
    return [month for month in chosen if month.files]


def check_files(connection: duckdb.DuckDBPyConnection, month: CurMonth) -> None:
    """Check that a month's files can be read and have the columns our views need.

    Raises:
        CostDataError: Naming the file and what to do.
    """
    for file in month.files:
        names = _csv_columns(file) if month.is_csv else _parquet_columns(connection, file)
        _check_columns(file, names)


def _parquet_columns(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, str]:
    with file.open("rb") as content:
        head = content.read(64)
        content.seek(max(0, file.stat().st_size - 4))
        tail = content.read(4)
    if head[:4] != _MAGIC:
        looks = "CSV" if b"," in head and b"\0" not in head else "something else"
        raise CostDataError(
            f"{file}: is named Parquet but holds {looks}: choose Parquet as the export's format,"
            " or name CSV files .csv or .csv.gz"
        )
    if tail != _MAGIC:
        raise CostDataError(f"{file}: is cut off: copy it again (aws s3 sync)")
    try:
        rows = connection.execute(
            f"DESCRIBE SELECT * FROM read_parquet({quoted(str(file))})"
        ).fetchall()
    except load_duckdb().Error as fault:
        raise CostDataError(f"{file}: cannot be read as Parquet ({fault}): copy it again") from None
    return {name: type_ for name, type_, *_ in rows}


def _csv_columns(file: Path) -> dict[str, str]:
    opened = gzip.open if file.name.endswith(".gz") else open
    try:
        with opened(file, "rt", encoding="utf-8") as content:
            line = content.readline().strip()
    except (OSError, EOFError, UnicodeDecodeError) as fault:
        raise CostDataError(f"{file}: cannot be read as CSV ({fault}): copy it again") from None
    if not line:
        raise CostDataError(f"{file}: is empty: copy it again (aws s3 sync)")
    return dict.fromkeys((name.strip('"') for name in line.split(",")), "")


def _check_columns(file: Path, types: Mapping[str, str]) -> None:
    lower = {name.lower(): type_ for name, type_ in types.items()}
    missing = [column.name for column in REQUIRED_COLUMNS if column.name not in lower]
    if missing and any(name.startswith(LEGACY_COLUMN_PREFIXES) for name in lower):
        raise CostDataError(
            f"{file}: is a legacy CUR (its tags are columns, not a map): create a CUR 2.0 export"
            " and keep the two apart"
        )
    if missing:
        raise CostDataError(
            f"{file}: lacks {_some(missing)}: add to the export's query (INCLUDE_RESOURCES and"
            " INCLUDE_IAM_PRINCIPAL_DATA must be TRUE) and deliver the month again"
        )
    for column in REQUIRED_COLUMNS:
        type_ = lower[column.name]
        if column.type.startswith("map<") and type_ and not type_.startswith("MAP"):
            raise CostDataError(
                f"{file}: {column.name} is {type_}, not a map: this is no CUR 2.0 Parquet export"
            )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:4])
    return shown if len(names) <= 4 else f"{shown} and {len(names) - 4} more"


def cur_relation(connection: duckdb.DuckDBPyConnection, months: Iterable[CurMonth]) -> str:
    """Return a query that gives months of the raw export, with their billing period.

    Args:
        connection: Where it will run.
        months: Whose files are checked.
    """
    parts = [_month_relation(connection, month) for month in months]
    return " UNION ALL BY NAME ".join(parts)


def _month_relation(connection: duckdb.DuckDBPyConnection, month: CurMonth) -> str:
    files = ", ".join(quoted(str(file)) for file in month.files)
    if month.is_csv:
        columns = _csv_columns(month.files[0])
        selected = [
            f"{_from_text(column.name, column.duckdb_type)} AS {column.name}"
            for column in CUR_COLUMNS
            if column.name in columns
        ]
        source = f"read_csv([{files}], all_varchar = true, union_by_name = true)"
    else:
        described = f"DESCRIBE SELECT * FROM read_parquet([{files}], union_by_name = true)"
        there = {name.lower() for name, *_ in connection.execute(described).fetchall()}
        selected = [column.name for column in CUR_COLUMNS if column.name in there]
        source = f"read_parquet([{files}], union_by_name = true)"
    return f"SELECT '{month.period}' AS billing_period, {', '.join(selected)} FROM {source}"


def _from_text(name: str, type_: str) -> str:
    if type_.startswith("MAP"):
        return f"CAST(CAST(NULLIF({name}, '') AS JSON) AS {type_})"
    return name if type_ == "VARCHAR" else f"CAST(NULLIF({name}, '') AS {type_})"


def unreadable(
    connection: duckdb.DuckDBPyConnection, months: Iterable[CurMonth], fault: Exception
) -> CostDataError:
    """Return what to tell of files whose content cannot be read: the first one, and why.

    Args:
        connection: Reads each file once more, by itself.
        months: Whose files were read.
        fault: What was met when all were read together.
    """
    names = ", ".join(column.name for column in REQUIRED_COLUMNS)
    for month in months:
        for file in month.files:
            try:
                relation = cur_relation(connection, [CurMonth(month.period, (file,))])
                connection.execute(f"SELECT max(hash({names})) FROM ({relation})").fetchall()
            except load_duckdb().Error as found:
                return CostDataError(
                    f"{file}: cannot be read ({_first_line(found)}): copy it again (aws s3 sync)"
                )
    periods = ", ".join(month.period for month in months)
    return CostDataError(f"{periods}: cannot be added up ({_first_line(fault)})")


def _first_line(fault: Exception) -> str:
    return str(fault).strip().splitlines()[0]


def quoted(text: str) -> str:
    """Return an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
