"""Guesses: the method against months it has not seen, and what is said where nothing is known."""

from datetime import date, timedelta
from random import Random

import duckdb
import pytest

from finops_constructs.cost_data.duckdb_engine import DuckDbEngine
from finops_constructs.cost_data.sample.writer import plan_months, write_sample
from finops_constructs.cost_data.views import get_view
from tests.cost_data.conftest import total


def of(rows, tenant="(all)"):
    return next(row for row in rows if row["tenant"] == tenant)


def forecast_of_all(folder, day):
    return of(DuckDbEngine(folder, as_of=day).view("forecast", months=["2026-11"]).records())


def test_a_forecast_made_ten_days_in_meets_the_month_that_came(tmp_path, capsys):
    write_sample(tmp_path, plan_months(last=date(2026, 12, 1), months=6, rows=8000), seed=7)
    came = forecast_of_all(tmp_path, date(2026, 12, 20))
    # The same month as it was on the 11th: what came later is taken out of its files.
    for file in (tmp_path / "data/BILLING_PERIOD=2026-11").glob("*.parquet"):
        early = file.with_suffix(".early")
        duckdb.connect().execute(
            f"COPY (SELECT * EXCLUDE (BILLING_PERIOD) FROM read_parquet('{file}')"
            f" WHERE line_item_usage_start_date < DATE '2026-11-11') TO '{early}' (FORMAT parquet)"
        )
        early.replace(file)
    guess = forecast_of_all(tmp_path, date(2026, 11, 11))
    error = float(guess["forecast_cost_usd"] / came["forecast_cost_usd"]) - 1
    with capsys.disabled():
        print(f" forecast after 10 of 30 days: {error:+.1%}", end="")  # noqa: T201 - to be seen
    assert (guess["known_days"], came["known_days"]) == (10, 30)
    assert abs(error) < 0.10
    assert guess["low_cost_usd"] < guess["forecast_cost_usd"] < guess["high_cost_usd"]


def test_the_back_test_tries_earlier_complete_months_with_the_same_days_known(ask):
    row = of(ask("forecast", "2026-11"))
    assert (row["known_days"], row["backtest_day"], row["backtest_months"]) == (23, 23, 5)
    assert 0 < row["backtest_error"] < 0.10


def test_what_is_billed_of_the_tenants_adds_up_to_all_and_the_guesses_nearly(ask):
    rows = ask("forecast", "2026-11")
    parts = [row for row in rows if row["tenant"] != "(all)"]
    assert total(parts) == of(rows)["cost_usd"]
    whole = float(of(rows)["forecast_cost_usd"])
    assert float(total(parts, "forecast_cost_usd")) == pytest.approx(whole, rel=0.05)


def daily_bill(months, growth, noise, seed=5):
    """(day, USD) of a year of weekdays and quiet weekends that grows by a rate a month."""
    random = Random(seed)
    day = date(2026, 11, 1) - timedelta(days=30 * months)
    while day < date(2026, 11, 1):
        age = (day - date(2025, 1, 1)).days / 30
        usual = 100 * (1 + growth) ** age * (0.3 if day.weekday() > 4 else 1)
        yield day, usual * random.lognormvariate(0, noise)
        day += timedelta(days=1)


def guess_of_october(days, known):
    """The forecast of October with that many days billed, and how October came."""
    cut = date(2026, 10, 1) + timedelta(days=known)
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE bedrock_costs (billing_period varchar, tenant varchar, usage_date date,"
        " charge_kind varchar, cost_usd decimal(38,10), status varchar, data_through timestamp)"
    )
    rows = [
        (
            f"{day:%Y-%m}",
            "t",
            day,
            "usage",
            round(usd, 6),
            "open" if f"{day:%Y-%m}" == "2026-10" else "final",
            day + timedelta(days=1),
        )
        for day, usd in days
        if day < cut
    ]
    connection.executemany("INSERT INTO bedrock_costs VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    sql = get_view("forecast").sql
    cursor = connection.execute(
        f"SELECT * FROM ({sql}) WHERE billing_period = '2026-10' AND tenant = 't'"
    )
    names = [name for name, *_ in cursor.description]
    (row,) = cursor.fetchall()
    came = sum(usd for day, usd in days if f"{day:%Y-%m}" == "2026-10")
    return dict(zip(names, row, strict=True)), came


@pytest.mark.parametrize(("growth", "least_right"), [(0.0, 3), (0.1, 3), (0.3, 3)])
def test_on_months_it_has_not_seen_the_band_holds_under_growth_too(growth, least_right, capsys):
    errors, right = [], 0
    for seed in (1, 2, 3, 4):
        days = list(daily_bill(9, growth, 0.15, seed))
        row, came = guess_of_october(days, 12)
        errors.append(abs(float(row["forecast_cost_usd"]) / came - 1))
        right += float(row["low_cost_usd"]) <= came <= float(row["high_cost_usd"])
    with capsys.disabled():
        mean = sum(errors) / len(errors)
        print(f" {growth:.0%} a month: {mean:.1%} off, {right}/4 in band", end="")  # noqa: T201
    assert right >= least_right
    assert sum(errors) / len(errors) < 0.06


def test_a_bill_that_grows_is_carried_on_and_a_level_one_is_not():
    growing, _ = guess_of_october(list(daily_bill(9, 0.3, 0.02)), 12)
    level, _ = guess_of_october(list(daily_bill(9, 0.0, 0.02)), 12)
    assert growing["trend"] == 1
    assert level["trend"] < 1


def test_a_complete_month_is_forecast_to_be_its_bill(ask):
    row = of(ask("forecast", "2026-09"))
    assert row["forecast_cost_usd"] == row["low_cost_usd"] == row["high_cost_usd"]
    assert row["forecast_cost_usd"] == row["cost_usd"]
    assert row["backtest_day"] == 15


def test_without_history_there_is_a_guess_but_no_tested_error(ask):
    row = of(ask("forecast", "2026-06"))
    assert (row["backtest_months"], row["backtest_error"]) == (0, None)


def test_budgets_are_set_against_the_forecast_and_last_month(ask):
    rows = ask("budget_variance", "2026-11")
    writer = of(rows, "writer")
    assert writer["budget_usd"] == 1400
    assert writer["variance_usd"] == writer["forecast_cost_usd"] - 1400
    before = of(ask("budget_variance", "2026-10"), "writer")
    assert writer["last_month_cost_usd"] == before["cost_usd"]
    assert of(rows)["budget_usd"] == 1400 + 3000 + 600 + 900
    assert of(rows, "Data extraction")["note"] == "no budget recorded"


def test_what_if_prices_the_same_tokens_twice_and_says_how_far_list_prices_are_off(ask, capsys):
    rows = ask("what_if")
    move = next(
        row
        for row in rows
        if (row["tenant"], row["model"], row["other_model"], row["moved_percent"])
        == ("writer", "Claude Sonnet 5.5", "Claude Haiku 5.5", 50)
    )
    # The list has Haiku at a twentieth of Sonnet for input and output, a tenth for reads.
    assert 0.89 < move["saved_usd"] / move["list_cost_usd"] < 0.96
    # List prices are those of the bare id; the bill has the EU profile's, 10 % dearer.
    assert move["list_error"] == pytest.approx(1 / 1.1 - 1, abs=0.02)
    whole = next(
        row
        for row in rows
        if (row["tenant"], row["model"], row["other_model"], row["moved_percent"])
        == ("writer", "Claude Sonnet 5.5", "Claude Haiku 5.5", 100)
    )
    assert float(whole["saved_usd"]) == pytest.approx(2 * float(move["saved_usd"]))
    with capsys.disabled():
        print(f" list price against the bill: {move['list_error']:+.1%}", end="")  # noqa: T201 - to be seen
