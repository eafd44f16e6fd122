"""Cost allocation tags: the payer account must activate them, or the bill knows no tenant."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from finops_constructs.doctor.case import Case
from finops_constructs.doctor.finding import PLATFORM, Finding
from finops_constructs.operations.aws import Aws, translated
from finops_constructs.operations.errors import OperationsError

ITEM: Final = "cost-tags"
_PAYER: Final = "payer account (FinOps)"
SETTLED_AFTER: Final = timedelta(hours=48)
"""AWS shows an activated tag on the bill within a day, and the bill itself is a day late."""
_BILLING_REGION: Final = "us-east-1"


def examine(case: Case) -> Iterator[Finding]:
    """Yield the keys that are not active; budgets and drift see nothing of them."""
    policies = [entries.policy for entries in case.tenants.values() if entries.policy]
    keys = sorted({key for policy in policies for key in policy.get("cost_tags") or ()})
    if not keys:
        return
    try:
        tags = _read(case.payer or case.aws, keys)
    except OperationsError as error:
        if not _is_billed(case):
            yield _not_known(error)
        return
    unknown = [key for key in keys if key not in tags]
    inactive = [key for key in keys if key in tags and tags[key]["Status"] != "Active"]
    if unknown:
        problem = (
            f"cost tags not known to billing yet: {', '.join(unknown)}; AWS lists a key within 24 "
            "hours of the first tagged resource, then it must be activated"
        )
        yield _finding(problem, _activate(unknown), blind=True)
    if inactive:
        problem = f"cost tags not active: {', '.join(inactive)}; no budget sees the spend"
        yield _finding(problem, _activate(inactive), blind=True)
    yield from _fresh(tags, case.now)


def _fresh(tags: Mapping[str, Mapping[str, Any]], now: datetime) -> Iterator[Finding]:
    active = [since for tag in tags.values() if (since := _active_since(tag))]
    last = max(active, default=None)
    if last is not None and now - last < SETTLED_AFTER:
        until = last + SETTLED_AFTER
        problem = (
            f"the cost tags are active since {last:%Y-%m-%d %H:%M} UTC: "
            f"what is billed is not complete before {until:%Y-%m-%d %H:%M} UTC"
        )
        yield _finding(problem, "wait; or backfill: aws ce start-cost-allocation-tag-backfill")


def _activate(keys: list[str]) -> str:
    changes = " ".join(f"TagKey={key},Status=Active" for key in keys)
    return f"aws ce update-cost-allocation-tags-status --cost-allocation-tags-status {changes}"


def _read(aws: Aws, keys: list[str]) -> dict[str, Mapping[str, Any]]:
    ce = aws.client("ce", _BILLING_REGION)
    with translated("reading the cost allocation tags (ce:ListCostAllocationTags)"):
        found = ce.list_cost_allocation_tags(TagKeys=keys, Type="UserDefined", MaxResults=1000)
    return {tag["TagKey"]: tag for tag in found["CostAllocationTags"]}


def _is_billed(case: Case) -> bool:
    """Whether a tenant's budget has a figure: AWS filters it by the tags, so they are active."""
    names = {t.policy.get("budget_name") for t in case.tenants.values() if t.policy}
    budgets = case.aws.client("budgets", _BILLING_REGION)
    with translated("reading the budgets (budgets:ViewBudget)"):
        pages = budgets.get_paginator("describe_budgets").paginate(AccountId=case.account)
        return any(
            Decimal(budget["CalculatedSpend"]["ActualSpend"]["Amount"]) > 0
            for page in pages
            for budget in page["Budgets"]
            if budget["BudgetName"] in names and "CalculatedSpend" in budget
        )


def _not_known(error: OperationsError) -> Finding:
    return Finding(
        item=ITEM,
        about=PLATFORM,
        problem=f"whether the cost tags are active is not known, no budget has a figure: {error}",
        command="finops doctor --payer-profile <profile of the payer account>",
        owner=_PAYER,
        blind=True,
        known=False,
    )


def _active_since(tag: Mapping[str, Any]) -> datetime | None:
    if tag["Status"] != "Active":
        return None
    try:
        return datetime.fromisoformat(tag["LastUpdatedDate"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def _finding(problem: str, command: str, *, blind: bool = False) -> Finding:
    return Finding(
        item=ITEM, about=PLATFORM, problem=problem, command=command, owner=_PAYER, blind=blind
    )
