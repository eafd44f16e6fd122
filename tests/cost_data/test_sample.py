"""The sample bill has every trap of a real one, and is the same wherever it is made."""

import hashlib
import json

import duckdb
import pytest
from click.testing import CliRunner

from finops_constructs.cli.main import cli
from finops_constructs.cost_data.columns import CUR_COLUMNS
from finops_constructs.cost_data.sample.writer import plan_months, write_sample
from tests.cost_data.conftest import AS_OF


def found(folder, month, condition):
    query = (
        f"SELECT count(*) FROM read_parquet('{folder}/data/BILLING_PERIOD={month}/*')"
        f" WHERE {condition}"
    )
    return duckdb.connect().execute(query).fetchall()[0][0]


@pytest.mark.parametrize(
    ("trap", "month"),
    [
        (
            "line_item_product_code NOT LIKE 'AmazonBedrock%' AND product['model'] LIKE 'Claude%'",
            "",
        ),
        ("pricing_unit = '1K tokens' AND line_item_usage_type LIKE '%NovaPro%'", ""),
        ("pricing_unit = '1M tokens' AND bill_billing_entity = 'AWS Marketplace'", ""),
        ("line_item_line_item_type = 'Credit' AND line_item_unblended_cost < 0", ""),
        ("line_item_line_item_type = 'Refund' AND line_item_unblended_cost < 0", ""),
        ("line_item_line_item_type = 'Tax' AND product_product_family IS NULL", ""),
        ("line_item_line_item_type = 'Fee'", ""),
        ("resource_tags IS NULL", ""),
        ("cardinality(resource_tags) = 0", ""),
        ("resource_tags['user_bedrock_tool'] IS NOT NULL", ""),
        ("resource_tags['user:bedrock:tool'] IS NOT NULL", ""),
        ("line_item_usage_type LIKE '%-mantle-%'", ""),
        ("line_item_usage_type LIKE '%atch%'", ""),
        ("line_item_usage_type LIKE '%-flex'", ""),
        ("line_item_usage_type LIKE '%-priority'", ""),
        ("line_item_usage_type LIKE '%_Global-Units'", ""),
        ("line_item_usage_type LIKE '%_global_standard-Units'", ""),
        ("line_item_iam_principal LIKE '%:assumed-role/%/session-%'", ""),
        ("line_item_resource_id LIKE '%:application-inference-profile/%'", ""),
        ("line_item_resource_id LIKE '%:inference-profile/%'", ""),
        ("line_item_resource_id IS NULL AND line_item_usage_type LIKE '%TokenCount%'", ""),
        ("resource_tags['user_bedrock_tool'] = 'AI'", ""),
        ("line_item_usage_type LIKE '%Guardrail%'", ""),
        ("line_item_resource_id LIKE '%/aws/bedrock/%'", ""),
        ("product_product_family = 'Compute Instance'", ""),
        ("product['model'] IS NULL AND product_product_family = 'Amazon Bedrock'", "2026-06"),
        ("product_product_family IS NULL AND line_item_usage_type LIKE '%MP:%'", "2026-06"),
        ("bill_invoice_id IS NULL", "2026-11"),
        ("line_item_line_item_description = 'Arrived after the month was closed'", "2026-10"),
    ],
)
def test_a_trap_of_real_bills_is_in_the_sample(sample_folder, trap, month):
    assert found(sample_folder, month or "2026-10", trap) > 0


def test_a_closed_month_is_on_several_invoices(ledger):
    assert len(ledger["2026-10"]["by_invoice"]) == 2
    assert list(ledger["2026-11"]["by_invoice"]) == ["(open)"]


def test_the_files_have_the_columns_of_the_export_with_their_types(sample_folder):
    query = f"DESCRIBE SELECT * FROM '{sample_folder}/data/BILLING_PERIOD=2026-10/*.parquet'"
    described = duckdb.connect().execute(query).fetchall()
    assert [(name, type_) for name, type_, *_ in described[:-1]] == [
        (column.name, column.duckdb_type) for column in CUR_COLUMNS
    ]


def hashes(folder):
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_the_same_options_write_the_same_bytes_and_another_seed_others(tmp_path):
    months = plan_months(last=AS_OF, months=2, rows=200)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_sample(tmp_path / name, months, seed=seed)
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    assert hashes(tmp_path / "a") != hashes(tmp_path / "c")


def test_the_command_writes_an_export_inputs_and_the_ledger(tmp_path):
    out = tmp_path / "out"
    arguments = ["sample", "cur", "--out", str(out), "--months", "2", "--rows", "100", "--json"]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["months"].keys() == {"2026-10", "2026-11"}
    assert json.loads((out / "ledger.json").read_text()) == json.loads(result.stdout)
    assert (out / "inputs/outcomes/sample.parquet").is_file()
    assert len(list(out.glob("data/BILLING_PERIOD=2026-1*/*.snappy.parquet"))) == 4


def test_writing_again_with_fewer_rows_leaves_no_old_file(tmp_path):
    for rows in (300, 100):
        write_sample(tmp_path, plan_months(last=AS_OF, months=1, rows=rows))
    assert found(tmp_path, "2026-11", "line_item_line_item_type = 'Usage'") == 100
