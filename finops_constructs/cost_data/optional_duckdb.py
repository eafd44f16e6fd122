"""DuckDB is an extra: whoever only deploys constructs does not install it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from finops_constructs.cost_data.errors import CostDataError

if TYPE_CHECKING:
    import types

    import duckdb


def load_duckdb() -> types.ModuleType:
    """Return the `duckdb` module.

    Raises:
        CostDataError: If it is not installed; the text says how to install it.
    """
    try:
        return importlib.import_module("duckdb")
    except ImportError:
        raise CostDataError(
            "reading cost data needs DuckDB, which is not installed: "
            "pip install 'finops-constructs[report]'"
        ) from None


def connect() -> duckdb.DuckDBPyConnection:
    """Return a connection to a database in memory that prints nothing of its own.

    Raises:
        CostDataError: If DuckDB is not installed.
    """
    connection: duckdb.DuckDBPyConnection = load_duckdb().connect()
    # DuckDB would draw a progress bar between the lines that programs read.
    connection.execute("SET enable_progress_bar = false")
    return connection
