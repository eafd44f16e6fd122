"""DuckDB is an extra: whoever only deploys constructs does not install it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from finops_constructs.cost_data.errors import CostDataError

if TYPE_CHECKING:
    import types


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
