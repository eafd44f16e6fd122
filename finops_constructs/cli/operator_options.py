"""What the operator's commands have in common: where to work, and what an error looks like."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from finops_constructs.cli.main import EXIT_INPUT_ERROR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from finops_constructs.operations.aws import Aws

DEFAULT_WAIT_SECONDS: Final = 120
_Command = TypeVar("_Command", bound="Callable[..., Any]")


class OperatorError(click.ClickException):
    """An order that did not get through."""

    exit_code = EXIT_INPUT_ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a command works and as whom; None is what the AWS configuration says."""

    region: str | None
    profile: str | None
    endpoint_url: str | None

    def connect(self) -> Aws:
        """Return the clients and credentials."""
        from finops_constructs.operations.aws import Aws  # noqa: PLC0415 - imports botocore

        return Aws(region=self.region, profile=self.profile, endpoint_url=self.endpoint_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Whether to wait for an order, and how long at most."""

    wanted: bool
    timeout_seconds: int


def where_options(command: _Command) -> _Command:
    """Add `--region`, `--profile` and `--endpoint-url` as `where`, and `--json` as `as_json`."""

    @click.option("--region", help="The platform's Region. Default: the profile's.")
    @click.option("--profile", help="A profile of the AWS configuration.")
    @click.option("--endpoint-url", help="Where to call instead of AWS, such as an emulator.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    @wraps(command)
    def run(
        *args: Any,
        region: str | None,
        profile: str | None,
        endpoint_url: str | None,
        **kwargs: Any,
    ) -> Any:
        where = Where(region=region, profile=profile, endpoint_url=endpoint_url)
        return command(*args, where=where, **kwargs)

    return run  # type: ignore[return-value] # of which the wrapper makes the same command


def timeout_option(command: _Command) -> _Command:
    """Add `--timeout` as `timeout_seconds`."""
    return click.option(
        "--timeout",
        "timeout_seconds",
        type=click.IntRange(min=1),
        default=DEFAULT_WAIT_SECONDS,
        show_default=True,
        help="How many seconds to wait at most.",
    )(command)


def waiting_options(command: _Command) -> _Command:
    """Add `--wait/--no-wait` and `--timeout` as `waiting`."""

    @click.option(
        "--wait/--no-wait",
        default=True,
        show_default=True,
        help="Wait until the platform has read the change back.",
    )
    @timeout_option
    @wraps(command)
    def run(*args: Any, wait: bool, timeout_seconds: int, **kwargs: Any) -> Any:
        waiting = Waiting(wanted=wait, timeout_seconds=timeout_seconds)
        return command(*args, waiting=waiting, **kwargs)

    return run  # type: ignore[return-value] # of which the wrapper makes the same command


def reason_option(command: _Command) -> _Command:
    """Add `--reason`, which is recorded with the order."""
    return click.option(
        "--reason", required=True, help="Why; recorded with your AWS identity and told the owner."
    )(command)


@contextmanager
def shown_errors() -> Iterator[None]:
    """Show an error of the operations as a sentence; exit with 2, with 1 if it may have worked."""
    from finops_constructs.operations.errors import (  # noqa: PLC0415 - keeps `--help` fast
        OperationsError,
        UncertainError,
    )

    try:
        yield
    except OperationsError as error:
        shown = OperatorError(str(error))
        if isinstance(error, UncertainError):
            shown.show()
            raise click.exceptions.Exit(1) from None
        raise shown from None


def usd_amount(_: click.Context, __: click.Parameter, text: str) -> Decimal:
    """Return an amount of USD such as `600` or `600.50`, as a callback of an option."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise click.BadParameter(f"{text!r} is not an amount of USD, such as 600 or 600.50")
    return amount
