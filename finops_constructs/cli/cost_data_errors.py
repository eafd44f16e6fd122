"""Turns what is wrong with a user's cost data into a message and exit code 2."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from finops_constructs.cost_data.errors import CostDataError

if TYPE_CHECKING:
    from collections.abc import Iterator


class CostDataProblem(click.ClickException):
    """Cost data that cannot be read or asked."""

    exit_code = 2


@contextmanager
def shown_cost_data_errors() -> Iterator[None]:
    """Show a `CostDataError` as one line, without a traceback."""
    try:
        yield
    except CostDataError as fault:
        raise CostDataProblem(str(fault)) from None
