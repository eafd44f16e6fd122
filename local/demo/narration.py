"""What the demo says while it works."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.text import Text

from local.emulator import REPOSITORY, EmulatorError

OUT = REPOSITORY / "build" / "demo"
_Found = TypeVar("_Found")


class Narrator:
    """Prints steps with their time, and what was seen.

    Args:
        console: Where to.
    """

    def __init__(self, console: Console) -> None:
        self.console = console

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Say what is being done, and when it is done how long it took."""
        started = time.monotonic()
        self.console.print(f"{title} ...", end=" ")
        yield
        self.console.print(f"{time.monotonic() - started:.1f} s")

    def chapter(self, title: str) -> None:
        """Begin another part of the story."""
        self.console.print(f"\n[bold]{title}[/bold]")

    def say(self, text: str) -> None:
        """Print one observation."""
        self.console.print(Text(f"  {text}"))


def wait_until(what: str, look: Callable[[], _Found | None], *, seconds: float = 45) -> _Found:
    """Return what `look` finds as soon as it finds something.

    Args:
        what: What is awaited, for the error.
        look: Returns None while there is nothing yet.
        seconds: How long to wait. Default: 45.

    Raises:
        EmulatorError: It did not happen in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.2)
    raise EmulatorError(f"{what}: not so after {seconds:g} s")
