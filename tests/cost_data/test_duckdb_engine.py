"""Reading a folder: no more than the question needs, once, and never what has changed since."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from finops_constructs.cost_data.duckdb_engine import DuckDbEngine
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.sample.writer import plan_months, write_sample
from tests.cost_data.conftest import AS_OF, total


@pytest.fixture(scope="module")
def months():
    return plan_months(last=AS_OF, months=3, rows=300)


@pytest.fixture(scope="module")
def written(tmp_path_factory, months):
    folder = tmp_path_factory.mktemp("engine")
    write_sample(folder, months)
    return folder


@pytest.fixture
def folder(written, tmp_path):
    return shutil.copytree(written, tmp_path / "export")


def opened(folder, **more):
    return DuckDbEngine(folder, as_of=AS_OF, threads=1, **more)


def kept(folder):
    return sorted(file.name[:7] for file in (folder / ".finops-cache").glob("*bedrock_daily*"))


def test_a_single_month_view_reads_its_month_only(folder):
    opened(folder).view("showback", months=["2026-10"])
    assert kept(folder) == ["2026-10"]


def test_a_view_with_history_reads_earlier_months_and_no_later_one(folder):
    opened(folder).view("forecast", months=["2026-10"])
    assert kept(folder) == ["2026-09", "2026-10"]


def test_a_spoilt_month_does_not_disturb_questions_about_others(folder):
    next((folder / "data/BILLING_PERIOD=2026-09").glob("*")).write_bytes(b"nonsense")
    assert opened(folder).view("showback", months=["2026-10"]).rows


def test_the_second_run_builds_nothing(folder):
    said: list[str] = []
    opened(folder, progress=said.append).view("showback")
    assert len(said) == 3
    opened(folder, progress=said.append).view("showback")
    assert len(said) == 3


def test_a_restated_month_is_read_again_and_its_old_aggregate_removed(folder, months):
    write_sample(folder, months, restatement=False)
    before = total(opened(folder).view("showback", months=["2026-10"]).records())
    write_sample(folder, months, restatement=True)
    after = opened(folder).view("showback", months=["2026-10"])
    assert total(after.records()) - before == Decimal("11.00")  # 5M late tokens at 2.20
    assert kept(folder) == ["2026-10"]


def test_a_file_with_another_time_is_another_file(folder):
    said: list[str] = []
    opened(folder, progress=said.append).view("showback", months=["2026-10"])
    file = next((folder / "data/BILLING_PERIOD=2026-10").glob("*"))
    os.utime(file, ns=(1, 1))
    opened(folder, progress=said.append).view("showback", months=["2026-10"])
    assert len(said) == 2


def test_another_fourth_tag_does_not_meet_the_old_aggregate(folder):
    first = opened(folder).view("showback", months=["2026-10"])
    other = opened(folder, extra_tag_key="bedrock:project").view("showback", months=["2026-10"])
    assert {row["cost_centre"] for row in first.records()} >= {"CC-1042"}
    assert {row["cost_centre"] for row in other.records()} >= {"Alpha"}


def test_a_read_only_folder_is_read_without_keeping_anything(folder):
    (folder / ".finops-cache").write_text("in the way")
    engine = opened(folder)
    result = engine.view("showback", months=["2026-10"])
    engine.close()
    assert any("memory of this run" in note for note in result.notes)


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2026, 10, 31), "open"),
        (date(2026, 11, 1), "provisional"),
        (date(2026, 11, 15), "provisional"),
        (date(2026, 11, 16), "final"),
    ],
)
def test_a_month_is_final_fifteen_days_after_its_end(folder, day, status):
    result = DuckDbEngine(folder, as_of=day).view("showback", months=["2026-10"])
    assert {row["status"] for row in result.records()} == {status}


def test_a_month_without_invoices_is_never_final(folder):
    result = DuckDbEngine(folder, as_of=date(2027, 6, 1)).view("showback", months=["2026-11"])
    assert {row["status"] for row in result.records()} == {"provisional"}


def test_side_tables_that_are_not_there_are_said_to_be_empty_and_make_no_number(folder):
    engine = opened(folder)
    result = engine.view("roi", months=["2026-10"])
    assert {row["note"] for row in result.records()} == {"no outcomes recorded"}
    assert {row["value_per_usd"] for row in result.records()} == {None}
    assert any(note.startswith("no outcomes recorded") for note in result.notes)
    variance = engine.view("budget_variance", months=["2026-10"])
    assert {row["note"] for row in variance.records()} == {"no budget recorded"}
    drift = engine.view("estimate_vs_bill", months=["2026-10"])
    assert {row["drift_usd"] for row in drift.records()} == {None}


def test_estimates_that_began_within_the_month_are_not_called_compared(folder):
    place = folder / "inputs" / "estimates"
    place.mkdir(parents=True)
    (place / "1-eu-2026-10.csv").write_text(
        "usage_date,tenant,alias,estimated_usd,source\n2026-10-30,writer,smart,5.25,1/eu\n"
        "2026-10-30,writer,,-1,1/eu\n2026-10-31,nobody,smart,1,1/eu\n"
    )
    rows = opened(folder).view("estimate_vs_bill", months=["2026-10"]).records()
    found = {row["tenant"]: row for row in rows}
    writer = found["writer"]
    assert (writer["estimated_usd"], writer["estimated_days"]) == (Decimal("4.25"), 1)
    assert writer["note"] == "fewer days estimated than billed"
    assert found["nobody"]["note"] == "not billed"
    assert found["coding-assistant"]["note"] == "no estimates recorded"


def test_an_open_month_is_compared_up_to_today_though_a_lines_day_ends_later(folder):
    engine = DuckDbEngine(folder, as_of=date(2026, 11, 20))
    rows = engine.view("estimate_vs_bill", months=["2026-11"]).records()
    assert {row["compared_through"] for row in rows} == {date(2026, 11, 20)}


def test_a_reorganisation_does_not_rewrite_history(engine):
    def writer(month):
        rows = engine.view("showback", months=[month]).records()
        return {row["cost_centre"] for row in rows if row["tenant"] == "writer"}

    assert writer("2026-10") == {"CC-1042"}
    assert writer("2026-11") == {"CC-1042", "CC-1099"}


def test_two_rows_of_books_for_one_day_do_not_count_cost_twice(folder):
    place = folder / "inputs" / "dimensions"
    place.mkdir(parents=True)
    (place / "a.csv").write_text(
        "tenant,valid_from,cost_centre\nwriter,2026-01-01,A\nwriter,2026-01-01,B\n"
    )
    with_books = total(opened(folder).view("showback", months=["2026-10"]).records())
    shutil.rmtree(place)
    assert with_books == total(opened(folder).view("showback", months=["2026-10"]).records())


def test_a_statement_may_read_the_raw_export_of_the_asked_months(folder):
    counted = opened(folder).statement(
        "SELECT billing_period, count(*) AS n FROM cur GROUP BY 1", months=["2026-10"]
    )
    assert counted.rows == [("2026-10", 309)]


def test_a_statement_over_a_view_with_history_gets_its_history(folder):
    asked = opened(folder).statement(
        "SELECT max(backtest_months) AS n FROM forecast WHERE billing_period = '2026-11'",
        months=["2026-11"],
    )
    assert asked.rows[0][0] >= 1


def test_the_raw_export_can_be_asked_more_than_once(engine):
    count = "SELECT count(*) FROM cur"
    first = engine.statement(count, months=["2026-10"]).rows
    assert engine.statement(count, months=["2026-10"]).rows == first
    assert engine.statement(count, months=["2026-09", "2026-10"]).rows > first


def test_answers_stay_the_same_however_often_and_of_whatever_month_was_asked_before(folder):
    busy, months = opened(folder), ("2026-09", "2026-10", "2026-11")
    for month in (*months, *reversed(months)):
        for name in ("showback", "forecast", "untagged_spend"):
            assert busy.view(name, months=[month]) == opened(folder).view(name, months=[month])


def test_questions_at_the_same_time_have_the_answers_of_questions_one_by_one(folder):
    names = ("showback", "forecast", "untagged_spend", "cost_bridge", "model_mix", "llm_tax") * 4
    together = opened(folder)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(together.view, names))
    one_by_one = opened(folder)
    assert answers == [one_by_one.view(name) for name in names]


def test_every_question_reads_the_clock_of_utc(folder, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    asked = opened(folder).statement("SELECT current_setting('TimeZone')")
    assert asked.rows == [("UTC",)]


def test_a_spoilt_side_table_disturbs_only_who_reads_it_the_first_time_too(folder):
    place = folder / "inputs" / "outcomes"
    place.mkdir(parents=True)
    (place / "bad.csv").write_text("nonsense\n1\n")
    engine = opened(folder)
    assert engine.view("showback", months=["2026-10"]).rows
    with pytest.raises(CostDataError, match="outcomes"):
        engine.view("roi", months=["2026-10"])
