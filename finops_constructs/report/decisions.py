"""At most three decisions, each with an owner, by the money at stake."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.report.headline import ALL, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from finops_constructs.report.gather import ReportData
    from finops_constructs.report.money import Money

MOST: Final = 3
_NOBODY: Final = "nobody is recorded: finops dimensions import"
_NO_CALLER: Final = "Somebody AWS does not name"
_LEAST_USD: Final = Decimal(1)
_LEAST_SHARE: Final = Decimal("0.01")
_MOVED_PERCENT: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something a person should decide.

    Attributes:
        what: The question, in one sentence.
        owner: Who decides.
        usd: What is at stake in the last month.
        table: The view that shows it.
    """

    what: str
    owner: str
    usd: Decimal
    table: str


def decisions(data: ReportData, money: Money) -> list[Decision]:
    """Return what to decide, most money first; nothing below 1 % of the cost.

    Args:
        data: The report's data; of a range, its last month counts.
        money: How amounts are shown.
    """
    last = data.scope.months[-1]
    owners = {
        row["tenant"]: row["owner"]
        for row in data.rows("chargeback_statement")
        if row["billing_period"] == last and row["owner"]
    }
    rows = {
        name: [row for row in data.rows(name) if row["billing_period"] == last]
        for name in ("budget_variance", "untagged_spend", "what_if", "cache_efficiency", "roi")
    }
    cost = total(row for row in data.by_month.records() if row["billing_period"] == last)
    least = max(_LEAST_USD, cost * _LEAST_SHARE)
    found = [
        *_budgets(rows["budget_variance"], owners, money),
        *_untagged(rows["untagged_spend"], money),
        *_moves(rows["what_if"], owners, money),
        *_caches(rows["cache_efficiency"], owners, money),
        *_returns(rows["roi"], owners, money),
    ]
    worth = [each for each in found if each.usd >= least]
    return sorted(worth, key=lambda each: (-each.usd, each.what))[:MOST]


def _owner(owners: Mapping[str, str], tenant: str) -> str:
    return owners.get(tenant) or _NOBODY


def _budgets(
    rows: Iterable[Mapping[str, Any]], owners: Mapping[str, str], money: Money
) -> Iterator[Decision]:
    for row in rows:
        tenant, over = row["tenant"], row["variance_usd"]
        if tenant == ALL or row["note"] not in {"over", "will go over"} or over <= 0:
            continue
        end = money.both(row["forecast_cost_usd"])
        budget = money.both(row["budget_usd"])
        yield Decision(
            what=f"Raise {tenant}'s budget of {budget} or cut its use: the month ends at {end}.",
            owner=_owner(owners, tenant),
            usd=over,
            table="budget_variance",
        )


def _untagged(rows: Iterable[Mapping[str, Any]], money: Money) -> Iterator[Decision]:
    """Name the account and principal with the most spend that belongs to nobody."""
    by_caller: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    remedies: dict[tuple[str, str], tuple[Decimal, str]] = {}
    for row in rows:
        if row["charge_kind"] != "usage":
            continue
        caller = (row["account_name"] or row["account_id"], row["iam_principal"] or _NO_CALLER)
        by_caller[caller] += row["cost_usd"]
        largest = remedies.get(caller, (Decimal(0), ""))
        remedies[caller] = max(largest, (row["cost_usd"], row["remedy"]))
    if not by_caller:
        return
    account, principal = max(by_caller, key=lambda each: (by_caller[each], each))
    usd = by_caller[account, principal]
    remedy = remedies[account, principal][1]
    yield Decision(
        what=f"{principal} spent {money.both(usd)} that is nobody's: {remedy}.",
        owner=f"owner of account {account}",
        usd=usd,
        table="untagged_spend",
    )


def _moves(
    rows: Iterable[Mapping[str, Any]], owners: Mapping[str, str], money: Money
) -> Iterator[Decision]:
    moves = [row for row in rows if row["moved_percent"] == _MOVED_PERCENT]
    for row in sorted(moves, key=lambda each: each["saved_usd"], reverse=True)[:1]:
        saved = money.both(row["saved_usd"])
        yield Decision(
            what=f"Try {row['other_model']} for {_MOVED_PERCENT} % of {row['tenant']}'s"
            f" {row['model']}: {saved} less at list price, if its answers are good enough.",
            owner=_owner(owners, row["tenant"]),
            usd=row["saved_usd"],
            table="what_if",
        )


def _caches(
    rows: Iterable[Mapping[str, Any]], owners: Mapping[str, str], money: Money
) -> Iterator[Decision]:
    for row in rows:
        net = row["net_saved_usd"]
        if net is not None and net < 0:
            yield Decision(
                what=f"Stop caching prompts of {row['tenant']} for {row['model']}, or cache what is"
                f" read again: it costs {money.both(-net)} more than it saves.",
                owner=_owner(owners, row["tenant"]),
                usd=-net,
                table="cache_efficiency",
            )


def _returns(
    rows: Iterable[Mapping[str, Any]], owners: Mapping[str, str], money: Money
) -> Iterator[Decision]:
    for row in rows:
        net = row["net_value_usd"]
        if net is not None and net < 0:
            cost, value = money.both(row["cost_usd"]), money.both(row["value_usd"])
            yield Decision(
                what=f"Does {row['tenant']} go on? It cost {cost} and brought {value}"
                f" ({row['note']}).",
                owner=_owner(owners, row["tenant"]),
                usd=-net,
                table="roi",
            )
