"""`finops resume`: end a stop that lasts until a person ends it."""

import click

from finops_constructs.cli.operator_options import (
    Waiting,
    Where,
    reason_option,
    waiting_options,
    where_options,
)
from finops_constructs.cli.orders import run_order


@click.command(short_help="End a stop that lasts until a person ends it.")
@click.argument("tenant")
@click.option("--alias", help="Resume this alias only. Default: all of the tenant.")
@reason_option
@waiting_options
@where_options
@click.pass_context
def resume(
    context: click.Context,
    *,
    tenant: str,
    alias: str | None,
    reason: str,
    waiting: Waiting,
    where: Where,
    as_json: bool,
) -> None:
    """End a person's stop of TENANT, or one by a cap or a burst.

    A stop by the monthly limit is not ended by it: raise the limit, or use `finops override`.

    Exits with 0 if calls are allowed again, 1 if something still stops them, 2 if it was refused.

    \b
    Example:
      finops resume writer --reason "loop fixed, INC-4711"
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    run_order(
        context,
        lambda operator: operator.resume(tenant, reason=reason, alias=alias),
        where=where,
        waiting=waiting,
        as_json=as_json,
    )
