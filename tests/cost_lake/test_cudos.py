"""CUDOS is fed from our export: every column it reads is there, and it adds up to the bill."""

from decimal import Decimal

import pytest

from finops_constructs.cost_data.columns import CUR_COLUMNS
from finops_constructs.cost_data.duckdb_engine import DuckDbEngine
from finops_constructs.cost_lake.cudos import CUDOS_COLUMNS, cudos_fields
from tests.cost_lake.bill import AS_OF, write_bill
from tests.cost_lake.conftest import of_type

MONTH = "2026-10"


@pytest.fixture(scope="module")
def bill(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bill")
    ledger = write_bill(folder)
    engine = DuckDbEngine(folder, as_of=AS_OF, threads=1)
    yield engine, ledger[MONTH]
    engine.close()


def test_the_export_and_the_lakes_table_have_every_column_that_cudos_reads(cost):
    assert set(CUDOS_COLUMNS) <= {column.name for column in CUR_COLUMNS}
    (table,) = [
        each["TableInput"]
        for each in of_type(cost, "AWS::Glue::Table").values()
        if each["TableInput"]["Name"] == "cur"
    ]
    columns = {column["Name"] for column in table["StorageDescriptor"]["Columns"]}
    assert set(CUDOS_COLUMNS) <= columns
    assert table["PartitionKeys"][0]["Name"] == "billing_period"


def test_a_question_over_all_of_its_columns_adds_up_to_the_bill(bill):
    engine, ledger = bill
    texts = [name for name in CUDOS_COLUMNS if name not in {"product", "resource_tags"}]
    (row,) = engine.statement(
        "SELECT sum(CAST(line_item_unblended_cost AS decimal(28,10)))"
        f" FROM (SELECT {', '.join(texts)} FROM cur WHERE billing_period = '{MONTH}')",
        months=[MONTH],
    ).rows
    assert row[0] == Decimal(ledger["bill_cost_usd"])


def test_our_dimensions_are_found_in_its_table(bill):
    engine, ledger = bill
    fields = {each.dimension: each.expression for each in cudos_fields("bedrock:cost-centre")}
    assert set(fields) == {
        *("tenant", "tool", "project", "environment", "cost_centre", "model", "provider"),
        "account_id",
    }
    rows = engine.statement(
        f"SELECT {fields['tenant']} AS tenant,"
        " sum(CAST(line_item_unblended_cost AS decimal(28,10))) AS usd"
        f" FROM cur WHERE {fields['tool']} = 'Writer' GROUP BY 1",
        months=[MONTH],
    ).rows
    writer = sum(Decimal(usd) for usd in ledger["by_tenant"]["writer"].values())
    assert rows == [("writer", writer)]
