"""`finops suspend`: stop a tenant, or one alias, until a person resumes it."""

import click

from finops_constructs.cli.operator_options import (
    Waiting,
    Where,
    reason_option,
    waiting_options,
    where_options,
)
from finops_constructs.cli.orders import run_order


@click.command(short_help="Stop a tenant, or one of its aliases, now.")
@click.argument("tenant")
@click.option("--alias", help="Stop this alias only. Default: all of the tenant.")
@reason_option
@waiting_options
@where_options
@click.pass_context
def suspend(
    context: click.Context,
    *,
    tenant: str,
    alias: str | None,
    reason: str,
    waiting: Waiting,
    where: Where,
    as_json: bool,
) -> None:
    """Stop TENANT in every mode, shadow too, until `finops resume`; no override lifts it.

    New calls are refused; a streamed answer that has begun runs to its end.

    Exits with 0 if the stop was read back, 1 if not in time, 2 if it was refused.

    \b
    Example:
      finops suspend writer --reason "prompt loop, INC-4711"
      finops suspend writer --alias smart --reason "prompt loop, INC-4711"
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    run_order(
        context,
        lambda operator: operator.suspend(tenant, reason=reason, alias=alias),
        where=where,
        waiting=waiting,
        as_json=as_json,
    )
