"""The SQL files: what their headers promise, and that Athena would read them the same."""

import pytest

from finops_constructs.cost_data.sql_subset import check_view
from finops_constructs.cost_data.view_file import read_view
from finops_constructs.cost_data.views import all_views, view_sql

WANTED = {
    *("bedrock_costs", "showback", "chargeback_statement", "untagged_spend", "unprofiled_spend"),
    *("broad_tag_spend", "unit_cost", "roi", "unit_cost_vs_velocity", "llm_tax", "what_if"),
    *("cache_efficiency", "model_mix", "forecast", "budget_variance", "cost_bridge"),
    *("invoice_tie", "estimate_vs_bill"),
}
views = pytest.mark.parametrize("view", all_views().values(), ids=lambda view: view.name)


def test_the_views_of_the_design_are_all_there():
    assert all_views().keys() >= WANTED


@views
def test_a_view_is_in_the_subset_that_athena_and_duckdb_read_alike(view):
    assert [str(finding) for finding in check_view(view)] == []


@views
def test_the_header_lists_the_columns_and_types_that_the_view_returns(engine, view):
    returned = engine.view(view.name, months=["2026-11"]).columns
    assert [(c.name, c.type) for c in returned] == [(c.name, c.type) for c in view.columns]


@views
def test_every_answer_says_its_status_how_far_data_goes_and_its_cost_basis(ask, view):
    if view.name in {"as_of", "bedrock_daily", "bill_daily"}:
        return
    for month, status in (("2026-11", "open"), ("2026-09", "final")):
        for row in ask(view.name, month):
            assert row["status"] == status
            assert row["data_through"].strftime("%Y-%m") in {month, "2026-10"}
            assert row["cost_basis"]


@views
def test_money_is_a_decimal_and_costs_are_called_cost_usd(view):
    for column in view.columns:
        if column.name.endswith("_usd") and not column.name.endswith("_per_usd"):
            assert column.type.startswith("decimal("), column.name
            assert "USD" in column.meaning, column.name


def test_a_view_stands_behind_all_that_it_reads():
    seen: set[str] = set()
    for view in all_views().values():
        assert view.references & all_views().keys() - {view.name} <= seen
        seen.add(view.name)


def test_the_fourth_tag_is_the_organisations_own():
    sql = view_sql(all_views()["bedrock_daily"], extra_tag_key="Finance:costUnit")
    assert "element_at(resource_tags, 'user_finance_cost_unit')" in sql
    assert "element_at(resource_tags, 'user:Finance:costUnit')" in sql
    assert "cost-centre'" not in sql


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("-- question: q\n\nSELECT 1", "lacks grain, source, history"),
        ("-- nonsense\n\nSELECT 1", "cannot read the header's line '-- nonsense'"),
        (
            "-- question: q\n-- grain: g\n-- source: s\n-- history: no\n-- columns:\n--   A: int",
            "cannot read the column line '--   A: int'",
        ),
    ],
)
def test_fails_when_a_header_is_incomplete(tmp_path, text, problem):
    file = tmp_path / "view.sql"
    file.write_text(text)
    with pytest.raises(ValueError, match=problem.replace("(", r"\(")):
        read_view(file)
