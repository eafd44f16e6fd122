"""`finops approve`: answer the question whether a tenant is to be stopped."""

import click

from finops_constructs.cli.operator_options import (
    Waiting,
    Where,
    reason_option,
    waiting_options,
    where_options,
)
from finops_constructs.cli.orders import run_order


@click.command(short_help="Approve or reject the stop that was asked for.")
@click.argument("tenant")
@click.option("--reject", is_flag=True, help="Do not stop it; the hard cap still does.")
@reason_option
@waiting_options
@where_options
@click.pass_context
def approve(
    context: click.Context,
    *,
    tenant: str,
    reject: bool,
    reason: str,
    waiting: Waiting,
    where: Where,
    as_json: bool,
) -> None:
    """Stop TENANT, whose mode is `approve` and which has passed its limit; --reject: do not.

    A tenant's own applications may not approve.

    Exits with 0 if it was read back, 1 if not in time, 2 if it was refused.

    \b
    Example:
      finops approve writer --reason "no one knows this traffic"
      finops approve writer --reject --reason "expected, the month's report"
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    run_order(
        context,
        lambda operator: operator.approve(tenant, reason=reason, reject=reject),
        where=where,
        waiting=waiting,
        as_json=as_json,
    )
