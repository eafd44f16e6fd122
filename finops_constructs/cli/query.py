"""`finops query`: a view or a statement over the bill, from a folder or from Athena."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from finops_constructs.cli import query_output as output
from finops_constructs.cli.cost_data_errors import shown_cost_data_errors

if TYPE_CHECKING:
    from datetime import datetime

    from finops_constructs.cost_data.engine import Engine, Result


@click.command()
@click.argument("question", required=False, metavar="NAME|SQL")
@click.option(
    "--source",
    help="Folder of a CUR 2.0 export, or athena://WORKGROUP/DATABASE.",
    envvar="FINOPS_SOURCE",
)
@click.option("--month", "months", multiple=True, help="YYYY-MM; may be repeated. Default: all.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Tell open months by this day.")
@click.option(
    "--extra-tag-key", default="bedrock:cost-centre", help="The organisation's fourth cost tag."
)
@click.option("--region", help="Region of the Athena workgroup. Default: the session's.")
@click.option("--list", "list_views", is_flag=True, help="List the views and their questions.")
def query(
    *,
    question: str | None,
    source: str | None,
    months: tuple[str, ...],
    format_: str,
    as_json: bool,
    as_of: datetime | None,
    extra_tag_key: str,
    region: str | None,
    list_views: bool,
) -> None:
    """Ask the bill: a view by NAME, or one SELECT statement.

    Notes about what was read go to standard error. On a folder a statement may use every view, the
    side tables and the raw export, called cur.

    \b
    Example:
      finops query showback --source build/sample --month 2026-10
      finops query "SELECT model, sum(cost_usd) FROM bedrock_costs GROUP BY 1" --source build/sample
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    chosen = "json" if as_json else format_
    if list_views:
        output.print_views(chosen)
        return
    if question is None:
        raise click.UsageError("give a view's name or a SELECT statement; --list shows the views")
    if source is None:
        raise click.UsageError("--source is missing: a folder, or athena://WORKGROUP/DATABASE")
    from finops_constructs.cost_data.open_source import open_source  # noqa: PLC0415 - slow

    with shown_cost_data_errors():
        engine = open_source(
            source,
            as_of=as_of.date() if as_of else None,
            extra_tag_key=extra_tag_key,
            region=region,
            progress=output.progress,
        )
        with closing(engine):
            result = _ask(engine, question, months)
    output.print_result(result, chosen)


def _ask(engine: Engine, question: str, months: tuple[str, ...]) -> Result:
    if question.replace("_", "").isalnum():
        return engine.view(question, months=months)
    return engine.statement(question, months=months)
