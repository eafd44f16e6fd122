"""Gives one order, waits for it, and says what has been reached and what has not."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from finops_constructs.cli.operator_options import shown_errors
from finops_constructs.cli.output import print_json
from finops_constructs.cli.waiting_sign import waiting_sign

if TYPE_CHECKING:
    from collections.abc import Callable

    from finops_constructs.cli.operator_options import Waiting, Where
    from finops_constructs.operations.client import Answer, Operator
    from finops_constructs.operations.waiting import Outcome, Step

_REACHED: Final = {
    "applied": (
        "The tags and policies were read back. That no call gets through any more is confirmed "
        "once none has succeeded for 5 minutes."
    ),
    "confirmed": "Read back, and no call has succeeded for 5 minutes.",
    "active": "Read back. IAM may take a moment until calls go through.",
}


def run_order(
    context: click.Context,
    give: Callable[[Operator], Answer],
    *,
    where: Where,
    waiting: Waiting,
    as_json: bool,
) -> None:
    """Give an order and exit with 0 if it was reached (or not waited for), else with 1.

    Args:
        context: click's.
        give: Gives the order.
        where: Where, and as whom.
        waiting: Whether to wait until it was read back.
        as_json: Whether to print JSON.
    """
    with shown_errors():
        from finops_constructs.operations.client import Operator  # noqa: PLC0415 - botocore
        from finops_constructs.operations.waiting import Outcome  # noqa: PLC0415 - as above

        operator = Operator.of(where.connect())
        order = give(operator)
        if not as_json:
            _print_accepted(order)
        outcome = Outcome.unwaited(order)
        if waiting.wanted:
            outcome = _wait(operator, order, waiting.timeout_seconds, quiet=as_json)
    if as_json:
        print_json(_as_json(order, outcome, waited=waiting.wanted))
    elif waiting.wanted:
        _print_end(order, outcome, waiting.timeout_seconds)
    else:
        click.echo(f"Not waited for. Look: finops tenants status {order.tenant}")
    context.exit(0 if outcome.last.reached or not waiting.wanted else 1)


def _wait(operator: Operator, order: Answer, timeout_seconds: float, *, quiet: bool) -> Outcome:
    from finops_constructs.operations.waiting import wait_for  # noqa: PLC0415 - botocore

    wait = partial(wait_for, operator, order, timeout_seconds=timeout_seconds)
    try:
        if quiet:
            return wait()
        with waiting_sign("waiting until it was read back; Ctrl-C does not take it back") as say:

            def show(step: Step) -> None:
                say(f"  {step.stage:<12} +{step.seconds:.1f} s")

            return wait(on_step=show)
    except KeyboardInterrupt:
        click.echo(
            f"No longer waiting; the order stands. Look: finops tenants status {order.tenant}",
            err=True,
        )
        raise


def _print_accepted(order: Answer) -> None:
    at = f" at {order.accepted_at:%H:%M:%S} UTC" if order.accepted_at else ""
    by = f" from {order.actor}" if order.actor else ""
    click.echo(f"accepted{at}{by}: {order.message}")


def _print_end(order: Answer, outcome: Outcome, timeout_seconds: float) -> None:
    look = f"finops tenants status {order.tenant}"
    last = outcome.last
    if last.reached:
        said = _REACHED.get(last.stage, f"It was decided anew: {last.stage}.")
        click.echo(f"{said}\nLook: {look}")
        return
    about = order.tenant if order.alias is None else f"{order.tenant}/{order.alias}"
    if last.done:
        click.echo(f"! {about} is still {last.stage}: {last.detail or 'no reason was given'}")
        return
    click.echo(
        f"! Not reached within {timeout_seconds:g} s: {about} is {last.stage}. The order stands, "
        f"and the kill switch looks again at least every 5 minutes: {look}"
    )
    for more in (last.detail, outcome.fault):
        if more:
            click.echo(f"  {more}")


def _as_json(order: Answer, outcome: Outcome, *, waited: bool) -> dict[str, object]:
    return {
        "accepted_at": order.raw.get("accepted_at"),
        "actor": order.actor,
        "alias": order.alias,
        "command": order.command,
        "detail": outcome.last.detail or outcome.fault or None,
        "message": order.message,
        "reached": outcome.last.reached,
        "stage": outcome.last.stage,
        "status": outcome.status.raw,
        "steps": [asdict(step) for step in outcome.steps],
        "tenant": order.tenant,
        "waited": waited,
    }
