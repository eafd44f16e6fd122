"""`finops tenants import`: proposes files for applications that call Bedrock already."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from finops_constructs.cli.operator_options import (
    OperatorError,
    Where,
    shown_errors,
    where_options,
)
from finops_constructs.cli.output import counted, print_json

if TYPE_CHECKING:
    from finops_constructs.adoption.importing import Proposed


@click.command("import", short_help="Propose files for applications that call Bedrock already.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="A configuration folder to write tenants/<id>.yaml into. Default: they are shown.",
)
@click.option(
    "--records",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Files or folders of invocation records. Default: the log, else CloudTrail.",
)
@click.option(
    "--days",
    type=click.IntRange(min=1, max=90),
    default=30,
    show_default=True,
    help="How many days back to look for callers.",
)
@where_options
@click.pass_context
def import_tenants(
    context: click.Context,
    *,
    out: Path | None,
    records: tuple[Path, ...],
    days: int,
    where: Where,
    as_json: bool,
) -> None:
    """Read the account and propose tenants that adopt what is there; change nothing.

    Reads profiles, their tags, budgets by tag, and the roles that called Bedrock, from the
    invocation log that is set up, from files, or from CloudTrail. What could not be decided is
    marked DECIDE, and `finops validate` names it until it is filled in. No file is overwritten.

    Exits with 1 if something is to be decided, with 0 if not.

    \b
    Example:
      finops tenants import --region eu-west-1 --out config
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    proposed = _propose(where, records, days)
    if as_json:
        drafts = [{**asdict(draft), "undecided": draft.undecided} for draft in proposed.drafts]
        already = list(proposed.already)
        print_json({"source": proposed.source, "drafts": drafts, "already": already})
    elif out is None:
        _show(proposed)
    if out is not None:
        _write(proposed, out, quiet=as_json)
    context.exit(1 if any(draft.undecided for draft in proposed.drafts) else 0)


def _propose(where: Where, records: tuple[Path, ...], days: int) -> Proposed:
    with shown_errors():
        from finops_constructs.adoption.importing import (  # noqa: PLC0415 - imports botocore
            propose_tenants,
        )
        from finops_constructs.cost_data.errors import CostDataError  # noqa: PLC0415 - keeps help

        try:
            return propose_tenants(
                where.connect(),
                records=records,
                since=timedelta(days=days),
                now=datetime.now(UTC),
            )
        except CostDataError as error:
            raise OperatorError(str(error)) from None


def _show(proposed: Proposed) -> None:
    from finops_constructs.adoption.draft_yaml import draft_yaml  # noqa: PLC0415 - keeps help fast

    for draft in proposed.drafts:
        click.echo(f"--- tenants/{draft.id}.yaml")
        click.echo(draft_yaml(draft, source=proposed.source))
    _summary(proposed)


def _write(proposed: Proposed, out: Path, *, quiet: bool) -> None:
    from finops_constructs.adoption.draft_yaml import draft_yaml  # noqa: PLC0415 - keeps help fast

    folder = out / "tenants"
    files = {folder / f"{draft.id}.yaml": draft for draft in proposed.drafts}
    there = sorted(str(file) for file in files if file.exists())
    if there:
        raise click.UsageError(f"{', '.join(there)}: there already; nothing was written")
    folder.mkdir(parents=True, exist_ok=True)
    for file, draft in files.items():
        file.write_text(draft_yaml(draft, source=proposed.source), encoding="utf-8")
        if not quiet:
            undecided = f"; {counted(len(draft.undecided), 'key')} to decide"
            click.echo(f"{file}{undecided if draft.undecided else ''}")
    if not quiet:
        _summary(proposed)


def _summary(proposed: Proposed) -> None:
    left = sum(len(draft.undecided) for draft in proposed.drafts)
    click.echo(
        f"{counted(len(proposed.drafts), 'tenant')} proposed, {counted(left, 'key')} to decide; "
        f"callers by {proposed.source}"
    )
    if proposed.already:
        click.echo(f"registered already, left out: {', '.join(proposed.already)}")
