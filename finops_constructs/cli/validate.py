"""`finops validate`: everything that is wrong with a configuration folder, at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from finops_constructs.cli.output import counted, faults_as_json, print_faults, print_json
from finops_constructs.config.faults import ConfigFaults, Fault, shown_file

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command(short_help="Check a configuration folder.")
@click.argument(
    "folder",
    envvar="FINOPS_CONFIG",
    default="config",
    type=click.Path(path_type=Path),
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--schema", is_flag=True, help="Print the JSON Schemas of the files instead.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="With --schema: the folder to write the schemas to.",
)
def validate(folder: Path, *, as_json: bool, schema: bool, out: Path | None) -> None:
    """Check FOLDER (default: $FINOPS_CONFIG, or config) and report every fault at once.

    Exits with 0 if it is valid (warnings do not matter), 1 if not, 2 if there is no such folder.

    \b
    Examples:
      finops validate config
      finops validate --json config
      finops validate --schema --out config/schema
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    if out is not None and not schema:
        raise click.UsageError("--out goes with --schema")
    if schema:
        _write_schemas(out)
        return
    if folder.is_file():
        raise click.UsageError(f"{shown_file(folder)} is a file; give its configuration folder")
    if not folder.is_dir():
        raise click.UsageError(f"no such folder: {shown_file(folder)}")
    faults, warnings, tenants = _check(folder)
    if as_json:
        print_json(
            {
                "valid": not faults,
                "tenants": tenants,
                "faults": faults_as_json(faults),
                "warnings": faults_as_json(warnings),
            }
        )
    else:
        _print_report(faults, warnings, tenants)
    if faults:
        raise click.exceptions.Exit(1)


def _check(folder: Path) -> tuple[Sequence[Fault], Sequence[Fault], int]:
    """Return faults, warnings and the number of tenants."""
    # Here, not above: `--help` must not wait for pydantic.
    from finops_constructs.config.loader import load_config  # noqa: PLC0415

    try:
        config = load_config(folder, today=datetime.now(UTC).date())
    except ConfigFaults as found:
        return found.faults, found.warnings, found.tenant_files
    return (), config.warnings, len(config.tenants)


def _print_report(faults: Sequence[Fault], warnings: Sequence[Fault], tenants: int) -> None:
    print_faults(warnings, "warning")
    print_faults(faults, "fault")
    if faults:
        files = len({fault.file for fault in faults})
        click.echo(
            f"{counted(len(faults), 'fault')} in {counted(files, 'file')}; "
            f"{counted(tenants, 'tenant')} checked"
        )
    else:
        click.echo(f"{counted(tenants, 'tenant')} valid")


def _write_schemas(out: Path | None) -> None:
    from finops_constructs.config.json_schema import json_schemas, schema_text  # noqa: PLC0415

    schemas = json_schemas()
    if out is None:
        print_json(schemas)
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas.items():
        (out / name).write_text(schema_text(schema), encoding="utf-8")
        click.echo(str(out / name))
