"""AWS Budgets being played: what was billed, as of its last refresh."""

from datetime import datetime, timedelta

from finops_constructs.replay.scenario import Scenario
from shared.decision_types import Billed
from shared.utc_months import month_end


class PlayedBudgets:
    """The tenant's budget, which has refreshed just before the limit was reached.

    So it takes a whole interval to tell; but then it knows everything that was spent until that
    moment, which flatters it: billing data lag behind as well.

    Attributes:
        refresh_us: When it refreshes next, and tells; None: the limit is not reached.
    """

    refresh_us: int | None

    def __init__(self, scenario: Scenario) -> None:
        reached, interval_us = scenario.stop_reached_us, scenario.delays.budgets_refresh_us
        self.refresh_us = None if reached is None else reached + interval_us
        self._scenario = scenario

    def billed(self, now: datetime) -> tuple[Billed, ...]:
        """Return the last refresh's figure; nothing before it."""
        month = self._scenario.trace.month
        if self.refresh_us is None or now < month + timedelta(microseconds=self.refresh_us):
            return ()
        return (
            Billed(
                source="budget",
                amount_usd=self._scenario.spent_usd(self.refresh_us),
                starts=month,
                ends=month_end(month),
                as_of=month + timedelta(microseconds=self.refresh_us),
            ),
        )
