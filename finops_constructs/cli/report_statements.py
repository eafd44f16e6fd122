"""`finops report --statement`: what it issues, and says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from finops_constructs.cli.output import print_json
from finops_constructs.report.issue import issue_statements
from finops_constructs.report.statement_files import as_json
from finops_constructs.report.statement_store import open_statements

if TYPE_CHECKING:
    from datetime import date

    from finops_constructs.cost_data.engine import Engine


def print_statements(
    engine: Engine,
    *,
    month: str | None,
    out: str,
    issued_on: date,
    organization: str,
    json_wanted: bool,
) -> None:
    """Issue a month's statements and print them.

    Args:
        engine: The bill.
        month: The month; it must be said, since what is issued stays.
        out: Where all statements are.
        issued_on: The day, UTC.
        organization: Whose statements they are.
        json_wanted: Whether to print JSON.
    """
    if month is None:
        raise click.UsageError("--statement needs --month YYYY-MM: what is issued stays")
    issued = issue_statements(
        engine,
        open_statements(out),
        month=month,
        issued_on=issued_on,
        organization=organization,
    )
    if json_wanted:
        statements = [as_json(each) for each in issued.statements]
        print_json({"statements": statements, "files": issued.places, "unread": issued.unread})
        return
    for statement, place in zip(issued.statements, issued.places, strict=True):
        old = sum(line.kind == "true-up" for line in statement.lines)
        corrected = f", {old} true-ups" if old else ""
        click.echo(
            f"{statement.number}  {statement.cost_centre}  USD {statement.total_usd:,}"
            f"{corrected}  {place}"
        )
    for each in issued.unread:
        click.echo(f"{each} is not in the source: no true-up for it", err=True)
