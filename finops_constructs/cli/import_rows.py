"""What the commands that import side tables share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from finops_constructs.cli.cost_data_errors import shown_cost_data_errors
from finops_constructs.cli.output import counted, print_json
from finops_constructs.cli.pairs import Pair

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_Command = TypeVar("_Command", bound="Callable[..., Any]")


def import_options(command: _Command) -> _Command:
    """Add the options of an import."""
    options = (
        click.option(
            "--into",
            required=True,
            help="Folder of a source, or s3://BUCKET/PREFIX of the cost lake.",
            envvar="FINOPS_INPUTS",
        ),
        click.option(
            "--map",
            "columns",
            type=Pair("COLUMN=TEXT"),
            multiple=True,
            metavar="COLUMN=HEADER",
            help="Take a column from this header; may be repeated.",
        ),
        click.option(
            "--set",
            "constants",
            type=Pair("COLUMN=TEXT"),
            multiple=True,
            metavar="COLUMN=VALUE",
            help="Give every row this value; may be repeated.",
        ),
        click.option(
            "--date-format", help="As strptime writes it, such as %d/%m/%Y. Default: ISO 8601."
        ),
        click.option(
            "--skip-empty",
            multiple=True,
            metavar="COLUMN",
            help="Leave out rows without it; may be repeated.",
        ),
        click.option("--dry-run", is_flag=True, help="Check only."),
        click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def import_rows(
    table: str,
    file: Path,
    into: str,
    *,
    columns: tuple[tuple[str, str], ...],
    constants: tuple[tuple[str, str], ...],
    date_format: str | None,
    skip_empty: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Check a CSV and append its rows to a side table; say what was done."""
    from finops_constructs.cost_data.side_import import ColumnMap, read_rows  # noqa: PLC0415 - slow
    from finops_constructs.cost_data.side_store import keep_rows, open_side_store  # noqa: PLC0415
    from finops_constructs.cost_data.side_tables import SIDE_TABLES  # noqa: PLC0415

    mapping = ColumnMap(
        columns=dict(columns),
        constants=dict(constants),
        date_format=date_format,
        skip_empty=frozenset(skip_empty),
    )
    with shown_cost_data_errors():
        read = read_rows(file, SIDE_TABLES[table], mapping)
        store = open_side_store(into)
        kept = None if dry_run else keep_rows(store, SIDE_TABLES[table], read.rows)
    done = {
        "table": table,
        "rows": len(read.rows),
        "skipped": read.skipped,
        "ignored_headers": list(read.ignored),
        "file": kept.where if kept else None,
        "imported": bool(kept and kept.new),
    }
    if as_json:
        print_json(done)
        return
    if read.ignored:
        click.echo(f"not taken: {', '.join(read.ignored)}", err=True)
    left_out = f", {counted(read.skipped, 'row')} left out" if read.skipped else ""
    if kept is None:
        click.echo(f"{counted(len(read.rows), 'row')} would be imported{left_out}")
    elif kept.new:
        click.echo(f"{counted(len(read.rows), 'row')} imported{left_out}: {kept.where}")
    else:
        click.echo(f"the same rows were imported before ({kept.where}): nothing changed")
