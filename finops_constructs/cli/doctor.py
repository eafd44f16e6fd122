"""`finops doctor`: what a person must still do, each with its command and whose it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from finops_constructs.cli.operator_options import Where, shown_errors, where_options
from finops_constructs.cli.output import counted, print_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finops_constructs.doctor.finding import Finding

_CALM: Final = "The guard sees every call, reaches every caller, and somebody hears of it."


@click.command(short_help="What a person must still do, and whose it is.")
@click.argument("tenant", required=False)
@click.option(
    "--payer-profile",
    help="A profile of the payer account, which alone knows the cost allocation tags.",
)
@click.option(
    "--config",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A configuration folder, to look also for what it names and is not deployed yet.",
)
@where_options
@click.pass_context
def doctor(
    context: click.Context,
    *,
    tenant: str | None,
    payer_profile: str | None,
    folder: Path | None,
    where: Where,
    as_json: bool,
) -> None:
    """List what is still to do for the guard of a Region, or of TENANT: problem, command, owner.

    Changes nothing. Exits with 1 while the guard could be blind: calls are not metered, a stop
    would not reach a caller, or nobody would hear of it. Else with 0, whatever is listed.

    \b
    Examples:
      finops doctor
      finops doctor writer --payer-profile payer --config config
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    with shown_errors():
        from finops_constructs.doctor.examination import (  # noqa: PLC0415 - imports botocore
            could_be_blind,
            examine,
        )
        from finops_constructs.operations.aws import Aws  # noqa: PLC0415 - as above

        aws = where.connect()
        payer = payer_profile and Aws(
            region=aws.region, profile=payer_profile, endpoint_url=where.endpoint_url
        )
        found = examine(
            aws,
            tenant=tenant,
            payer=payer or None,
            slack_workspaces=_slack_workspaces(folder) if folder else None,
        )
    blind = could_be_blind(found)
    if as_json:
        shown = [finding.as_json() for finding in found]
        print_json({"region": aws.region, "could_be_blind": blind, "findings": shown})
    else:
        _print(found, aws.region)
    context.exit(1 if blind else 0)


def _slack_workspaces(folder: Path) -> Mapping[str, list[str]]:
    from finops_constructs.config.loader import load_config  # noqa: PLC0415 - pydantic is slow

    tenants = load_config(folder).tenants
    return {t.id: [s.workspace_id for s in t.alerts.slack] for t in tenants if t.alerts.slack}


def _print(found: Sequence[Finding], region: str) -> None:
    blind = [finding for finding in found if finding.blind]
    _section(f"The guard of {region} could be blind:" if blind else _CALM, blind)
    rest = [finding for finding in found if not finding.blind]
    _section("Still to do:", rest) if rest else None
    snippets = dict.fromkeys(finding.snippet for finding in found if finding.snippet)
    for snippet in snippets:
        click.echo(f"\nInline policy for the permission set:\n{snippet}")
    click.echo(f"\n{counted(len(found), 'finding')}, {len(blind)} of which could blind the guard")


def _section(title: str, findings: Sequence[Finding]) -> None:
    click.secho(title, bold=sys.stdout.isatty())
    for each in findings:
        click.echo(f"  {each.about}: {each.problem}")
        click.echo(f"      {each.command}")
        click.echo(f"      owner: {each.owner}")
