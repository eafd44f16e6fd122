"""`finops ledger`: correct what was counted, by an amount or by recomputing it from the log."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from finops_constructs.cli.operator_options import (
    Waiting,
    Where,
    reason_option,
    shown_errors,
    usd_amount,
    waiting_options,
    where_options,
)
from finops_constructs.cli.orders import run_order

if TYPE_CHECKING:
    from decimal import Decimal


def _now() -> datetime:
    return datetime.now(UTC)


@click.group()
def ledger() -> None:
    """Correct the ledger of estimated spend; what was metered stays as it was."""


def _day(_: click.Context, __: click.Parameter, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day such as 2026-11-20") from None


@ledger.command(short_help="Book a signed correction of a tenant's spend.")
@click.argument("tenant")
@click.option(
    "--usd",
    callback=usd_amount,
    metavar="USD",
    required=True,
    help="What to add; negative: less was spent, as in --usd=-12.50.",
)
@click.option("--alias", help="Whose spend it corrects. Default: the tenant's as a whole.")
@click.option(
    "--day", callback=_day, metavar="YYYY-MM-DD", help="The UTC day it is of. Default: today."
)
@reason_option
@waiting_options
@where_options
@click.pass_context
def adjust(
    context: click.Context,
    *,
    tenant: str,
    usd: Decimal,
    alias: str | None,
    day: date | None,
    reason: str,
    waiting: Waiting,
    where: Where,
    as_json: bool,
) -> None:
    """Book a signed amount for TENANT and have it decided anew: a false stop ends for good.

    It counts for the monthly limit of its month and, if it is of today, for the daily cap. It is
    booked beside what was metered, with your AWS identity, and shown by `finops tenants status`.

    Exits with 0 once the platform has decided anew, 1 if not in time, 2 if it was refused.

    \b
    Example:
      finops ledger adjust writer --usd=-412.50 --reason "counted twice, INC-4711"
      finops ledger adjust writer --usd=20 --alias smart --day 2026-11-20 --reason "calls past the log"
    """  # noqa: D301, E501 - \b is click's mark for text that keeps its line breaks
    run_order(
        context,
        lambda operator: operator.adjust(tenant, reason=reason, usd=usd, alias=alias, day=day),
        where=where,
        waiting=waiting,
        as_json=as_json,
    )


@ledger.command(short_help="Recompute spend from the log after a price was wrong.")
@click.option(
    "--from",
    "first_day",
    callback=_day,
    metavar="YYYY-MM-DD",
    required=True,
    help="The first UTC day; the log must still hold it.",
)
@click.option("--tenant", help="Whose spend. Default: everybody's.")
@click.option("--dry-run", is_flag=True, help="Show the differences and book nothing.")
@click.option("--reason", help="Why; recorded. Default: that prices were corrected.")
@where_options
@click.pass_context
def reprice(
    context: click.Context,
    *,
    first_day: date,
    tenant: str | None,
    dry_run: bool,
    reason: str | None,
    where: Where,
    as_json: bool,
) -> None:
    """Meter the invocation log anew at the registry's present prices and book the differences.

    Deploy the corrected prices first: they travel in the registry. An hour of which ledger and log
    do not count the same calls is left alone and named. Running it again books nothing twice.

    Exits with 0 if all was repriced, 1 if hours were left alone, 2 if it could not be done.

    \b
    Example:
      finops ledger reprice --from 2026-11-20 --tenant writer --dry-run
      finops ledger reprice --from 2026-11-20 --reason "output price of sonnet was 10x, INC-4711"
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    now = _now()
    if first_day > now.date():
        raise click.UsageError(f"--from must not be in the future, got {first_day}")
    with shown_errors():
        from finops_constructs.cli import repricing_output as output  # noqa: PLC0415 - botocore
        from finops_constructs.operations.client import Operator  # noqa: PLC0415 - as above
        from finops_constructs.operations.repricing import run  # noqa: PLC0415 - as above

        aws = where.connect()
        operator = Operator.of(aws)
        with output.counting(quiet=as_json) as count:
            found = run.prepare(aws, first_day=first_day, tenant=tenant, now=now, on_progress=count)
        if not as_json:
            output.print_comparison(found)
        booked: list[dict[str, Any]] = []
        if not dry_run:
            said = reason or f"repriced from {first_day} at the registry's prices of {now.date()}"
            for whose, amounts, message in run.book(operator, found, reason=said):
                booked.append({"tenant": whose, "amounts": list(amounts), "message": message})
                if not as_json:
                    click.echo(f"booked: {message}")
    if as_json:
        output.print_as_json(found, booked)
    elif dry_run:
        click.echo("Nothing was booked.")
    context.exit(1 if any(each.left_alone for each in found.tenants.values()) else 0)
