"""What budgets have spent: ministack has no bill, so a test or the demo says it.

A figure belongs to a month. `DescribeBudgetPerformanceHistory` tells the months apart, and a month
of which nothing was said is not in it. `DescribeBudget` shows one figure without its month, which
for hours into a new month is still the old one.

Not modelled: forecasts, budgets of other time units than months, and what AWS filters out.
"""

import time
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ministack.core.responses import AccountScopedDict, get_account_id, request_scope
from ministack.services import budgets, sns

from local.budget_message import Breach
from local.service_calls import Response, ServiceCallError

# Budget name -> month such as "2026-11" -> USD.
_spend = AccountScopedDict()
# Budget name -> what DescribeBudget shows, USD.
_shown = AccountScopedDict()
# (budget name, month, notification) of the messages that were sent.
_sent = AccountScopedDict()

_ministack_delete = budgets._DISPATCH["DeleteBudget"]


def install() -> None:
    """Let budgets have spend and a history."""
    budgets._calculated_spend = _calculated_spend
    budgets._DISPATCH["DescribeBudgetPerformanceHistory"] = _history
    budgets._DISPATCH["DeleteBudget"] = _delete


def set_spend(budget_name: str, amount_usd: str, month: str) -> int:
    """Let AWS Budgets refresh one budget's figure, and send the notifications that are due.

    Args:
        budget_name: The budget, of the account at hand.
        amount_usd: What was spent in the month so far.
        month: The month, such as `2026-11`. DescribeBudget shows this figure from now on.

    Returns:
        How many messages went to SNS: one for each threshold and month, sent once.

    Raises:
        ServiceCallError: There is no such budget, or the amount or the month is none.
    """
    budget = budgets._budgets.get(budget_name)
    if budget is None:
        raise ServiceCallError(f"There is no budget {budget_name}.")
    try:
        amount = Decimal(amount_usd)
        _month_start(month)
    except (InvalidOperation, ValueError):
        raise ServiceCallError(f"{amount_usd!r} in {month!r} is no spend.") from None
    _spend[budget_name] = (_spend.get(budget_name) or {}) | {month: amount}
    _shown[budget_name] = amount
    budget["CalculatedSpend"] = _calculated_spend(budget)
    budget["LastUpdatedTime"] = time.time()
    return sum(_notify(budget, month, entry) for entry in budgets._notification_store[budget_name])


def _notify(budget: dict[str, Any], month: str, entry: dict[str, Any]) -> int:
    name, notification = budget["BudgetName"], entry["notification"]
    breach = Breach(
        budget=name,
        limit_usd=Decimal(budget["BudgetLimit"]["Amount"]),
        notification=notification,
        actual_usd=_shown[name],
    )
    notification["NotificationState"] = "ALARM" if breach.holds else "OK"
    key = (name, month, budgets._notification_key(notification))
    if not breach.holds or key in _sent:
        return 0
    _sent[key] = True
    topics = [s["Address"] for s in entry["subscribers"] if s["SubscriptionType"] == "SNS"]
    for topic in topics:
        with request_scope(get_account_id(), topic.split(":")[3]):
            text = breach.text(get_account_id(), datetime.now(UTC))
            sns.publish_internal(topic, text, breach.subject()[:100])
    return len(topics)


def _calculated_spend(budget: dict[str, Any]) -> dict[str, Any]:
    amount = _shown.get(budget["BudgetName"]) or Decimal(0)
    unit = (budget.get("BudgetLimit") or {}).get("Unit") or "USD"
    return {"ActualSpend": {"Amount": str(amount), "Unit": unit}}


def _history(request: dict[str, Any]) -> Response:
    budget = budgets._budgets.get(request.get("BudgetName"))
    if budget is None:
        missing: Response = budgets._err_notfound("Unable to get budget: it doesn't exist.")
        return missing
    wanted = request.get("TimePeriod") or {}
    told: dict[str, Decimal] = _spend.get(budget["BudgetName"]) or {}
    amounts = [
        {
            "BudgetedAmount": budget.get("BudgetLimit"),
            "ActualAmount": {"Amount": str(amount), "Unit": "USD"},
            "TimePeriod": {"Start": start, "End": end},
        }
        for month, amount in sorted(told.items())
        for start, end in [(_month_start(month), _month_end(month))]
        if start >= wanted.get("Start", start) and start < wanted.get("End", end)
    ]
    shared = ("BudgetName", "BudgetType", "TimeUnit", "CostFilters", "FilterExpression", "Metrics")
    described = {key: budget[key] for key in shared if key in budget}
    answer: Response = budgets._json(
        200, {"BudgetPerformanceHistory": described | {"BudgetedAndActualAmountsList": amounts}}
    )
    return answer


def _delete(request: dict[str, Any]) -> Response:
    name = request.get("BudgetName")
    for store in (_spend, _shown):
        store.pop(name, None)
    for key in [key for key in _sent if key[0] == name]:
        del _sent[key]
    answer: Response = _ministack_delete(request)
    return answer


def _month_start(month: str) -> float:
    return datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).timestamp()


def _month_end(month: str) -> float:
    year, number = (int(part) for part in month.split("-"))
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC).timestamp()
