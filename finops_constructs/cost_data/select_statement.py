"""A person's statement, looked at before it is run."""

from __future__ import annotations

from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.optional_duckdb import connect, load_duckdb


def tables_named(sql: str) -> set[str]:
    """Return the tables and views that a statement names, in lower case.

    Raises:
        CostDataError: If it is not one SELECT that DuckDB can read.
    """
    duckdb = load_duckdb()
    try:
        # An empty database: behind a view of files, tables are looked for in the files.
        with connect() as empty:
            parsed = empty.extract_statements(sql)
            if len(parsed) != 1 or parsed[0].type != duckdb.StatementType.SELECT:
                raise CostDataError("give one SELECT statement")
            return {name.lower() for name in empty.get_table_names(sql)}
    except duckdb.Error as fault:
        first = str(fault).strip().splitlines()[0]
        raise CostDataError(f"not a statement DuckDB can read: {first}") from None
