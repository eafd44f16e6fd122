"""Shows on a terminal that something is awaited."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import click


@contextmanager
def waiting_sign(text: str) -> Iterator[Callable[[str], None]]:
    """Show that something is awaited; yields what prints a line meanwhile.

    Args:
        text: What is awaited; not shown unless standard output is a terminal.
    """
    if not sys.stdout.isatty():
        yield click.echo
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import, and for terminals alone

    console = Console(markup=False, emoji=False, highlight=False)
    with console.status(text):
        yield partial(console.print, soft_wrap=True)
