"""`finops enforcement`: hold every automatic stop while the guard itself is wrong."""

import re
from typing import Final

import click

from finops_constructs.cli.operator_options import (
    Waiting,
    Where,
    reason_option,
    waiting_options,
    where_options,
)
from finops_constructs.cli.orders import run_order
from finops_constructs.cli.orders_for_all import run_order_for_all

_LONGEST_MINUTES: Final = 24 * 60
_LENGTH: Final = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,4})m)?")


@click.group()
def enforcement() -> None:
    """Hold automatic stops while the guard itself is wrong."""


def _minutes(_: click.Context, __: click.Parameter, text: str) -> int:
    found = _LENGTH.fullmatch(text)
    hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0)
    if not 1 <= 60 * hours + minutes <= _LONGEST_MINUTES:
        raise click.BadParameter(f"{text!r} is no length such as 90m, 4h or 1h30m, at most 24h")
    return 60 * hours + minutes


def _check_whom(tenant: str | None, *, everybody: bool) -> None:
    if (tenant is None) != everybody:
        raise click.UsageError("give one of --tenant and --all")


@enforcement.command(short_help="Hold automatic stops for a while; lift those there are.")
@click.option("--tenant", help="Of this tenant.")
@click.option("--all", "everybody", is_flag=True, help="Of every tenant of the Region.")
@click.option(
    "--for", "minutes", callback=_minutes, required=True, metavar="LENGTH", help="At most 24h."
)
@reason_option
@waiting_options
@where_options
@click.pass_context
def pause(
    context: click.Context,
    *,
    tenant: str | None,
    everybody: bool,
    minutes: int,
    reason: str,
    waiting: Waiting,
    where: Where,
    as_json: bool,
) -> None:
    """Hold automatic stops of a tenant, or of all, until the time is up.

    What stopped automatically is lifted at once, in every mode and although the spend may not be
    known. What a person suspended stays so. It ends by itself; what is over a limit then is stopped
    again, so put right meanwhile what was wrong: `finops ledger adjust`, `finops ledger reprice`,
    and `finops resume` for a burst or a daily cap.

    Exits with 0 if calls are allowed, 1 if something still stops them, 2 if it was refused.

    \b
    Example:
      finops enforcement pause --tenant writer --for 4h --reason "price list wrong, INC-4711"
      finops enforcement pause --all --for 90m --reason "meter counts twice, INC-4712"
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    _check_whom(tenant, everybody=everybody)
    if tenant is None:
        run_order_for_all(
            context,
            lambda operator: operator.pause_all(reason=reason, minutes=minutes),
            where=where,
            waiting=waiting,
            as_json=as_json,
        )
    else:
        run_order(
            context,
            lambda operator: operator.pause(tenant, reason=reason, minutes=minutes),
            where=where,
            waiting=waiting,
            as_json=as_json,
        )


@enforcement.command(short_help="End a pause: automatic stops apply again.")
@click.option("--tenant", help="Of this tenant.")
@click.option("--all", "everybody", is_flag=True, help="The pause of every tenant.")
@reason_option
@waiting_options
@where_options
@click.pass_context
def resume(
    context: click.Context,
    *,
    tenant: str | None,
    everybody: bool,
    reason: str,
    waiting: Waiting,
    where: Where,
    as_json: bool,
) -> None:
    """End a pause before its time: automatic stops apply again at once.

    Ending the pause of all tenants leaves pauses of single tenants in force.

    Exits with 0 once the platform has decided anew, 1 if not in time, 2 if it was refused.

    \b
    Example:
      finops enforcement resume --tenant writer --reason "prices corrected, INC-4711"
      finops enforcement resume --all --reason "meter mended, INC-4712"
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    _check_whom(tenant, everybody=everybody)
    if tenant is None:
        run_order_for_all(
            context,
            lambda operator: operator.end_pause_of_all(reason=reason),
            where=where,
            waiting=waiting,
            as_json=as_json,
        )
    else:
        run_order(
            context,
            lambda operator: operator.end_pause(tenant, reason=reason),
            where=where,
            waiting=waiting,
            as_json=as_json,
        )
