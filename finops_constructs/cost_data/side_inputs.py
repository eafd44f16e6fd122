"""Reads the side tables of a folder into DuckDB; those that are not there are empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finops_constructs.attribution.cost_tags import DEFAULT_BROAD_VALUES
from finops_constructs.cost_data.cur_folder import INPUTS_FOLDER, quoted
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.list_prices import price_rows
from finops_constructs.cost_data.optional_duckdb import load_duckdb

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import duckdb

    from finops_constructs.cost_data.side_tables import SideTable

_EMPTY_NOTES: Final = {
    "outcomes": "no outcomes recorded: finops outcomes import FILE.csv",
    "budgets": "no budgets recorded: put them into inputs/budgets",
    "estimates": "no estimates recorded: copy the lake's inputs/estimates, which platforms fill",
    "invoices": "no invoice amounts recorded: put them into inputs/invoices",
}


def load_side_table(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    table: SideTable,
    default: Iterable[Sequence[object]] | None = None,
) -> str | None:
    """Create a side table and fill it from a folder source.

    Args:
        connection: Where to create it.
        folder: The source; the files are `inputs/<table>/*.parquet` and `*.csv` in it.
        table: Its schema.
        default: Rows for a table without files. Default: prices and broad values that are built
            in, and nothing for the others.

    Returns:
        A note for the reader if it is empty and that matters.

    Raises:
        CostDataError: If a file lacks a column or holds what the column cannot.
    """
    columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    connection.execute(f"CREATE OR REPLACE TABLE {table.name} ({columns})")
    place = folder / INPUTS_FOLDER / table.name
    files = sorted(file for file in place.glob("*") if file.suffix in {".parquet", ".csv"})
    for file in files:
        _load_file(connection, table, file)
    if not files:
        _load_default(connection, table, default)
    return None if _count(connection, table) else _EMPTY_NOTES.get(table.name)


def _count(connection: duckdb.DuckDBPyConnection, table: SideTable, where: str = "true") -> int:
    query = f"SELECT count(*) FROM {table.name} WHERE {where}"
    count: int = connection.execute(query).fetchall()[0][0]
    return count


def _load_file(connection: duckdb.DuckDBPyConnection, table: SideTable, file: Path) -> None:
    reader = "read_parquet" if file.suffix == ".parquet" else "read_csv"
    options = "" if file.suffix == ".parquet" else ", header = true, all_varchar = true"
    source = f"{reader}({quoted(str(file))}{options})"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        there = {name.lower() for name, *_ in described}
        _check_there(table, there, file)
        selected = ", ".join(
            f"CAST(NULLIF(CAST({each.name} AS varchar), '') AS {each.type})"
            if each.name in there
            else f"CAST(NULL AS {each.type})"
            for each in table.columns
        )
        connection.execute(f"INSERT INTO {table.name} SELECT {selected} FROM {source}")
    except load_duckdb().Error as fault:
        first = str(fault).strip().splitlines()[0]
        raise CostDataError(f"{file}: cannot be read as {table.name}: {first}") from None
    _check_required(connection, table, file)


def _check_there(table: SideTable, there: set[str], file: Path) -> None:
    missing = [each.name for each in table.columns if each.required and each.name not in there]
    if missing:
        raise CostDataError(
            f"{file}: lacks {', '.join(missing)}; {table.name} has"
            f" {', '.join(each.name for each in table.columns)}"
        )


def _check_required(connection: duckdb.DuckDBPyConnection, table: SideTable, file: Path) -> None:
    for column in table.columns:
        if column.required:
            count = _count(connection, table, f"{column.name} IS NULL")
            if count:
                raise CostDataError(f"{file}: {count} rows have no {column.name}")


def _load_default(
    connection: duckdb.DuckDBPyConnection,
    table: SideTable,
    default: Iterable[Sequence[object]] | None,
) -> None:
    if default is not None:
        _insert(connection, table, default)
    elif table.name == "broad_values":
        _insert(connection, table, ([value] for value in sorted(DEFAULT_BROAD_VALUES)))
    elif table.name == "prices":
        _insert(connection, table, price_rows())


def _insert(
    connection: duckdb.DuckDBPyConnection, table: SideTable, rows: Iterable[Sequence[object]]
) -> None:
    columns = list(zip(*rows, strict=True))
    if columns:
        # A list a column: a tenth of the time that a statement with every value in it takes.
        unnested = ", ".join(
            f"CAST(unnest(CAST(? AS varchar[])) AS {column.type})" for column in table.columns
        )
        texts = [[None if each is None else str(each) for each in column] for column in columns]
        connection.execute(f"INSERT INTO {table.name} SELECT {unnested}", texts)
