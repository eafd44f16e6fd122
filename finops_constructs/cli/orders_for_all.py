"""Gives one order about all tenants, and waits until the platform has decided about each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from finops_constructs.cli.operator_options import shown_errors
from finops_constructs.cli.output import print_json
from finops_constructs.cli.waiting_sign import waiting_sign

if TYPE_CHECKING:
    from collections.abc import Callable

    from finops_constructs.cli.operator_options import Waiting, Where
    from finops_constructs.operations.client import AnswerForAll, Operator
    from finops_constructs.operations.waiting_for_all import AllTenants


def run_order_for_all(
    context: click.Context,
    give: Callable[[Operator], AnswerForAll],
    *,
    where: Where,
    waiting: Waiting,
    as_json: bool,
) -> None:
    """Give an order and exit with 0 if every tenant was decided anew (or not waited for), else 1.

    Args:
        context: click's.
        give: Gives the order.
        where: Where, and as whom.
        waiting: Whether to wait for the platform.
        as_json: Whether to print JSON.
    """
    with shown_errors():
        from finops_constructs.operations.client import Operator  # noqa: PLC0415 - botocore
        from finops_constructs.operations.waiting_for_all import wait_for_all  # noqa: PLC0415

        operator = Operator.of(where.connect())
        order = give(operator)
        if not as_json:
            at = f" at {order.accepted_at:%H:%M:%S} UTC" if order.accepted_at else ""
            click.echo(f"accepted{at} from {order.actor or '?'}: {order.message}")
        found = None
        if waiting.wanted and as_json:
            found = wait_for_all(operator, order, timeout_seconds=waiting.timeout_seconds)
        elif waiting.wanted:
            with waiting_sign("waiting until every tenant was decided anew; Ctrl-C is harmless"):
                found = wait_for_all(operator, order, timeout_seconds=waiting.timeout_seconds)
    if as_json:
        print_json({**order.raw, **({} if found is None else _as_json(found))})
    elif found is not None:
        _print_end(found, waiting.timeout_seconds)
    context.exit(0 if found is None or found.decided else 1)


def _print_end(found: AllTenants, timeout_seconds: float) -> None:
    if not found.decided:
        click.echo(
            f"! Not all were decided anew within {timeout_seconds:g} s; the order stands, and the "
            "kill switch looks at everybody at least every 5 minutes"
        )
    stopped = f"{len(found.stopped)} of them stopped" if found.stopped else "none of them stopped"
    names = f": {', '.join(found.stopped)}" if found.stopped else ""
    click.echo(f"{found.tenants} tenants, {stopped}{names}\nLook: finops tenants status")


def _as_json(found: AllTenants) -> dict[str, object]:
    return {
        "decided": found.decided,
        "tenants": found.tenants,
        "stopped": list(found.stopped),
    }
