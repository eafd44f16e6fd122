"""What `finops query` prints: a table on a terminal, lines with tabs elsewhere, CSV or JSON."""

from __future__ import annotations

import csv
import sys
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from finops_constructs.cli.output import counted, print_json
from finops_constructs.cost_data.views import all_views

if TYPE_CHECKING:
    from finops_constructs.cost_data.engine import Result


def progress(text: str) -> None:
    """Tell a person at a terminal what takes long."""
    if sys.stderr.isatty():
        click.echo(text, err=True)


def print_result(result: Result, format_: str) -> None:
    """Print an answer; its notes go to standard error, and into JSON.

    Args:
        result: The answer.
        format_: `table`, `csv` or `json`. JSON has decimals as texts, exact to the last digit.
    """
    names = [column.name for column in result.columns]
    if format_ == "json":
        rows = [{name: _plain(value) for name, value in each.items()} for each in result.records()]
        columns = [{"name": column.name, "type": column.type} for column in result.columns]
        print_json({"columns": columns, "rows": rows, "notes": list(result.notes)})
        return
    if format_ == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([_csv_cell(value) for value in row] for row in result.rows)
    elif sys.stdout.isatty():
        _print_rich(result)
    else:
        for row in (names, *([_csv_cell(value) for value in row] for row in result.rows)):
            click.echo("\t".join(row))
    for note in (counted(len(result.rows), "row"), *result.notes):
        click.echo(note, err=True)


def print_views(format_: str) -> None:
    """Print all views with their questions and columns."""
    views = all_views()
    if format_ == "json":
        print_json(
            {
                "views": [
                    {
                        "name": view.name,
                        "question": view.question,
                        "grain": view.grain,
                        "source": view.source,
                        "history": view.history,
                        "columns": [
                            {"name": each.name, "type": each.type, "meaning": each.meaning}
                            for each in view.columns
                        ],
                    }
                    for view in views.values()
                ]
            }
        )
        return
    for name in sorted(views):
        click.echo(f"{name}\t{views[name].question}")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, datetime) else value


def _csv_cell(value: Any) -> str:
    return "" if value is None else str(_plain(value))


def _table_cell(value: Any, type_: str) -> str:
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"
    if isinstance(value, int) and type_ == "bigint":
        return f"{value:,}"
    return _csv_cell(value)


def _print_rich(result: Result) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - slow, and for a terminal only
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.measure import Measurement  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for column in result.columns:
        number = column.type in {"bigint", "double"} or column.type.startswith("decimal")
        table.add_column(column.name, justify="right" if number else "left")
    for row in result.rows:
        cells = zip(row, result.columns, strict=True)
        table.add_row(*(Text(_table_cell(value, column.type)) for value, column in cells))
    console = Console()
    wide = console.options.update(width=10_000)
    console.width = max(console.width, Measurement.get(console, wide, table).maximum)
    console.print(table)
