"""`finops replay`: what the synthesized limits would do about real traffic and a runaway."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from finops_constructs.cli.main import EXIT_INPUT_ERROR
from finops_constructs.cli.output import print_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from finops_constructs.replay.result import Replay

    _Callback = Callable[[click.Context, click.Parameter, str], int]

EXIT_NOT_STOPPED: Final = 1
_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600}


class _InputError(click.ClickException):
    exit_code = EXIT_INPUT_ERROR


def _seconds(least: int, most: int) -> _Callback:
    """Return a callback that reads whole seconds, or `10m`, `8h`."""

    def read(_: click.Context, __: click.Parameter, value: str) -> int:
        match = re.fullmatch(r"(\d{1,9})([smh]?)", value, re.ASCII)
        seconds = int(match[1]) * _UNITS[match[2]] if match else -1
        if not least <= seconds <= most:
            raise click.BadParameter(
                f"must be {least} to {most} seconds, or such as 10m, got {value!r}"
            )
        return seconds

    return read


def _usd(_: click.Context, __: click.Parameter, value: str | None) -> Decimal | None:
    """Read an amount above zero."""
    if value is None:
        return None
    try:
        amount = Decimal(value.removeprefix("$").replace(",", ""))
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or not 0 < amount <= 10**12:
        raise click.BadParameter(f"must be an amount in USD above 0, got {value!r}")
    return amount


@click.command(short_help="Play a request trace against the synthesized limits.")
@click.option(
    "--trace",
    "trace_file",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV of requests: time, input and output tokens, perhaps cached ones.",
)
@click.option(
    "--assembly",
    type=click.Path(path_type=Path, file_okay=False),
    default="cdk.out",
    show_default=True,
    help="A synthesized app.",
)
@click.option("--tenant", required=True, help="Whose limits.")
@click.option("--alias", help="The alias that is called. Default: the dearest.")
@click.option("--runaway", "runaway_text", metavar="RATE@TIME", help="USD/hour, from a second on.")
@click.option(
    "--limit", "limit_usd", callback=_usd, help="The month's limit. Default: as declared."
)
@click.option(
    "--log-delay", callback=_seconds(0, 3600), default="30", show_default=True,
    help="From a call to its log record.",
)  # fmt: skip
@click.option(
    "--metric-delay", callback=_seconds(0, 3600), default="120", show_default=True,
    help="Until CloudWatch has a minute's metrics.",
)  # fmt: skip
@click.option(
    "--budgets-refresh", callback=_seconds(600, 172_800), default="8h", show_default=True,
    help="Between refreshes of AWS Budgets; AWS says 8 to 12 hours.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def replay(
    *,
    trace_file: Path,
    assembly: Path,
    tenant: str,
    alias: str | None,
    runaway_text: str | None,
    limit_usd: Decimal | None,
    log_delay: int,
    metric_delay: int,
    budgets_refresh: int,
    as_json: bool,
) -> None:
    """Play a request trace against what a cloud assembly declares for a tenant.

    The deployed code of spend meter and kill switch decides, on a simulated clock that begins
    with a month. Each tier is played as if it alone existed, in mode enforce. Beside a runaway the
    trace repeats until every tier has fired.

    Exits with 0 if it was stopped or there was nothing to stop, 1 if the limit was passed and
    nothing stopped it, 2 on bad input.

    \b
    Example:
      finops replay --trace calls.csv --tenant writer --runaway 500@600
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    from finops_constructs.replay.clock import Delays  # noqa: PLC0415 - `--help` needs none of it
    from finops_constructs.replay.play import play  # noqa: PLC0415 - as above
    from finops_constructs.replay.result import evaluate  # noqa: PLC0415 - as above
    from finops_constructs.replay.scenario import ScenarioError, load_scenario  # noqa: PLC0415

    try:
        scenario = load_scenario(
            trace_file,
            assembly,
            tenant,
            alias=alias,
            runaway=runaway_text,
            limit_usd=limit_usd,
            delays=Delays(log=log_delay, metric=metric_delay, budgets_refresh=budgets_refresh),
        )
    except ScenarioError as error:
        raise _InputError(str(error)) from None
    with _progress_bar(scenario.expected_end_us) as progress:
        found = evaluate(play(scenario, progress))
    if as_json:
        print_json(found.as_json())
    else:
        _print(found)
    if found.was_missed:
        raise click.exceptions.Exit(EXIT_NOT_STOPPED)


@contextmanager
def _progress_bar(length_us: int) -> Iterator[Callable[[int], None]]:
    """Show how far the play is, if somebody watches."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=length_us, label="Replaying", file=sys.stderr) as bar:

        def advance(now_us: int) -> None:
            bar.update(max(min(now_us, length_us) - bar.pos, 0))

        yield advance


def _print(found: Replay) -> None:
    from finops_constructs.replay import sentences  # noqa: PLC0415 - only for people

    for line in sentences.heading(found):
        click.echo(line)
    rows = list(sentences.table(found))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    click.echo()
    for name, at, *amounts, why in rows:
        cells = [name.ljust(widths[0]), at.rjust(widths[1])]
        cells += [text.rjust(width) for text, width in zip(amounts, widths[2:], strict=True)]
        click.echo("  ".join([*cells, why]).rstrip())
    click.echo()
    click.echo(" ".join(sentences.verdict(found)))
    click.echo()
    for line in sentences.remarks(found):
        click.echo(line)
