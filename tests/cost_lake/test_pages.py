"""docs/cost-data.md and docs/report.md: what can be typed can be typed, what is said is so."""

import re
import shlex
from pathlib import Path
from typing import Any

import aws_cdk
import click
import pytest

from finops_constructs.cli.main import cli
from finops_constructs.cost_data.selection import DIMENSIONS
from finops_constructs.cost_data.side_tables import SIDE_TABLES
from finops_constructs.cost_data.views import all_views
from finops_constructs.cost_lake.cudos import cudos_fields
from tests.cost_lake.conftest import quick_app
from tests.runbook_pages import sections

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
COST_DATA = (DOCS / "cost-data.md").read_text()
REPORT = (DOCS / "report.md").read_text()
EXAMPLES = re.findall(r"^\$ finops (.+)$", COST_DATA + REPORT, re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_command_can_be_typed(example, monkeypatch, tmp_path):
    for name in ("outcomes.csv", "jira.csv", "books.csv"):
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    command: click.Command = cli
    arguments = shlex.split(example)
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), arguments.pop(0))
        assert found is not None
        command = found
    assert command.make_context(command.name, arguments).params


def test_every_view_that_answers_a_question_is_in_the_table():
    internal = {"as_of", "bedrock_daily", "bill_daily", "bedrock_costs"}
    assert all(f"`{name}`" in COST_DATA for name in all_views().keys() - internal)
    assert all(f"`{name}`" in COST_DATA for name in SIDE_TABLES)


def test_every_dimension_is_named():
    (listed,) = re.findall(r"^Dimensions: ([^.]+)\.", REPORT, re.MULTILINE | re.DOTALL)
    assert [name.strip() for name in listed.replace("\n", " ").split(",")] == list(DIMENSIONS)


def test_the_mapping_for_cudos_is_the_tested_one():
    rows = dict(re.findall(r"^\| (\w+) \| `([^`]+)`", COST_DATA, re.MULTILINE))
    for field in cudos_fields("bedrock:cost-centre"):
        assert rows[field.dimension] == field.expression


def test_the_example_synthesizes(monkeypatch):
    monkeypatch.setattr(aws_cdk, "App", quick_app)
    (example,) = re.findall(r"```python\n(.+?)```", COST_DATA, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(example, "docs/cost-data.md", "exec"), names)
    template = names["app"].synth().get_stack_by_name("Bill").template
    kinds = {resource["Type"] for resource in template["Resources"].values()}
    assert {"AWS::BCMDataExports::Export", "AWS::Athena::WorkGroup"} <= kinds


def test_the_bills_runbook_has_a_section_for_each_alarm_that_names_it():
    sources = (ROOT / "finops_constructs" / "cost_lake").glob("*.py")
    text = "".join(file.read_text() for file in sources)
    assert set(re.findall(r"docs/runbooks/bill\.md#([a-z-]+)", text)) == set(sections("bill.md"))
