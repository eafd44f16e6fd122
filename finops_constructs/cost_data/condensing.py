"""The daily views over lines that were added up first, where their files allow it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.cost_data.views import CUR_TABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from finops_constructs.cost_data.cur_folder import CurMonth

CONDENSED_TABLE: Final = "condensed_cur"
_COUNT: Final = "1 AS line_items"


def condense(
    months: Sequence[CurMonth], sql: Mapping[str, str], *, threads: int
) -> tuple[list[str], Any]:
    """Return months' lines added up.

    Args:
        months: The months.
        sql: Name of each daily view -> its statement.
        threads: How many to use.

    Returns:
        The billing periods that were, and a table for `over_condensed`. A month is not if its files
        are CSV, or have types or amounts that are not AWS's, and none is without PyArrow: the
        statement then reads the files themselves, which is slower.
    """
    files = {month.period: month.files for month in months if not month.is_csv}
    try:
        lines = importlib.import_module("finops_constructs.cost_data.condensed_lines")
    except ImportError:
        return [], None
    periods, table = lines.condensed(
        files, sql["bedrock_daily"], sql["bill_daily"], threads=threads
    )
    return list(periods), table


def register(connection: duckdb.DuckDBPyConnection, table: Any) -> None:
    """Create `condensed_cur` of what `condense` returned."""
    connection.register("condensed_arrow", table)
    connection.execute(
        f"CREATE OR REPLACE TABLE {CONDENSED_TABLE} AS SELECT * FROM condensed_arrow"
    )
    connection.unregister("condensed_arrow")


def over_condensed(sql: str) -> str:
    """Return a daily view's statement over `condensed_cur`: each row counts for its lines."""
    changed = sql.replace(_COUNT, "condensed_lines AS line_items").replace(
        f"FROM {CUR_TABLE}\n", f"FROM {CONDENSED_TABLE}\n"
    )
    if changed.count(CONDENSED_TABLE) != 1 or changed.count("condensed_lines") != 1:
        raise ValueError("a daily view no longer counts and reads the lines in one place")
    return changed
