"""`finops report` as it is typed: files, JSON, statements, and what it says of a mistake."""

import json
from decimal import Decimal

import duckdb
import pytest
from click.testing import CliRunner

from finops_constructs.cli.main import cli

CONFIG = """\
organization: Example Bank
attribution: {extra_tag_key: "bedrock:cost-centre"}
reporting:
  exchange_rates:
    - {currency: GBP, per_usd: 0.8, source: Treasury, as_of: 2026-10-31}
"""
TENANT = "id: writer\nbudget: {monthly_limit_usd: 10}\n"


@pytest.fixture
def run(bill, tmp_path):
    def report(*arguments, source=bill):
        common = ["--source", str(source), "--as-of", "2026-11-24"]
        if "--out" not in arguments:
            common += ["--out", str(tmp_path / "out")]
        return CliRunner().invoke(cli, ["report", *arguments, *common])

    return report


@pytest.fixture
def config(tmp_path):
    folder = tmp_path / "config"
    (folder / "tenants").mkdir(parents=True)
    (folder / "platform.yaml").write_text(CONFIG)
    (folder / "tenants" / "writer.yaml").write_text(TENANT)
    return folder


def test_it_writes_the_files_and_says_the_first_numbers(run, tmp_path):
    done = run("--month", "2026-10")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0].startswith("Billed: USD ")
    assert "report.html: final, with report.json and 17 tables" in done.stdout
    assert (tmp_path / "out" / "report.html").is_file()


def test_json_lists_the_files(run, tmp_path):
    told = json.loads(run("--month", "2026-10", "--json").stdout)
    assert told["files"][0] == str(tmp_path / "out" / "report.html")
    assert len(told["files"]) == 19


def test_organisation_currency_and_limits_come_from_the_configuration(run, config, bill, tmp_path):
    asked = ("--month", "2026-10", "--currency", "gbp", "--config", str(config))
    done = run(*asked, source=bill / "data")  # without the folder of side tables
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Billed: GBP ")
    told = json.loads((tmp_path / "out" / "report.json").read_text())
    assert told["organization"] == "Example Bank"
    assert told["currency"]["source"] == "Treasury"
    budgets = {r["tenant"]: r["budget_usd"] for r in told["tables"]["budget_variance"]["rows"]}
    assert budgets["writer"] == "10.00"
    assert "no outcomes recorded" in done.stdout


def test_statements_are_issued_once(run, tmp_path):
    out = str(tmp_path / "statements")
    first = run("--statement", "--month", "2026-10", "--out", out)
    assert first.exit_code == 0, first.output
    assert first.stdout.startswith("CB-2026-10-001")
    again = run("--statement", "--month", "2026-10", "--out", out)
    assert again.exit_code == 2
    assert "charged already" in again.stderr


def test_statements_as_json_add_up_to_the_bill_in_cents(run, tmp_path, ledger):
    out = str(tmp_path / "statements")
    told = json.loads(run("--statement", "--month", "2026-10", "--out", out, "--json").stdout)
    total = sum(Decimal(each["total_usd"]) for each in told["statements"])
    assert total == round(Decimal(ledger["2026-10"]["bedrock_cost_usd"]), 2)


def rewritten(bill, folder, month, select="*"):
    """Copy a month of the bill, changed, as one file."""
    source = bill / "data" / f"BILLING_PERIOD={month}" / "*.parquet"
    target = folder / "data" / f"BILLING_PERIOD={month}" / "a.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    duckdb.connect().execute(
        f"COPY (SELECT {select} FROM read_parquet('{source}', hive_partitioning = false))"
        f" TO '{target}' (FORMAT parquet)"
    )
    return folder


def test_a_restated_month_is_a_true_up_in_the_next(bill, tmp_path, run):
    out = str(tmp_path / "statements")
    source = rewritten(bill, tmp_path / "bill", "2026-09")
    run("--statement", "--month", "2026-09", "--out", out, source=source)
    restated = "* REPLACE (line_item_unblended_cost * 2 AS line_item_unblended_cost)"
    rewritten(bill, source, "2026-09", restated)
    rewritten(bill, source, "2026-10")
    done = run("--statement", "--month", "2026-10", "--out", out, "--json", source=source)
    lines = [line for each in json.loads(done.stdout)["statements"] for line in each["lines"]]
    corrections = [line for line in lines if line["kind"] == "true-up"]
    assert {line["month"] for line in corrections} == {"2026-09"}
    assert len(corrections) >= 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--month", "2026-13"], "a month is written YYYY-MM"),
        (["--filter", "tenant"], "write DIMENSION=VALUE"),
        (["--group-by", "colour"], "'colour' is no dimension"),
        (["--statement"], "--statement needs --month YYYY-MM"),
        (["--statement", "--from", "2026-09"], "one whole month"),
        (["--statement", "--month", "2026-11"], "2026-11 is not over"),
    ],
)
def test_fails_when_it_is_used_wrongly(run, arguments, said):
    done = run(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "reporting: {exchange_rates: [{currency: pounds}]}",
            "reporting.exchange_rates.0.currency",
        ),
        ("reporting: {exchange_rates: []}", "no rate for GBP up to 2026-10-31; there are: none"),
        ("a: [", "platform.yaml"),
    ],
)
def test_fails_when_the_configuration_has_no_such_rate(run, config, text, said):
    (config / "platform.yaml").write_text(text)
    done = run("--month", "2026-10", "--currency", "GBP", "--config", str(config))
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_month_whose_tags_were_never_activated_is_reported_and_says_what_to_do(
    run, bill, tmp_path
):
    change = "* REPLACE (CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS resource_tags)"
    done = run(source=rewritten(bill, tmp_path / "untagged", "2026-10", change))
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "out" / "report.json").read_text())
    assert "activate them" in told["left_out"]["showback"]
    assert told["headline"]["untagged_ratio"] == 1
    assert told["tables"]["untagged_spend"]["rows"]


def test_a_month_without_bedrock_is_reported_as_such(run, bill, tmp_path):
    change = (
        "* REPLACE ('EC2' AS line_item_product_code, 'Compute' AS product_product_family,"
        " CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS product)"
    )
    done = run(source=rewritten(bill, tmp_path / "none", "2026-10", change))
    assert done.exit_code == 0, done.output
    assert "no Bedrock line in 2026-10" in (tmp_path / "out" / "report.html").read_text()
