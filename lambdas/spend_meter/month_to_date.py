"""What tenants have spent so far, read seldom enough to cost nothing worth counting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from shared.ledger import month_of, month_spend, read_month, read_today
from spend_meter.totals import LedgerUpdate
from spend_meter.wake import Spend

TODAY_KEPT_SECONDS: Final = 20.0
EARLIER_KEPT_SECONDS: Final = 600.0
"""The earlier days of the month change little; reading them is what costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    day: date
    earlier: Decimal
    earlier_at: float
    today: Decimal
    today_at: float

    @property
    def spend(self) -> Spend:
        return Spend(month=self.earlier + self.today, today=self.today)


class MonthToDate:
    """Spend of the month by tenant.

    Args:
        dynamodb: A boto3 DynamoDB client.
        table: The ledger's name.
        clock: Seconds that never go back.
    """

    def __init__(self, dynamodb: Any, table: str, *, clock: Callable[[], float]) -> None:
        self._dynamodb, self._table, self._clock = dynamodb, table, clock
        self._seen: dict[str, _Seen] = {}

    def after(
        self, tenant: str, updates: Sequence[LedgerUpdate], now: datetime
    ) -> tuple[Spend | None, Spend]:
        """Return a tenant's spend by the last look, and now that `updates` were written.

        Args:
            tenant: The tenant.
            updates: What this function has just written, of whatever tenants.
            now: The moment.

        Returns:
            The former spend, None if there was no look in this month; and the spend now.
        """
        seen, now = self._seen.get(tenant), now.astimezone(UTC)
        before = seen.spend if seen and month_of(seen.day) == month_of(now) else None
        self._seen[tenant] = self._look(tenant, seen, updates, now)
        return before, self._seen[tenant].spend

    def _look(
        self, tenant: str, seen: _Seen | None, updates: Sequence[LedgerUpdate], now: datetime
    ) -> _Seen:
        moment, today = self._clock(), now.date()
        if seen is None or seen.day != today or moment - seen.earlier_at >= EARLIER_KEPT_SECONDS:
            month = read_month(self._dynamodb, self._table, tenant, now)
            return _Seen(
                day=today,
                earlier=month.total_usd - month.today_usd,
                earlier_at=moment,
                today=month.today_usd,
                today_at=moment,
            )
        if moment - seen.today_at >= TODAY_KEPT_SECONDS:
            spent = read_today(self._dynamodb, self._table, tenant, now)
            return replace(seen, today=spent, today_at=moment)
        own = [{"sk": update.sk, **update.added} for update in updates if update.pk == tenant]
        added = month_spend(own, now=now)
        return replace(
            seen,
            earlier=seen.earlier + added.total_usd - added.today_usd,
            today=seen.today + added.today_usd,
        )
