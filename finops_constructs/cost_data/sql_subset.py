"""The SQL that means the same in Athena (Trino) and DuckDB, and what leaves it without a word.

Each rule is about a difference that raises no error: one engine gives another number than the
other. They are judged from Trino's documentation (none can run here) and DuckDB 2.0's behaviour.
Needs sqlglot, a development dependency: the views are checked by the tests, not at run time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import sqlglot
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from finops_constructs.cost_data.columns import CUR_COLUMNS, PARTITION_COLUMN
from finops_constructs.cost_data.side_tables import SIDE_TABLES
from finops_constructs.cost_data.sql_differences import RULES, Finding
from finops_constructs.cost_data.sql_names import alias_findings
from finops_constructs.cost_data.views import CUR_TABLE, all_views

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finops_constructs.cost_data.view_file import View

_DUCKDB_ONLY: Final = {
    r"::": "write CAST(x AS type)",
    r"\bGROUP BY ALL\b": "name what is grouped by",
    r"\bQUALIFY\b": "use a subquery",
    r"\b(EXCLUDE|REPLACE)\s*\(": "name the columns",
}


def check_view(view: View) -> list[Finding]:
    """Return what a view's statement has outside of the subset; empty means it may be used."""
    return check_sql(view.sql)


def check_sql(sql: str, schema: Mapping[str, object] | None = None) -> list[Finding]:
    """Return what a statement over our tables and views has outside of the subset.

    Args:
        sql: The statement.
        schema: Table -> column -> type. Default: the tables and views of the bill.
    """
    known = dict(schema) if schema is not None else _schema()
    bare = re.sub(r"--[^\n]*", "", sql)
    findings = [
        Finding("duckdb-only", pattern.strip(r"\b"), advice)
        for pattern, advice in _DUCKDB_ONLY.items()
        if re.search(pattern, bare, re.IGNORECASE)
    ]
    try:
        tree = sqlglot.parse_one(sql, read="athena")
    except SqlglotError as fault:
        return [*findings, Finding("parses-for-athena", str(fault).splitlines()[0], "mend it")]
    findings += alias_findings(tree, known)
    try:
        typed = annotate_types(
            qualify(tree.copy(), dialect="athena", schema=known, quote_identifiers=False),
            schema=known,
            dialect="athena",
        )
    except SqlglotError as fault:
        return [*findings, Finding("names-are-known", str(fault).splitlines()[0], "mend it")]
    for rule in RULES:
        findings += rule(typed)
    return findings


def _schema() -> dict[str, object]:
    columns = {CUR_TABLE: {column.name: column.type for column in CUR_COLUMNS}}
    columns[CUR_TABLE][PARTITION_COLUMN] = "varchar"
    for table in SIDE_TABLES.values():
        columns[table.name] = {column.name: column.type for column in table.columns}
    for view in all_views().values():
        columns[view.name] = {column.name: column.type for column in view.columns}
    return dict(columns)
