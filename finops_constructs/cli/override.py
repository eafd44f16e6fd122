"""`finops override`: break-glass, with a reason, an end and a ceiling."""

from decimal import Decimal

import click

from finops_constructs.cli.operator_options import (
    Waiting,
    Where,
    reason_option,
    usd_amount,
    waiting_options,
    where_options,
)
from finops_constructs.cli.orders import run_order


@click.command(short_help="Let a stopped tenant go on for a while, up to an amount.")
@click.argument("tenant")
@click.option("--hours", type=click.IntRange(min=1), help="How long; at most 24 hours.")
@click.option("--minutes", type=click.IntRange(min=1), help="How long, in minutes.")
@click.option(
    "--up-to-usd",
    callback=usd_amount,
    metavar="USD",
    required=True,
    help="The month's spend, not the additional spend, at which it stops again.",
)
@reason_option
@waiting_options
@where_options
@click.pass_context
def override(
    context: click.Context,
    *,
    tenant: str,
    hours: int | None,
    minutes: int | None,
    up_to_usd: Decimal,
    reason: str,
    waiting: Waiting,
    where: Where,
    as_json: bool,
) -> None:
    """Lift automatic stops of TENANT until the time is up or its month's spend is the ceiling.

    Passing either stops it again. It does not lift what a person stopped: `finops resume` does.

    Exits with 0 if calls are allowed, 1 if something still stops them, 2 if it was refused.

    \b
    Example:
      finops override writer --hours 4 --up-to-usd 600 --reason "quarter close, CFO agreed"
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    if (hours is None) == (minutes is None):
        raise click.UsageError("give one of --hours and --minutes")
    length = minutes if minutes is not None else 60 * (hours or 0)
    run_order(
        context,
        lambda operator: operator.override(
            tenant, reason=reason, minutes=length, up_to_usd=up_to_usd
        ),
        where=where,
        waiting=waiting,
        as_json=as_json,
    )
