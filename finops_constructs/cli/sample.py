"""`finops sample`: made-up data to try the reports with, and the truth about it."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

import click

from finops_constructs.cli.cost_data_errors import shown_cost_data_errors
from finops_constructs.cli.output import counted, print_json


@click.group()
def sample() -> None:
    """Made-up data to try the reports with."""


@sample.command("cur")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder to write; existing months in it are overwritten.",
)
@click.option("--months", type=click.IntRange(1, 120), default=3, show_default=True)
@click.option(
    "--rows",
    type=click.IntRange(1, 100_000_000),
    default=20_000,
    show_default=True,
    help="Metered lines a month; tax, credits, refunds and fees come on top.",
)
@click.option(
    "--history-rows",
    type=click.IntRange(1, 100_000_000),
    help="Metered lines of each month but the last. Default: as many.",
)
@click.option("--seed", type=click.IntRange(0, 1_000_000), default=1, show_default=True)
@click.option(
    "--last-day",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2026-11-23",
    show_default=True,
    help="Last day with data; its month is open.",
)
@click.option(
    "--before-restatement",
    is_flag=True,
    help="Write the month before the last as it was when AWS first closed it.",
)
@click.option("--no-inputs", is_flag=True, help="Write no budgets, outcomes, books and estimates.")
@click.option("--json", "as_json", is_flag=True, help="Print the ledger as JSON.")
def cur(
    *,
    out: Path,
    months: int,
    rows: int,
    history_rows: int | None,
    seed: int,
    last_day: datetime,
    before_restatement: bool,
    no_inputs: bool,
    as_json: bool,
) -> None:
    """Write a CUR 2.0 export as AWS would deliver it, with what is hard about real ones.

    Marketplace models, units of 1K and 1M tokens, credits, refunds, tax, lines without tags, both
    spellings of tags, a restated month, mantle, batch. ledger.json holds the exact totals, and
    inputs/ budgets and outcomes to go with them. The same options write the same bytes.

    \b
    Example:
      finops sample cur --out build/sample --months 6
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    from finops_constructs.cost_data.sample.inputs import write_inputs  # noqa: PLC0415
    from finops_constructs.cost_data.sample.writer import plan_months, write_sample  # noqa: PLC0415

    planned = plan_months(
        last=last_day.date() + timedelta(days=1),
        months=months,
        rows=rows,
        history_rows=history_rows,
    )
    total = sum(month.rows for month in planned)
    bar = click.progressbar(
        length=total, label="writing lines", file=sys.stderr, hidden=not sys.stderr.isatty()
    )
    with shown_cost_data_errors(), bar:
        written = write_sample(
            out,
            planned,
            seed=seed,
            restatement=not before_restatement,
            progress=lambda _period, count: bar.update(count),
        )
        if not no_inputs:
            write_inputs(out, planned, written.ledger)
    if as_json:
        print_json(written.ledger)
        return
    for period, month in written.ledger["months"].items():
        click.echo(
            f"{period}: {counted(month['lines'], 'line')},"
            f" USD {float(month['bill_cost_usd']):,.2f},"
            f" of it Bedrock {float(month['bedrock_cost_usd']):,.2f}"
        )
    click.echo(f"{out}: {counted(len(written.files), 'file')} and ledger.json")
