"""At most three decisions: by money, with an owner, none below one percent."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from finops_constructs.report.decisions import decisions
from finops_constructs.report.money import Money

MONTH = "2026-10"


def data(**tables):
    """Report data with these rows; the month cost USD 1,000."""
    for rows in tables.values():
        for row in rows:
            row.setdefault("billing_period", MONTH)
    return SimpleNamespace(
        scope=SimpleNamespace(months=(MONTH,)),
        by_month=SimpleNamespace(
            records=lambda: [{"billing_period": MONTH, "cost_usd": Decimal(1000)}]
        ),
        rows=lambda name: tables.get(name, []),
    )


def over(tenant, usd, note="will go over"):
    return {
        "tenant": tenant,
        "variance_usd": Decimal(usd),
        "note": note,
        "forecast_cost_usd": Decimal(100) + Decimal(usd),
        "budget_usd": Decimal(100),
    }


def untagged(principal, usd, **other):
    return {
        "charge_kind": "usage",
        "account_name": "ai-prod",
        "account_id": "1",
        "iam_principal": principal,
        "cost_usd": Decimal(usd),
        "remedy": "tag it",
    } | other


OWNER = [{"tenant": "writer", "owner": "ann@example.com"}]


def test_a_budget_that_will_be_passed_is_its_owners():
    (found,) = decisions(
        data(budget_variance=[over("writer", 50)], chargeback_statement=OWNER), Money()
    )
    assert found.owner == "ann@example.com"
    assert found.usd == 50
    assert "Raise writer's budget of USD 100.00" in found.what
    assert "ends at USD 150.00" in found.what


def test_the_three_with_most_money_come_first():
    rows = [over(name, usd) for name, usd in (("a", 20), ("b", 40), ("c", 30), ("d", 50))]
    found = decisions(data(budget_variance=[*rows, over("(all)", 900)]), Money())
    assert [each.usd for each in found] == [50, 40, 30]
    assert all(each.owner.startswith("nobody is recorded") for each in found)


@pytest.mark.parametrize("row", [over("a", 9), over("a", 50, "may go over"), over("a", -5)])
def test_what_is_below_one_percent_or_not_sure_is_no_decision(row):
    assert decisions(data(budget_variance=[row]), Money()) == []


def test_spend_of_nobody_names_the_worst_caller_and_leaves_tax_alone():
    rows = [
        untagged("arn:role/a", 30),
        untagged("arn:role/b", 20),
        untagged("arn:role/b", 25),
        untagged(None, 500, charge_kind="tax"),
    ]
    (found,) = decisions(data(untagged_spend=rows), Money())
    assert found.what.startswith("arn:role/b spent USD 45.00")
    assert found.owner == "owner of account ai-prod"


def test_only_the_best_move_of_a_quarter_is_proposed():
    rows = [
        {
            "tenant": "writer",
            "model": "Opus",
            "other_model": other,
            "moved_percent": percent,
            "saved_usd": Decimal(usd),
        }
        for other, percent, usd in (("Haiku", 25, 40), ("Nova", 25, 20), ("Haiku", 100, 160))
    ]
    (found,) = decisions(data(what_if=rows, chargeback_statement=OWNER), Money())
    assert found.usd == 40
    assert found.owner == "ann@example.com"
    assert "Try Haiku for 25 % of writer's Opus" in found.what


def test_caches_that_lose_and_use_that_brings_less_than_it_costs_are_asked_about():
    cache = {"tenant": "writer", "model": "Opus", "net_saved_usd": Decimal(-15)}
    value = {
        "tenant": "chat",
        "net_value_usd": Decimal(-80),
        "cost_usd": Decimal(100),
        "value_usd": Decimal(20),
        "note": "measured",
    }
    found = decisions(data(cache_efficiency=[cache], roi=[value]), Money())
    assert [each.table for each in found] == ["roi", "cache_efficiency"]
    assert "cost USD 100.00 and brought USD 20.00 (measured)" in found[0].what


def test_unknown_results_ask_nothing():
    rows = [{"tenant": "a", "net_value_usd": None}]
    caches = [{"tenant": "a", "net_saved_usd": None}]
    assert decisions(data(roi=rows, cache_efficiency=caches), Money()) == []
