"""`finops tenants retire`: stop a tenant for good and note its final figures."""

import click

from finops_constructs.cli.operator_options import (
    Waiting,
    Where,
    reason_option,
    waiting_options,
    where_options,
)
from finops_constructs.cli.orders import run_order


@click.command()
@click.argument("tenant")
@click.option("--yes", is_flag=True, help="Do not ask: it cannot be taken back.")
@reason_option
@waiting_options
@where_options
@click.pass_context
def retire(
    context: click.Context,
    *,
    tenant: str,
    yes: bool,
    reason: str,
    waiting: Waiting,
    where: Where,
    as_json: bool,
) -> None:
    """Stop TENANT for good, note its final figures, and keep its id taken. Cannot be taken back.

    Kept are its ledger and journal, and by alias the ARN that its rows of the bill have, with the
    cost centre; records stay as long as their log keeps them. Destroy its stack once it is stopped,
    and remove its YAML. Whoever needs it again creates it under a new id: what is deployed under
    the old one is stopped at once.

    Exits with 0 if the stop was read back, 1 if not in time, 2 if it was refused.

    \b
    Example:
      finops tenants retire writer --reason "replaced by writer-2, CHG-4711"
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    if not yes:
        click.confirm(
            f"{tenant} is stopped for good and its id can never be used again. Go on?", abort=True
        )
    run_order(
        context,
        lambda operator: operator.retire(tenant, reason=reason),
        where=where,
        waiting=waiting,
        as_json=as_json,
    )
