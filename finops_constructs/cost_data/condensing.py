"""The daily view of Bedrock over lines that were added up first, where their files allow it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

from finops_constructs.cost_data.views import CUR_TABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from finops_constructs.cost_data.cur_folder import CurMonth

CONDENSED_VIEW: Final = "bedrock_daily"
"""The one that takes texts and maps apart; `bill_daily` reads the files as they are."""
CONDENSED_TABLE: Final = "condensed_cur"
_COUNT: Final = "1 AS line_items"


def condense(
    connection: duckdb.DuckDBPyConnection, months: Sequence[CurMonth], sql: str
) -> list[str]:
    """Create `condensed_cur` from months' files.

    Args:
        connection: Where; as many threads are used as it has.
        months: The months.
        sql: The statement that will read it.

    Returns:
        The billing periods in it. One is not if its files are CSV, or have types or amounts that
        are not AWS's, and none is without PyArrow: the statement then reads the files themselves,
        which is slower.
    """
    files = {month.period: month.files for month in months if not month.is_csv}
    try:
        lines = importlib.import_module("finops_constructs.cost_data.condensed_lines")
    except ImportError:
        return []
    threads = connection.execute("SELECT current_setting('threads')").fetchall()[0][0]
    periods, table = lines.condensed(files, sql, threads=threads)
    if table is not None:
        connection.register("condensed_arrow", table)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {CONDENSED_TABLE} AS SELECT * FROM condensed_arrow"
        )
        connection.unregister("condensed_arrow")
    return list(periods)


def over_condensed(sql: str) -> str:
    """Return the daily view's statement over `condensed_cur`: each row counts for its lines."""
    changed = sql.replace(_COUNT, "condensed_lines AS line_items").replace(
        f"FROM {CUR_TABLE}\n", f"FROM {CONDENSED_TABLE}\n"
    )
    if changed.count(CONDENSED_TABLE) != 1 or changed.count("condensed_lines") != 1:
        raise ValueError(f"{CONDENSED_VIEW} no longer counts and reads the lines in one place")
    return changed
