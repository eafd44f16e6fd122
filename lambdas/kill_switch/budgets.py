"""What AWS Budgets says was spent, with the period it is about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.decision_types import Billed
from shared.tenant_state import BilledRecord
from shared.utc_months import month_end

SOURCE: Final = "budget"
# DescribeBudgetPerformanceHistory is authorised as budgets:ViewBudget.
PERMISSIONS: Final = ("budgets:ViewBudget",)
ASKED_AT_MOST_EVERY: Final = timedelta(hours=1)


def read_budget(budgets: Any, account: str, budget_name: str, now: datetime) -> BilledRecord:
    """Ask for a monthly budget's actual spend; whatever goes wrong becomes the record's reason."""
    try:
        history = budgets.describe_budget_performance_history(
            AccountId=account, BudgetName=budget_name
        )["BudgetPerformanceHistory"]
    except (BotoCoreError, ClientError) as error:
        return BilledRecord(billed=None, read_at=now, missing=f"AWS Budgets: {error}")
    return billed_record(history, now)


def billed_record(history: Mapping[str, Any], now: datetime) -> BilledRecord:
    """Return the latest period of a budget's history.

    A period is taken as the calendar month its beginning lies in: whether AWS states its end
    inclusively is not documented, and a mistake would carry last month's spend into this one.
    """
    if history.get("TimeUnit", "MONTHLY") != "MONTHLY":
        unit = history["TimeUnit"]
        return BilledRecord(billed=None, read_at=now, missing=f"the budget is {unit}, not MONTHLY")
    periods = [each for each in history.get("BudgetedAndActualAmountsList", ()) if _start(each)]
    if not periods:
        return BilledRecord(billed=None, read_at=now, missing="AWS Budgets has no figure yet")
    return _record_of(max(periods, key=lambda each: each["TimePeriod"]["Start"]), now)


def is_due(record: BilledRecord | None, now: datetime) -> bool:
    """Return whether AWS Budgets may be asked again."""
    return record is None or now - record.read_at >= ASKED_AT_MOST_EVERY


def most_stale(records: Mapping[str, BilledRecord | None], now: datetime) -> Sequence[str]:
    """Return the tenants to ask about, those never asked about first."""
    never = datetime.min.replace(tzinfo=UTC)
    due = {tenant: record for tenant, record in records.items() if is_due(record, now)}
    return sorted(due, key=lambda tenant: (r.read_at if (r := due[tenant]) else never, tenant))


def _record_of(period: Mapping[str, Any], now: datetime) -> BilledRecord:
    actual = period.get("ActualAmount") or {}
    if actual.get("Unit") != "USD":
        missing = f"the budget is in {actual.get('Unit')}, not USD"
        return BilledRecord(billed=None, read_at=now, missing=missing)
    try:
        amount = Decimal(actual["Amount"])
    except (InvalidOperation, KeyError, TypeError):
        amount = Decimal("NaN")
    if not amount.is_finite():
        return BilledRecord(billed=None, read_at=now, missing="AWS Budgets gave no amount")
    starts = period["TimePeriod"]["Start"].astimezone(UTC)
    billed = Billed(
        source=SOURCE, amount_usd=amount, starts=starts, ends=month_end(starts), as_of=now
    )
    return BilledRecord(billed=billed, read_at=now)


def _start(period: Mapping[str, Any]) -> datetime | None:
    start: datetime | None = period.get("TimePeriod", {}).get("Start")
    return start
