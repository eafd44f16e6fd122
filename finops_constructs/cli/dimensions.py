"""`finops dimensions`: where tenants stand in the books."""

from __future__ import annotations

from pathlib import Path

import click

from finops_constructs.cli.import_rows import import_options, import_rows


@click.group()
def dimensions() -> None:
    """Cost centre, ledger account, legal entity and owner of tenants, each from a day on."""


@dimensions.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@import_options
def import_dimensions(
    *,
    file: Path,
    into: str,
    columns: tuple[tuple[str, str], ...],
    constants: tuple[tuple[str, str], ...],
    date_format: str | None,
    skip_empty: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Check a CSV of places in the books and append it to those that are there.

    Columns: tenant, valid_from, cost_centre, gl_code, entity, owner. A row holds from its day
    until the next one of its tenant: a reorganisation is a new row, earlier days stay as they were.

    \b
    Example:
      finops dimensions import books.csv --into build/sample
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    import_rows(
        "dimensions",
        file,
        into,
        columns=columns,
        constants=constants,
        date_format=date_format,
        skip_empty=skip_empty,
        dry_run=dry_run,
        as_json=as_json,
    )
