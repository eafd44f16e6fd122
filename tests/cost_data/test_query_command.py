"""`finops query`: what people and programs get to see of an answer."""

import csv
import io
import json
import subprocess
import sys
from decimal import Decimal

import pytest
from click.testing import CliRunner

from finops_constructs.cli.main import cli


@pytest.fixture
def run(sample_folder):
    def ask(*arguments):
        common = ["--source", str(sample_folder), "--as-of", "2026-11-24"]
        return CliRunner().invoke(cli, ["query", *arguments, *common])

    return ask


def test_a_view_as_csv_adds_up_to_the_ledger(run, ledger):
    result = run("showback", "--month", "2026-10", "--format", "csv")
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert sum(Decimal(row["cost_usd"]) for row in rows) == Decimal(
        ledger["2026-10"]["bedrock_cost_usd"]
    )


def test_json_has_columns_with_types_exact_decimals_and_notes(run):
    told = json.loads(run("showback", "--month", "2026-10", "--json").stdout)
    assert {"name": "cost_usd", "type": "decimal(38,10)"} in told["columns"]
    assert all(isinstance(row["cost_usd"], str) for row in told["rows"])
    assert any("daily aggregates" in note for note in told["notes"])


def test_a_pipe_gets_lines_with_tabs_and_notes_go_to_standard_error(run):
    result = run("model_mix", "--month", "2026-10")
    assert result.stdout.splitlines()[0].startswith("billing_period\ttenant\tprovider\tmodel")
    assert "rows" in result.stderr
    assert "rows" not in result.stdout


def test_a_terminal_gets_a_table_in_which_numbers_can_be_read(run, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    from finops_constructs.cli.query_output import print_result
    from finops_constructs.cost_data.engine import Result, ResultColumn

    columns = (ResultColumn("tenant", "varchar"), ResultColumn("cost_usd", "decimal(38,10)"),
               ResultColumn("tokens", "bigint"), ResultColumn("share", "double"))  # fmt: skip
    rows = [("writer", Decimal("1234.5678"), 1_000_000, 0.1234)]
    print_result(Result(columns=columns, rows=rows), "table")
    assert "1,234.57" in (shown := capsys.readouterr().out)
    assert "1,000,000" in shown
    assert "0.1234" in shown


def test_a_statement_is_answered_too(run):
    result = run("SELECT count(*) AS n FROM showback", "--month", "2026-10", "--format", "csv")
    assert result.stdout.splitlines()[0] == "n"


def test_the_list_of_views_has_their_questions(run):
    result = run("--list")
    assert "untagged_spend\tWhich spend belongs to nobody, and who caused it?" in result.stdout
    told = json.loads(run("--list", "--json").stdout)["views"]
    assert {view["name"] for view in told} >= {"showback", "roi"}
    assert all(column["type"] for view in told for column in view["columns"])


@pytest.mark.parametrize("arguments", [["query"], ["query", "showback"]])
def test_fails_when_the_question_or_the_source_is_missing(arguments, monkeypatch):
    monkeypatch.delenv("FINOPS_SOURCE", raising=False)
    assert CliRunner().invoke(cli, arguments).exit_code == 2


@pytest.mark.parametrize(
    ("command", "example"),
    [(["query"], "finops query showback"), (["sample", "cur"], "finops sample cur --out")],
)
def test_help_shows_an_example(command, example):
    assert f"Example:\n    {example}" in CliRunner().invoke(cli, [*command, "--help"]).stdout


def test_without_duckdb_it_says_what_to_install(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    result = run("showback")
    assert result.exit_code == 2
    assert "pip install 'finops-constructs[report]'" in result.stderr


def test_asking_a_folder_imports_neither_aws_cdk_nor_boto3_nor_sqlglot(sample_folder):
    code = f"""
import sys
from finops_constructs.cli.main import cli
cli.main(["query", "showback", "--source", {str(sample_folder)!r}], standalone_mode=False)
heavy = {{"aws_cdk", "boto3", "sqlglot", "pydantic", "yaml", "pandas", "rich"}}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_duckdb_draws_no_progress_bar_between_the_lines_that_programs_read():
    from finops_constructs.cost_data.optional_duckdb import connect

    setting = connect().execute("SELECT current_setting('enable_progress_bar')").fetchall()
    assert setting == [(False,)]
