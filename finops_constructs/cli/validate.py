"""`finops validate`: everything that is wrong with a configuration folder, at once."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from finops_constructs.cli.operator_options import Where, shown_errors
from finops_constructs.cli.output import counted, faults_as_json, print_faults, print_json
from finops_constructs.config.faults import ConfigFaults, Fault, shown_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finops_constructs.config.loader import ConfigFolder
    from finops_constructs.preflight.configured import LiveFaults


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
@click.option("--live", is_flag=True, help="Ask IAM, too, whether a stop would reach each caller.")
@click.option("--profile", help="With --live: a profile of the AWS configuration.")
def validate(
    folder: Path,
    *,
    as_json: bool,
    schema: bool,
    out: Path | None,
    live: bool,
    profile: str | None,
) -> None:
    """Check FOLDER (default: $FINOPS_CONFIG, or config) and report every fault at once.

    With --live the callers of the account that you are logged in to are looked at in IAM: a role
    of another account, one that nobody may edit, one without room for one more policy, a user
    whose API key would stay valid. Nothing is changed.

    Exits with 0 if it is valid (warnings do not matter), 1 if not, 2 if there is no such folder.

    \b
    Examples:
      finops validate config
      finops validate config --live --profile production
      finops validate --json config
      finops validate --schema --out config/schema
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    if out is not None and not schema:
        raise click.UsageError("--out goes with --schema")
    if profile is not None and not live:
        raise click.UsageError("--profile goes with --live")
    if schema:
        _write_schemas(out)
        return
    _require_folder(folder)
    faults, warnings, tenants, config = _check(folder)
    preflight = _preflight(folder, config, profile) if live and config else None
    faults = preflight.faults if preflight else faults
    if as_json:
        found = {"faults": faults_as_json(faults), "warnings": faults_as_json(warnings)}
        seen = {"live": _as_json(preflight)} if preflight else {}
        print_json({"valid": not faults, "tenants": tenants, **found, **seen})
    else:
        _print_report(faults, warnings, tenants)
        _print_preflight(preflight) if preflight else None
    if faults:
        raise click.exceptions.Exit(1)


def _require_folder(folder: Path) -> None:
    if folder.is_file():
        raise click.UsageError(f"{shown_file(folder)} is a file; give its configuration folder")
    if not folder.is_dir():
        raise click.UsageError(f"no such folder: {shown_file(folder)}")


def _check(folder: Path) -> tuple[Sequence[Fault], Sequence[Fault], int, ConfigFolder | None]:
    """Return faults, warnings, the number of tenants, and what was read if there are no faults."""
    # Here, not above: `--help` must not wait for pydantic.
    from finops_constructs.config.loader import load_config  # noqa: PLC0415

    try:
        config = load_config(folder, today=datetime.now(UTC).date())
    except ConfigFaults as found:
        return found.faults, found.warnings, found.tenant_files, None
    return (), config.warnings, len(config.tenants), config


def _preflight(folder: Path, config: ConfigFolder, profile: str | None) -> LiveFaults:
    with shown_errors():
        from finops_constructs.preflight.configured import live_faults  # noqa: PLC0415 - botocore

        # IAM is the same in every Region.
        where = Where(region=config.tenants[0].region, profile=profile, endpoint_url=None)
        return live_faults(folder, config.tenants, where.connect())


def _as_json(preflight: LiveFaults) -> Mapping[str, Any]:
    return {
        "account": preflight.account,
        "checked": preflight.checked,
        "not_checked": preflight.elsewhere,
        "unreached": [asdict(each) for each in preflight.unreached],
    }


def _print_preflight(preflight: LiveFaults) -> None:
    from finops_constructs.preflight.preflight import NOT_STOPPED  # noqa: PLC0415 - botocore

    for snippet in dict.fromkeys(each.snippet for each in preflight.unreached if each.snippet):
        click.echo(f"Inline policy for the permission set:\n{snippet}")
    checked = counted(len(preflight.checked), "tenant")
    click.echo(f"callers of {checked} looked at in account {preflight.account}")
    if preflight.elsewhere:
        click.echo(f"not looked at, of other accounts: {', '.join(preflight.elsewhere)}")
    click.echo("What no stop ends:")
    for text in NOT_STOPPED:
        click.echo(f"  {text}")


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
