"""Parts of the story that happen at the same time, and are told whole, one after the other."""

import io
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from rich.console import Console

from local.demo.narration import Narrator

Part = Callable[[Narrator], Any]


def tell(narrator: Narrator, *strands: Mapping[str, Part], order: Sequence[str]) -> dict[str, Any]:
    """Play strands at the same time, and each strand's parts one after the other.

    Args:
        narrator: Is told of each part once the part is over, in the order given.
        strands: By name, what to play; each is given a narrator of its own.
        order: The names of all parts, as they are to be told.

    Returns:
        What each part returned, by its name.

    Raises:
        Exception: What a part raised; it has been told how far the part came.
    """
    futures: dict[str, Future[Any]] = {name: Future() for name in order}
    told = {name: io.StringIO() for name in order}
    for strand in strands:
        # A thread that nobody waits for when the demo is interrupted.
        arguments = (strand, futures, {name: _apart(narrator, told[name]) for name in strand})
        threading.Thread(target=_play, args=arguments, daemon=True).start()
    answers = {}
    for name in order:
        try:
            answers[name] = futures[name].result()
        finally:
            narrator.console.file.write(told[name].getvalue())
            narrator.console.file.flush()
    return answers


def _play(
    strand: Mapping[str, Part],
    futures: Mapping[str, Future[Any]],
    narrators: Mapping[str, Narrator],
) -> None:
    failed: BaseException | None = None
    for name, part in strand.items():
        if failed:
            futures[name].set_exception(failed)
            continue
        try:
            futures[name].set_result(part(narrators[name]))
        except BaseException as error:  # noqa: BLE001 - whoever waits raises it
            failed = error
            futures[name].set_exception(error)


def _apart(narrator: Narrator, file: io.StringIO) -> Narrator:
    like = narrator.console
    return Narrator(
        Console(
            file=file,
            width=like.width,
            force_terminal=like.is_terminal,
            no_color=like.no_color,
            color_system="standard" if like.is_terminal else None,
        )
    )
