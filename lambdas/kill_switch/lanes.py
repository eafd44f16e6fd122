"""Makes many calls at the pace AWS allows: one lane each for tags, roles, and reading them.

Lanes run side by side, since Bedrock and IAM throttle apart. A lane that is throttled nevertheless
slows down, and gathers speed again. Nothing begins that could not end before the deadline; what is
left over is for the next run.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Protocol

from kill_switch.calls import LANE_OF, Call, Lane, Result
from kill_switch.clock import Clock

PER_SECOND: Final[Mapping[Lane, float]] = {
    "tag": 10,
    "read-tag": 10,
    "role": 5,
    "read-roles": 5,
}
"""Calls a second. Bedrock and IAM publish no limits for these; the emulators hold us to as much."""
_MOST_AT_ONCE: Final = 8
_SLOWEST: Final = 8.0
"""How many times slower than its usual pace a throttled lane becomes at most."""
_TRIES_A_RUN: Final = 4


class Work(Protocol):
    """What is to be done for one tenant."""

    def first_calls(self) -> list[Call]:
        """Return the calls to begin with."""

    def after(self, call: Call, result: Result) -> list[Call]:
        """Take a call's result, and return the calls that follow from it."""

    def left_undone(self) -> None:
        """Note that time is up before all calls were made."""


@dataclass(slots=True)
class Lanes:
    """Runs the work of many tenants.

    Attributes:
        make: Makes one call.
        executor: Where calls are made.
        clock: Time.
        deadline: In the clock's seconds: no call begins later.
    """

    make: Callable[[Call], Result]
    executor: Executor
    clock: Clock
    deadline: float
    _queues: dict[Lane, list[tuple[int, int, Call]]] = field(default_factory=dict)
    _free_at: dict[Lane, float] = field(default_factory=dict)
    _running: dict["Future[Result]", tuple[int, Call]] = field(default_factory=dict)
    _slower: dict[Lane, float] = field(default_factory=dict)
    _throttled: Counter[Call] = field(default_factory=Counter)
    _numbers: "count[int]" = field(default_factory=count)

    def run(self, works: Mapping[str, Work]) -> None:
        """Make the first calls of every tenant and all that follow from them."""
        for work in works.values():
            self._enqueue(work.first_calls())
        while self._running or any(self._queues.values()):
            self._harvest(works)
            if not self._advance():
                break
        while self._running:
            wait(self._running, return_when=FIRST_COMPLETED)
            self._harvest(works)
        for tenant in {call.tenant for queue in self._queues.values() for _, _, call in queue}:
            works[tenant].left_undone()

    def _enqueue(self, calls: Iterable[Call]) -> None:
        for call in calls:
            self._push(next(self._numbers), call)

    def _push(self, number: int, call: Call) -> None:
        queue = self._queues.setdefault(LANE_OF[call.kind], [])
        heapq.heappush(queue, (call.priority, number, call))

    def _harvest(self, works: Mapping[str, Work]) -> None:
        for future in [each for each in self._running if each.done()]:
            (number, call), result = self._running.pop(future), future.result()
            if self._must_be_tried_again(call, result):
                self._push(number, call)  # in its old place, so that no tenant is left half done
            else:
                self._enqueue(works[call.tenant].after(call, result))

    def _must_be_tried_again(self, call: Call, result: Result) -> bool:
        """Whether a call was throttled and may be repeated; its lane slows down then."""
        lane, slower = LANE_OF[call.kind], self._slower.get(LANE_OF[call.kind], 1.0)
        if result.failure is None or result.failure[0] != "throttled":
            self._slower[lane] = max(1.0, slower * 0.98)
            return False
        self._slower[lane] = min(_SLOWEST, slower * 1.5)
        self._throttled[call] += 1
        return self._throttled[call] < _TRIES_A_RUN

    def _advance(self) -> bool:
        """Begin the next call, or wait for what has to come first; False: time is up."""
        waiting = [lane for lane, queue in self._queues.items() if queue]
        if not waiting or len(self._running) >= _MOST_AT_ONCE:
            wait(self._running, return_when=FIRST_COMPLETED)
            return True
        now = self.clock.seconds()
        lane = min(waiting, key=lambda each: self._free_at.get(each, now))
        begins = max(now, self._free_at.get(lane, now))
        if begins >= self.deadline:
            return False
        if begins > now:
            self._pause(begins - now)
            return True
        self._free_at[lane] = begins + self._slower.get(lane, 1.0) / PER_SECOND[lane]
        _, number, call = heapq.heappop(self._queues[lane])
        self._running[self.executor.submit(self.make, call)] = number, call
        return True

    def _pause(self, seconds: float) -> None:
        if self._running:
            wait(self._running, timeout=seconds, return_when=FIRST_COMPLETED)
        else:
            self.clock.sleep(seconds)
