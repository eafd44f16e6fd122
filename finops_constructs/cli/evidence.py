"""`finops evidence`: what a cloud assembly shows an auditor, and what changed between two."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from finops_constructs.cli.operator_options import Where, shown_errors, where_options
from finops_constructs.cli.output import counted, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finops_constructs.evidence.live_state import LiveComparison
    from finops_constructs.evidence.model import Evidence

FILES: Final = ("evidence.html", "evidence.csv", "evidence.json", "oscal-component-definition.json")
_WRITE: Final = "write"
_ASSEMBLY: Final = click.Path(path_type=Path, file_okay=False)


class _WriteByDefault(click.Group):
    """A group that takes a folder where a sub-command could stand."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default sub-command in front, unless another one or help is asked for."""
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [_WRITE, *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show both ways."""
        formatter.write_usage(ctx.command_path, "[ASSEMBLY] --out DIR [--live]")
        formatter.write_usage(ctx.command_path, "diff OLD NEW")


@click.group(cls=_WriteByDefault)
def evidence() -> None:
    """Show an auditor what a cloud assembly holds, clause by clause.

    `finops evidence write --help` and `finops evidence diff --help` show all options. A folder
    called `diff` is written `./diff`.

    \b
    Example:
      finops evidence cdk.out --out evidence
      finops evidence diff main/cdk.out cdk.out
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks


@evidence.command(_WRITE)
@click.argument("assembly", type=_ASSEMBLY, default="cdk.out")
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write the files. Default: only the summary is shown.",
)
@click.option("--live", is_flag=True, help="Compare every fact with the account, as you.")
@where_options
@click.pass_context
def write(
    context: click.Context,
    *,
    assembly: Path,
    folder: Path | None,
    live: bool,
    where: Where,
    as_json: bool,
) -> None:
    """Judge ASSEMBLY (default: cdk.out) and write page, CSV, JSON and OSCAL.

    A verdict says what the templates show of technical measures: supports, partially-supports,
    not-evidenced, not-applicable or needs-human. It is no legal assessment.

    Exits with 0; with --live, with 1 if anything drifted; with 2 on bad input.

    \b
    Example:
      finops evidence cdk.out --out evidence
      finops evidence cdk.out --out evidence --live --region eu-west-1
    """  # noqa: D301 - as above
    from finops_constructs.evidence.model import read_evidence  # noqa: PLC0415 - `--help` is fast

    if not live and (where.region or where.profile or where.endpoint_url):
        raise click.UsageError("--region, --profile and --endpoint-url are for --live")
    found = read_evidence(assembly, generated=_now())
    seen = _compare(assembly, found, where) if live else None
    written = _write(folder, found, seen) if folder else []
    if as_json:
        from finops_constructs.evidence.json_file import as_json as content  # noqa: PLC0415

        print_json(content(found, seen) | {"files": [str(file) for file in written]})
    else:
        _print(found, seen, written)
    context.exit(1 if seen is not None and seen.has_drifted else 0)


@evidence.command("diff")
@click.argument("old", type=_ASSEMBLY)
@click.argument("new", type=_ASSEMBLY)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def diff(context: click.Context, *, old: Path, new: Path, as_json: bool) -> None:
    """Tell what changed from the cloud assembly OLD to NEW, and which clauses of the catalogue.

    Exits with 0 if no control got weaker, 1 if one did, 2 on bad input: a gate for pull requests.

    Example: finops evidence diff main/cdk.out cdk.out
    """
    from finops_constructs.cli import evidence_diff  # noqa: PLC0415 - as above
    from finops_constructs.evidence.diff import compare  # noqa: PLC0415 - as above
    from finops_constructs.evidence.model import read_evidence  # noqa: PLC0415 - as above

    found = compare(*(read_evidence(each, generated=_now()) for each in (old, new)))
    if as_json:
        print_json(evidence_diff.as_json(found))
    else:
        for line in evidence_diff.lines(found):
            click.echo(line)
    context.exit(1 if found.is_weaker else 0)


def _now() -> datetime:
    """Return the time to put on the files: SOURCE_DATE_EPOCH, if a build must be repeatable."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now(UTC)


def _compare(assembly: Path, found: Evidence, where: Where) -> LiveComparison:
    from finops_constructs.cli.waiting_sign import waiting_sign  # noqa: PLC0415 - as above
    from finops_constructs.evidence.live.comparison import compare_live  # noqa: PLC0415 - botocore

    with shown_errors(), waiting_sign("comparing with the account"):
        return compare_live(assembly, found, where.connect(), now=datetime.now(UTC))


def _write(folder: Path, found: Evidence, seen: LiveComparison | None) -> list[Path]:
    from finops_constructs.evidence import csv_file, json_file, oscal  # noqa: PLC0415 - as above
    from finops_constructs.evidence.page import document  # noqa: PLC0415 - as above

    page, table, content, components = FILES
    texts = {
        page: document.text(found, seen),
        table: csv_file.text(found, seen),
        content: json_file.text(found, seen),
        components: oscal.text(found),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def _print(found: Evidence, seen: LiveComparison | None, written: Sequence[Path]) -> None:
    from finops_constructs.cli import evidence_summary  # noqa: PLC0415 - only for people

    for line in evidence_summary.lines(found, seen):
        click.echo(line)
    if written:
        click.echo(f"{counted(len(written), 'file')}: {', '.join(str(file) for file in written)}")
