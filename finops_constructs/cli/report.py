"""`finops report`: what AI cost and brought, for people who do not write SQL."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from finops_constructs.cli.cost_data_errors import shown_cost_data_errors
from finops_constructs.cli.output import print_json
from finops_constructs.cli.pairs import Pair
from finops_constructs.cli.query_output import progress

if TYPE_CHECKING:
    from finops_constructs.report.report import Report

_CONFIG: Final = Path("config")


@click.command()
@click.option(
    "--source",
    required=True,
    help="Folder of a CUR 2.0 export, or athena://WORKGROUP/DATABASE.",
    envvar="FINOPS_SOURCE",
)
@click.option(
    "--out",
    default="build/report",
    show_default=True,
    help="Folder to write to; for statements also s3://BUCKET/PREFIX.",
)
@click.option("--month", help="YYYY-MM. Default: the last there is.")
@click.option("--from", "first", help="First month of a range, YYYY-MM.")
@click.option("--to", "last", help="Last month of a range. Default: the last there is.")
@click.option(
    "--filter",
    "filters",
    type=Pair("DIMENSION=VALUE"),
    multiple=True,
    metavar="DIMENSION=VALUE",
    help="Only this part of the bill, such as tenant=writer; may be repeated.",
)
@click.option("--group-by", default="tenant", show_default=True, help="What charts are split by.")
@click.option("--currency", default="USD", show_default=True, help="Such as GBP; USD beside it.")
@click.option("--statement", is_flag=True, help="Write chargeback statements instead; see below.")
@click.option(
    "--config",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Configuration folder. Default: config, if it is there.",
    envvar="FINOPS_CONFIG",
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Tell open months by this day.")
@click.option("--region", help="Region of the Athena workgroup. Default: the session's.")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def report(
    *,
    source: str,
    out: str,
    month: str | None,
    first: str | None,
    last: str | None,
    filters: tuple[tuple[str, str], ...],
    group_by: str,
    currency: str,
    statement: bool,
    config: Path | None,
    as_of: datetime | None,
    region: str | None,
    as_json: bool,
) -> None:
    """Write report.html, report.json and tables/*.csv from the bill.

    The page begins with what a CFO needs in three minutes, works without a network, and prints.

    With --statement: one numbered chargeback statement per cost centre of a month that is over,
    never changed afterwards; what AWS restates later is a true-up in the next one. --out is where
    all statements are kept.

    \b
    Example:
      finops report --source build/sample --month 2026-10 --out build/report
      finops report --source athena://finops/finops --from 2026-07 --group-by cost_centre
      finops report --source build/sample --month 2026-10 --statement --out build/statements
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    from finops_constructs.cli.report_statements import print_statements  # noqa: PLC0415 - slow
    from finops_constructs.cost_data.open_source import open_source  # noqa: PLC0415
    from finops_constructs.report.configured import read_configured  # noqa: PLC0415
    from finops_constructs.report.files import write_report  # noqa: PLC0415
    from finops_constructs.report.gather import gather  # noqa: PLC0415
    from finops_constructs.report.money import choose_rate  # noqa: PLC0415
    from finops_constructs.report.report import make_report  # noqa: PLC0415
    from finops_constructs.report.scope import choose_scope  # noqa: PLC0415

    if statement and (filters or first or last):
        raise click.UsageError("--statement is about one whole month: --month YYYY-MM alone")
    with shown_cost_data_errors():
        settings = read_configured(config or (_CONFIG if _CONFIG.is_dir() else None))
        keys = {"extra_tag_key": settings.extra_tag_key} if settings.extra_tag_key else {}
        day = as_of.date() if as_of else None
        today = day or datetime.now(UTC).date()
        engine = open_source(
            source,
            as_of=day,
            region=region,
            side_rows=settings.side_rows,
            progress=progress,
            **keys,
        )
        with closing(engine):
            if statement:
                print_statements(
                    engine,
                    month=month,
                    out=out,
                    issued_on=today,
                    organization=settings.organization,
                    json_wanted=as_json,
                )
                return
            scope = choose_scope(
                engine.months(),
                month=month,
                first=first,
                last=last,
                filters=_grouped(filters),
                group_by=group_by,
            )
            money = choose_rate(
                settings.rates, currency.upper(), on=scope.last_day, where=settings.where
            )
            made = make_report(
                gather(engine, scope, _show_progress),
                money=money,
                organization=settings.organization,
                source=source,
                made_on=today,
            )
            files = write_report(made, Path(out))
    if as_json:
        print_json({"files": [str(file) for file in files]})
    else:
        _print(made, files)


def _grouped(pairs: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _show_progress(done: int, steps: int, what: str) -> None:
    if sys.stderr.isatty():
        last = done + 1 == steps
        click.echo(f"\r\x1b[K[{done + 1}/{steps}] {what}", err=True, nl=last)


def _print(made: Report, files: list[Path]) -> None:
    from finops_constructs.report.cards import cards  # noqa: PLC0415 - slow

    for card in cards(made):
        click.echo(f"{card.name}: {card.value} - {card.says}")
    for number, each in enumerate(made.decisions, 1):
        click.echo(f"{number}. {each.what} Owner: {each.owner}.")
    click.echo(f"{files[0]}: {made.data.status}, with report.json and {len(files) - 2} tables")
