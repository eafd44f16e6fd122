"""The daily view of Bedrock over lines that were added up first, where their files allow it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

from finops_constructs.cost_data.columns import CUR_COLUMNS
from finops_constructs.cost_data.cur_folder import quoted
from finops_constructs.cost_data.views import CUR_TABLE

if TYPE_CHECKING:
    import duckdb

    from finops_constructs.cost_data.cur_folder import CurMonth

CONDENSED_VIEW: Final = "bedrock_daily"
"""The one that takes texts and maps apart; `bill_daily` reads the files as they are."""
CONDENSED_TABLE: Final = "condensed_cur"
_COUNT: Final = "1 AS line_items"


def condense(connection: duckdb.DuckDBPyConnection, month: CurMonth, sql: str) -> bool:
    """Create `condensed_cur` from a month's files.

    Args:
        connection: Where; as many threads are used as it has.
        month: The month.
        sql: The statement that will read it.

    Returns:
        Whether it was made. It is not from CSV, without PyArrow, or from types and amounts that
        are not AWS's: the statement then reads the files themselves, which is slower.
    """
    if month.is_csv:
        return False
    try:
        lines = importlib.import_module("finops_constructs.cost_data.condensed_lines")
    except ImportError:
        return False
    threads = connection.execute("SELECT current_setting('threads')").fetchall()[0][0]
    try:
        table = lines.condensed(month.files, sql, threads=threads)
    except lines.NotCondensed:
        return False
    types = {column.name: column.duckdb_type for column in CUR_COLUMNS}
    columns = [
        f"CAST(CAST({name} AS JSON) AS {types[name]}) AS {name}"
        if types.get(name, "").startswith("MAP")
        else name
        for name in table.column_names
    ]
    connection.register("condensed_arrow", table)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {CONDENSED_TABLE} AS"
        f" SELECT {quoted(month.period)} AS billing_period, {', '.join(columns)}"
        " FROM condensed_arrow"
    )
    connection.unregister("condensed_arrow")
    return True


def over_condensed(sql: str) -> str:
    """Return the daily view's statement over `condensed_cur`: each row counts for its lines."""
    changed = sql.replace(_COUNT, "condensed_lines AS line_items").replace(
        f"FROM {CUR_TABLE}\n", f"FROM {CONDENSED_TABLE}\n"
    )
    if changed.count(CONDENSED_TABLE) != 1 or changed.count("condensed_lines") != 1:
        raise ValueError(f"{CONDENSED_VIEW} no longer counts and reads the lines in one place")
    return changed
