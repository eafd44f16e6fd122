"""A report's files: `report.html`, `report.json`, `tables/<view>.csv`."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.report.cells import plain
from finops_constructs.report.page import page

if TYPE_CHECKING:
    from finops_constructs.report.gather import Table
    from finops_constructs.report.report import Report

SCHEMA_VERSION: Final = 1
PAGE: Final = "report.html"
DATA: Final = "report.json"
TABLES: Final = "tables"


def write_report(report: Report, folder: Path) -> list[Path]:
    """Write a report; an older one in the folder is replaced, all of it or nothing.

    Args:
        report: The report.
        folder: Where to; made if it is not there. Other files in it are left alone.

    Returns:
        The files.

    Raises:
        CostDataError: If the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".report-") as name:
            fresh = Path(name)
            _write(report, fresh)
            for part in (TABLES, DATA, PAGE):  # the page last: it links to the others
                target = folder / part
                if target.is_dir():
                    shutil.rmtree(target)
                (fresh / part).replace(target)
    except OSError as fault:
        raise CostDataError(f"{folder}: cannot write the report: {fault}") from None
    return [folder / PAGE, folder / DATA, *sorted((folder / TABLES).iterdir())]


def _write(report: Report, folder: Path) -> None:
    (folder / TABLES).mkdir()
    for name, table in report.data.tables.items():
        write_csv(table, folder / TABLES / f"{name}.csv")
    content = json.dumps(report_as_json(report), indent=1, ensure_ascii=False)
    (folder / DATA).write_text(content + "\n", encoding="utf-8")
    (folder / PAGE).write_text(page(report), encoding="utf-8")


def write_csv(table: Table, file: Path) -> None:
    """Write a table with all its rows and digits, in USD."""
    with file.open("w", encoding="utf-8", newline="") as content:
        writer = csv.writer(content, lineterminator="\n")
        writer.writerow([column.name for column in table.result.columns])
        writer.writerows([plain(value) for value in row] for row in table.result.rows)


def report_as_json(report: Report) -> dict[str, Any]:
    """Return a report as JSON: decimals are texts, exact to the last digit; USD."""
    data = report.data
    return {
        "schema_version": SCHEMA_VERSION,
        "organization": report.organization,
        "source": report.source,
        "made_on": report.made_on.isoformat(),
        "months": list(data.scope.months),
        "filters": {name: list(values) for name, values in data.scope.filters.items()},
        "group_by": data.scope.group_by,
        "status": data.status,
        "data_through": plain(data.data_through),
        "cost_basis": "unblended",
        "currency": report.money.as_json(),
        "headline": {name: plain(value) for name, value in asdict(report.headline).items()},
        "decisions": [
            {name: plain(value) for name, value in asdict(each).items()}
            for each in report.decisions
        ],
        "tables": {name: _table_as_json(table) for name, table in data.tables.items()},
        "left_out": data.left_out,
        "notes": list(report.notes),
    }


def _table_as_json(table: Table) -> dict[str, Any]:
    return {
        "question": table.view.question,
        "grain": table.view.grain,
        "source": table.view.source,
        "columns": [
            {"name": column.name, "type": column.type, "meaning": column.meaning}
            for column in table.view.columns
        ],
        "rows": [{name: plain(value) for name, value in row.items()} for row in table.records()],
        "notes": list(table.result.notes),
    }
