"""Reading on other threads while this one computes."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

T = TypeVar("T")


def read_ahead(reads: Sequence[Callable[[], T]], *, threads: int) -> Iterator[T]:
    """Yield what reads return, in any order.

    Other threads only read, which is one long call without Python's lock: two threads that both
    take and give it in short calls wait for each other on a busy machine. This thread reads too
    when nothing is ready.

    Args:
        reads: What to do; at most `threads` results wait at a time.
        threads: How many to use, this one included.

    Raises:
        Exception: What a read raises.
    """
    if threads < 2 or len(reads) < 2:
        yield from (read() for read in reads)
        return
    todo = deque(reads)
    ahead: list[Future[T]] = []
    with ThreadPoolExecutor(threads - 1) as pool:
        while todo or ahead:
            while todo and len(ahead) < threads:
                ahead.append(pool.submit(todo.popleft()))
            ready = next((future for future in ahead if future.done()), None)
            if ready is None and todo:
                yield todo.popleft()()
                continue
            ready = ready or ahead[0]
            ahead.remove(ready)
            yield ready.result()
