"""AWS Budgets being played: what was billed, as of its last refresh."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from shared.decision_types import Billed
from shared.utc_months import month_end


class PlayedBudgets:
    """The tenant's budget; each refresh knows all that was spent until then.

    That flatters AWS Budgets: billing data lag behind as well.
    """

    def __init__(self, month: datetime, spent: Callable[[], Decimal]) -> None:
        self._month, self._spent = month, spent
        self._billed: tuple[Billed, ...] = ()

    def refresh(self, now_us: int) -> None:
        """Take over what has been spent by now."""
        self._billed = (
            Billed(
                source="budget",
                amount_usd=self._spent(),
                starts=self._month,
                ends=month_end(self._month),
                as_of=self._month + timedelta(microseconds=now_us),
            ),
        )

    def billed(self, _: datetime) -> tuple[Billed, ...]:
        """Return the last refresh's figure; nothing before the first."""
        return self._billed
