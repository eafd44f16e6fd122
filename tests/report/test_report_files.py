"""The report's files: exact in JSON and CSV, whole in one page, and nothing half done."""

import csv
import json
import re
from datetime import date
from decimal import Decimal

import pytest

from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.report.files import write_report
from finops_constructs.report.gather import VIEWS
from finops_constructs.report.money import Money, Rate, choose_rate
from finops_constructs.report.page import page

POUNDS = Rate(currency="GBP", per_usd=Decimal("0.8"), source="Treasury", as_of=date(2026, 10, 31))


@pytest.fixture(scope="session")
def october(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write_report(made(month="2026-10"), folder)
    return folder


def rows(folder, name):
    with (folder / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as content:
        return list(csv.DictReader(content))


def test_csv_and_json_have_the_bill_to_the_last_digit(october, ledger):
    truth = Decimal(ledger["2026-10"]["bedrock_cost_usd"])
    told = json.loads((october / "report.json").read_text())
    assert sum(Decimal(row["cost_usd"]) for row in rows(october, "showback")) == truth
    assert Decimal(told["headline"]["cost_usd"]) == truth
    assert told["status"] == "final"
    assert told["cost_basis"] == "unblended"
    assert told["data_through"] == "2026-11-01T00:00:00"
    assert {file.stem for file in (october / "tables").iterdir()} == set(VIEWS)


def test_the_headline_says_what_the_tables_say(october, ledger):
    told = json.loads((october / "report.json").read_text())
    head, month = told["headline"], ledger["2026-10"]
    (whole,) = [row for row in rows(october, "budget_variance") if row["tenant"] == "(all)"]
    assert head["usage_usd"] == whole["cost_usd"]
    assert Decimal(head["usage_usd"]) == Decimal(month["bedrock_usage_cost_usd"])
    assert Decimal(head["last_month_usd"]) == Decimal(ledger["2026-09"]["bedrock_usage_cost_usd"])
    assert Decimal(head["untagged_usd"]) == Decimal(month["untagged_cost_usd"])
    value = sum(Decimal(row["value_usd"]) for row in rows(october, "roi") if row["value_usd"])
    assert Decimal(head["value_usd"]) == value
    assert head["value_per_usd"] == pytest.approx(float(value / Decimal(head["valued_cost_usd"])))


def test_the_page_holds_everything_and_asks_for_nothing(october):
    text = (october / "report.html").read_text(encoding="utf-8")
    library = re.search(r"<script>\s*/\*\*\s*\* plotly\.js.*?</script>", text, re.DOTALL)
    assert library
    own = text.replace(library.group(), "")
    assert "://" not in own
    assert "content=\"default-src 'none'" in own
    assert own.count("<details id=") == len(VIEWS)
    assert set(re.findall(r'href="#(\w+)"', own)) <= set(VIEWS)
    assert set(re.findall(r'href="(tables/[^"]+)"', own)) == {
        f"tables/{file.name}"
        for file in (october / "tables").iterdir()
        if len(rows(october, file.stem))
    }


def test_a_second_report_replaces_the_first_and_leaves_other_files_alone(made, tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "old.csv").write_text("x")
    (tmp_path / "notes.txt").write_text("mine")
    write_report(made(month="2026-09"), tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {
        *("notes.txt", "report.html", "report.json", "tables")
    }
    assert not (tmp_path / "tables" / "old.csv").exists()


def test_fails_when_the_folder_cannot_be_written(made, tmp_path):
    taken = tmp_path / "file"
    taken.write_text("x")
    with pytest.raises(CostDataError, match="cannot write the report"):
        write_report(made(month="2026-09"), taken / "report")
    assert taken.read_text() == "x"


def test_a_part_of_the_bill_is_that_part_everywhere(made, ledger):
    report = made(month="2026-10", filters={"tenant": ["writer"]})
    writer = sum(Decimal(usd) for usd in ledger["2026-10"]["by_tenant"]["writer"].values())
    assert report.headline.cost_usd == writer
    assert {row["tenant"] for row in report.data.rows("budget_variance")} == {"writer", "(all)"}
    assert set(report.data.left_out) == {"llm_tax", "invoice_tie"}
    assert "A part of the bill: tenant is writer." in page(report)


def test_a_part_below_tenants_leaves_out_what_is_recorded_for_whole_tenants(made):
    report = made(month="2026-10", filters={"project": ["Alpha"]})
    assert "outcomes are recorded for whole tenants" in report.data.left_out["roi"]
    assert report.headline.value_usd is None
    assert report.headline.budget_usd is None
    assert report.headline.forecast_usd is not None


def test_nobodys_part_can_be_asked_for(made, ledger):
    report = made(month="2026-10", filters={"tenant": ["(none)"]})
    assert report.headline.cost_usd == Decimal(ledger["2026-10"]["untagged_cost_usd"])


def test_a_range_adds_up_its_months(made, ledger):
    report = made(first="2026-09", last="2026-10")
    truth = sum(Decimal(ledger[month]["bedrock_cost_usd"]) for month in ("2026-09", "2026-10"))
    assert report.headline.cost_usd == truth
    assert report.data.scope.title == "2026-09 to 2026-10"


def test_charts_are_split_by_what_was_asked_for(made):
    report = made(month="2026-10", group_by="model")
    names = {trace["name"] for trace in report.charts[0].figure["data"]}
    assert "Claude Opus 5.5" in names
    assert report.charts[0].title == "Cost by model and month"


@pytest.mark.parametrize(("group", "nobody"), [("tenant", "(untagged)"), ("region", "(none)")])
def test_charts_call_nobody_what_the_tables_call_it(made, group, nobody):
    report = made(month="2026-10", group_by=group)
    for chart in report.charts[:2]:
        names = {trace["name"] for trace in chart.figure["data"]}
        assert names & {"(untagged)", "(none)"} <= {nobody}
    if group == "tenant":
        assert nobody in {trace["name"] for trace in report.charts[0].figure["data"]}


def test_pounds_stand_with_their_rate_source_and_date_and_dollars_beside(made):
    report = made(money=Money(POUNDS), month="2026-10")
    usd = report.headline.cost_usd
    text = page(report)
    assert "USD 1 = GBP 0.8 (Treasury, 2026-10-31)" in text
    shown = f"GBP {(usd * Decimal('0.8')).quantize(Decimal('0.01')):,}"
    assert f"<strong>{shown}</strong>" in text
    assert f"USD {usd.quantize(Decimal('0.01')):,}. All charges" in text
    dearest = max(row["cost_usd"] for row in report.data.rows("showback"))
    assert f"<small>USD {dearest:,.2f}</small>" in text


def test_the_newest_rate_up_to_the_last_day_is_used():
    newer = Rate(currency="GBP", per_usd=Decimal(1), source="x", as_of=date(2026, 12, 1))
    chosen = choose_rate([newer, POUNDS], "GBP", on=date(2026, 11, 30), where="f: k")
    assert chosen.rate == POUNDS
    assert choose_rate([], "USD", on=date(2026, 1, 1), where="").rate is None
    with pytest.raises(
        CostDataError, match="f: k: no rate for EUR up to 2026-11-30; there are: GBP"
    ):
        choose_rate([POUNDS], "EUR", on=date(2026, 11, 30), where="f: k")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"month": "2026-1"}, "a month is written YYYY-MM"),
        ({"month": "2024-01"}, "there is no data for 2024-01"),
        ({"month": "2026-10", "first": "2026-09"}, "give --month, or --from and --to"),
        ({"first": "2026-11", "last": "2026-09"}, "--from 2026-11 is after --to 2026-09"),
        ({"group_by": "team"}, "'team' is no dimension; there are tenant"),
        ({"filters": {"team": ["x"]}}, "'team' is no dimension"),
    ],
)
def test_fails_when_the_part_asked_for_is_not_one(made, asked, said):
    with pytest.raises(CostDataError, match=re.escape(said)):
        made(**asked)
