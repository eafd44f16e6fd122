"""Waits until an order has been read back, or it is known that it will not be."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Self

from finops_constructs.operations.client import Answer, Operator
from finops_constructs.operations.errors import (
    AnswerError,
    OperationsError,
    UnreachableError,
)
from finops_constructs.operations.progress import Progress, progress
from finops_constructs.operations.status import TenantStatus

_FIRST_PAUSE_SECONDS: Final = 0.5
_LONGEST_PAUSE_SECONDS: Final = 4.0


@dataclass(frozen=True, slots=True)
class Clock:
    """Time to wait by; replaced in tests."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def pauses(self, timeout_seconds: float) -> Iterator[float]:
        """Yield the seconds since the start, at once and then less and less often, to the end."""
        started, pause = self.now(), _FIRST_PAUSE_SECONDS
        yield 0.0
        while (elapsed := self.now() - started) < timeout_seconds:
            self.sleep(min(pause, timeout_seconds - elapsed))
            pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
            yield self.now() - started


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stage an order has come to, and how many seconds after it was accepted that was seen."""

    stage: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an order.

    Attributes:
        last: How far it had come when the waiting ended.
        steps: The stages seen.
        status: The last status seen.
        fault: Why the status could not be read at the end; empty if it could.
    """

    last: Progress
    steps: tuple[Step, ...]
    status: TenantStatus
    fault: str

    @classmethod
    def unwaited(cls, order: Answer) -> Self:
        """Return the outcome of an order nobody waited for."""
        last = Progress(stage="accepted")
        return cls(last=last, steps=_FIRST, status=order.status, fault="")


_FIRST: Final = (Step(stage="accepted", seconds=0.0),)


def wait_for(
    operator: Operator,
    order: Answer,
    *,
    timeout_seconds: float,
    on_step: Callable[[Step], None] = lambda _: None,
    clock: Clock | None = None,
) -> Outcome:
    """Ask for the status until the order is reached, cannot be, or the time is up.

    A status that cannot be read now is asked for again; an order stands whether one watches or not.

    Args:
        operator: Whom to ask.
        order: The order that was accepted.
        timeout_seconds: How long to wait at most.
        on_step: Called at each new stage.
        clock: Time. Default: the machine's.
    """
    steps, last, status, fault = list(_FIRST), Progress(stage="accepted"), order.status, ""
    for seconds in (clock or Clock()).pauses(timeout_seconds):
        try:
            status, fault = operator.status(order.tenant), ""
        except OperationsError as error:
            fault = str(error)
            if isinstance(error, AnswerError | UnreachableError):
                continue
            break
        last = progress(order, status)
        if last.stage != steps[-1].stage:
            steps.append(Step(stage=last.stage, seconds=round(seconds, 1)))
            on_step(steps[-1])
        if last.done:
            break
    return Outcome(last=last, steps=tuple(steps), status=status, fault=fault)
