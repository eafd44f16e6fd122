"""The views over the log, one SQL file each. Imports no aws_cdk."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from finops_constructs.cost_data.view_file import View, read_view

FOLDER: Final = Path(__file__).resolve().parent.parent / "sql" / "audit"


@cache
def log_views() -> Mapping[str, View]:
    """Return name -> view."""
    return {path.stem: read_view(path) for path in sorted(FOLDER.glob("*.sql"))}
