"""`finops drill`: prove, without spend, that the switch would work."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from finops_constructs.cli.operator_options import (
    Where,
    shown_errors,
    timeout_option,
    where_options,
)
from finops_constructs.cli.output import counted, print_json
from finops_constructs.cli.waiting_sign import waiting_sign

if TYPE_CHECKING:
    from finops_constructs.operations.drill_report import Check, DrillReport, Hop


@click.command(short_help="Prove, without spend, that the switch would work.")
@click.argument("tenant")
@click.option("--alias", help="Whose model the canary copies. Default: the first alias.")
@timeout_option
@where_options
@click.pass_context
def drill(
    context: click.Context,
    *,
    tenant: str,
    alias: str | None,
    timeout_seconds: int,
    where: Where,
    as_json: bool,
) -> None:
    """Suspend and resume a canary profile of TENANT that nobody calls, and look what happens.

    The canary and its registry entry are removed whatever happens, on Ctrl-C too.

    Exits with 0 if all that could be checked held, 1 if something did not, 2 if it could not run.

    \b
    Example:
      finops drill writer --region eu-west-1
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    with shown_errors():
        from finops_constructs.operations.drill import Drill  # noqa: PLC0415 - imports botocore

        drill_of = partial(
            Drill, where.connect(), tenant=tenant, alias=alias, timeout_seconds=timeout_seconds
        )
        if as_json:
            report = drill_of(on_news=_show_failure).run()
        else:
            with waiting_sign("drilling; Ctrl-C removes the canary") as say:
                report = drill_of(on_news=lambda news: say(_line(news))).run()
    if as_json:
        print_json(report.as_json())
    else:
        _print_end(report)
    context.exit(0 if report.held else 1)


def _line(news: Hop | Check) -> str:
    from finops_constructs.operations.drill_report import Hop  # noqa: PLC0415 - keeps help fast

    if isinstance(news, Hop):
        return f"  {news.seconds:8.2f} s  {news.name} (since {news.since})"
    detail = f": {news.detail}" if news.detail else ""
    return f"  {news.verdict.value}  {news.name}{detail}"


def _show_failure(news: Hop | Check) -> None:
    """With --json: what a person must know even if the drill is stopped before its report."""
    from finops_constructs.operations.drill_report import (  # noqa: PLC0415 - keeps help fast
        Check,
        Verdict,
    )

    if isinstance(news, Check) and news.verdict is Verdict.FAILED:
        click.echo(f"failed: {news.name}: {news.detail}", err=True)


def _print_end(report: DrillReport) -> None:
    from finops_constructs.operations.drill_report import DOES_NOT_PROVE  # noqa: PLC0415

    about = f"{report.tenant} in {report.region}, by the canary {report.canary}"
    click.echo(f"{'HELD' if report.held else 'DID NOT HOLD'}: {about}")
    if report.unavailable:
        click.echo(f"Without {counted(len(report.unavailable), 'check')} that could not be made:")
        for check in report.unavailable:
            click.echo(f"  {check.name}: not available ({check.detail})")
    click.echo("What a drill does not prove:")
    for text in DOES_NOT_PROVE:
        click.echo(f"  {text}")
