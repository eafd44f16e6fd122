"""`finops audit-log verify`: walk the chain, read every object, say what is wrong."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from finops_constructs.cli.audit_log_source import open_log, shown_log_errors
from finops_constructs.cli.operator_options import Where, where_options
from finops_constructs.cli.output import counted, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finops_constructs.audit_log.report import Report
    from finops_constructs.audit_log.verify import Progress

_SHOWN: Final = 200


@click.command(short_help="Prove that nothing was altered, removed, added or reordered.")
@click.argument("source", required=False)
@click.option("--head", "head_sha256", help="SHA-256 that the last manifest must have.")
@click.option(
    "--public-key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="PEM of the key that signs manifests; checks every signature.",
)
@click.option(
    "--state",
    "state_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where progress is kept: the next run goes on from there.",
)
@where_options
@click.pass_context
def verify(
    context: click.Context,
    *,
    source: str | None,
    head_sha256: str | None,
    public_key: Path | None,
    state_file: Path | None,
    where: Where,
    as_json: bool,
) -> None:
    """Verify the log in SOURCE: a folder, s3://BUCKET, or by default the platform's bucket.

    Every hash is computed anew, from the objects alone; in a bucket, versions and locks are looked
    at, too. A log is as old as its last manifest: keep that one's hash, which is printed, where
    nobody who could write the bucket can change it, and give it with --head the next time.

    Exits with 0 if nothing is wrong, 1 if something is, 2 on bad input.

    \b
    Example:
      finops audit-log verify --region eu-west-1 --state verify.json
      finops audit-log verify ./copy-of-the-bucket --public-key finops.pem
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    from finops_constructs.audit_log.signatures import PublicKey  # noqa: PLC0415
    from finops_constructs.audit_log.store import FolderStore  # noqa: PLC0415
    from finops_constructs.audit_log.verify import Options  # noqa: PLC0415
    from finops_constructs.audit_log.verify import verify as verify_log  # noqa: PLC0415

    with shown_log_errors(), _progress(as_json=as_json) as progress:
        store = open_log(source, where)
        report = verify_log(
            store,
            Options(
                now=datetime.now(UTC),
                live=not isinstance(store, FolderStore),
                head_sha256=head_sha256,
                public_key=PublicKey(public_key) if public_key else None,
                state_file=state_file,
                progress=progress,
            ),
        )
    if as_json:
        print_json(report.plain())
    else:
        _print(report)
    context.exit(1 if report.findings else 0)


def _print(report: Report) -> None:
    click.echo(
        f"{report.log}: {counted(report.manifests, 'manifest')}, {report.first_hour} to "
        f"{report.last_hour}; {counted(report.objects, 'object')}, {report.bytes:,} bytes"
        + (f" ({report.resumed_objects:,} in earlier runs)" if report.resumed_objects else "")
    )
    for finding in report.findings[:_SHOWN]:
        click.echo(f"  {finding.hour or '-':13} {finding.kind:13} {finding.text}")
    if len(report.findings) > _SHOWN:
        click.echo(f"  and {len(report.findings) - _SHOWN:,} more: see --json")
    if report.untrusted_from:
        click.echo(f"From hour {report.untrusted_from} on the chain cannot be trusted.")
    else:
        click.echo(f"The chain of manifests is unbroken; its head is {report.head_sha256}")
    click.echo(_calls(report))
    if report.unsealed:
        sealed = "they are in no manifest yet"
        click.echo(f"{counted(len(report.unsealed), 'object')} since the last manifest: {sealed}")
    if report.expired:
        click.echo(f"{counted(report.expired, 'object')} gone after the retention was over")
    for note in report.notes:
        click.echo(f"note: {note}")
    click.echo("Not in this log: " + "; ".join(_not_in_the_log()))
    click.echo(counted(len(report.findings), "finding"))


def _calls(report: Report) -> str:
    totals = report.totals
    signed = f"; {counted(report.signed, 'signature')} checked" if report.signed else ""
    held = f"; {counted(report.held, 'object')} under legal hold" if report.held else ""
    return (
        f"{counted(totals['records'], 'record')} of calls, {totals['failed_calls_logged']:,} of "
        f"them failed; CloudWatch counted {totals['invocations_counted']:,} successful "
        f"calls{signed}{held}"
    )


def _not_in_the_log() -> tuple[str, ...]:
    from finops_constructs.audit_log.report import NOT_IN_THE_LOG  # noqa: PLC0415

    return NOT_IN_THE_LOG


@contextmanager
def _progress(*, as_json: bool) -> Iterator[Progress]:
    """Show how many objects were read, on a terminal."""
    if as_json or not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import, and for terminals alone
    from rich.progress import Progress as Bar  # noqa: PLC0415

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading objects", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
