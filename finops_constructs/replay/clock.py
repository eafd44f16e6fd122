"""A simulated clock: what is to happen later, in the order of its time."""

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Final

from finops_constructs.replay.trace import MICROSECONDS

Action = Callable[[int], None]
"""Something that happens; it is told the time in microseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How long everything takes, in seconds.

    Attributes:
        log: From a call to its record at the meter (reported: 5 to 30).
        metric: From the end of a minute to its metrics in CloudWatch (reported: up to 300).
        budgets_refresh: Between two refreshes of AWS Budgets (documented: 8 to 12 hours).
        meter_batch: For how long records gather before the meter is invoked; assumed.
        wake: From a message in the wake queue to the kill switch; assumed.
        act: From a decision to refused calls: tag and policy written, and IAM's propagation, whose
            time AWS does not document; assumed.
        schedule: Between two runs of the kill switch without any message; as deployed.
    """

    log: int = 30
    metric: int = 120
    budgets_refresh: int = 8 * 3600
    meter_batch: int = 5
    wake: int = 2
    act: int = 5
    schedule: int = 300

    @property
    def budgets_refresh_us(self) -> int:
        """The interval of AWS Budgets in microseconds."""
        return self.budgets_refresh * MICROSECONDS


class Clock:
    """Events that are still to come.

    Attributes:
        now_us: Microseconds since the play began.
    """

    now_us: int

    def __init__(self, start_us: int = 0) -> None:
        """Begin at a time."""
        self.now_us = start_us
        self._to_come: list[tuple[int, int, Action]] = []
        self._order: Final = count()

    def at(self, at_us: int, action: Action) -> None:
        """Let something happen at a time; of equal times the one said first is first."""
        heappush(self._to_come, (at_us, next(self._order), action))

    def after(self, seconds: int, action: Action) -> None:
        """Let something happen after so many seconds."""
        self.at(self.now_us + seconds * MICROSECONDS, action)

    def every(self, seconds: int, action: Action) -> None:
        """Let something happen again and again, at full multiples of so many seconds."""
        interval_us = seconds * MICROSECONDS

        def again(now_us: int) -> None:
            action(now_us)
            self.at(now_us + interval_us, again)

        self.at((self.now_us // interval_us + 1) * interval_us, again)

    def advance(self, until_us: int) -> None:
        """Let everything happen that is due by then, and be at that time."""
        while self._to_come and self._to_come[0][0] <= until_us:
            self.now_us, _, action = heappop(self._to_come)
            action(self.now_us)
        self.now_us = max(self.now_us, until_us)
