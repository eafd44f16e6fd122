"""The lake's catalogue: what Athena is told, and that it is what DuckDB runs here."""

import base64
import json
from decimal import Decimal

import duckdb
import pytest
import sqlglot
from aws_cdk import Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from finops_constructs.cost_data.side_tables import SIDE_TABLES
from finops_constructs.cost_data.views import all_views
from finops_constructs.cost_lake.cost_lake import CostLake
from finops_constructs.cost_lake.export_bucket import ExportBucket
from finops_constructs.cost_lake.glue_views import glue_type, values_sql, view_input
from tests.cost_lake.conftest import of_type, quick_app


@pytest.fixture(scope="session")
def tables(cost):
    found = of_type(cost, "AWS::Glue::Table").values()
    return {each["TableInput"]["Name"]: each["TableInput"] for each in found}


def stated(table):
    """What a view says, decoded as Athena does."""
    text = table["ViewOriginalText"]
    assert text.startswith("/* Presto View: ")
    return json.loads(base64.b64decode(text.removeprefix("/* Presto View: ").removesuffix(" */")))


def test_every_view_is_declared_with_its_statement_and_columns(tables):
    for view in all_views().values():
        said = stated(tables[view.name])
        assert said["schema"] == "finops"
        assert [each["name"] for each in said["columns"]] == [c.name for c in view.columns]
        assert [each["type"] for each in said["columns"]] == [c.type for c in view.columns]
        assert sqlglot.parse_one(said["originalSql"], read="athena")
        listed = tables[view.name]["StorageDescriptor"]["Columns"]
        assert [each["Type"] for each in listed] == [glue_type(c.type) for c in view.columns]


def test_a_view_of_another_version_is_told_by_its_digest():
    columns = {"a": "bigint"}
    one = view_input("v", "SELECT 1 AS a", columns, database="d", question="q")
    two = view_input("v", "SELECT 2 AS a", columns, database="d", question="q")
    assert one["Parameters"]["finops_version"] != two["Parameters"]["finops_version"]
    assert one == view_input("v", "SELECT 1 AS a", columns, database="d", question="q")


def test_months_are_found_without_a_crawler_in_upper_case_folders(tables):
    cur = tables["cur"]
    assert cur["PartitionKeys"] == [{"Name": "billing_period", "Type": "string"}]
    location = "s3://finops-cost-data-111122223333-eu-west-1/finops-cur2/data/"
    assert cur["StorageDescriptor"]["Location"] == location
    assert cur["Parameters"]["projection.enabled"] == "true"
    assert cur["Parameters"]["storage.location.template"] == (
        f"{location}BILLING_PERIOD=${{billing_period}}"
    )
    maps = {c["Name"]: c["Type"] for c in cur["StorageDescriptor"]["Columns"]}
    assert maps["resource_tags"] == "map<string,string>"


def test_every_table_that_a_view_reads_is_there(tables):
    read = {name for view in all_views().values() for name in view.references}
    assert (read & (SIDE_TABLES.keys() | {"cur"})) <= tables.keys()


@pytest.mark.parametrize("name", ["prices", "budgets", "broad_values"])
def test_what_the_configuration_says_is_a_view_of_fixed_rows(tables, name):
    said = stated(tables[name])["originalSql"]
    rows = duckdb.connect().execute(sqlglot.transpile(said, "athena", "duckdb")[0])
    columns = [(c[0], str(c[1]).lower().replace(", ", ",")) for c in rows.description]
    assert columns == [(c.name, c.type) for c in SIDE_TABLES[name].columns]
    found = rows.fetchall()
    if name == "budgets":
        assert {(row[0], row[2]) for row in found} == {
            ("lab", Decimal("500.00")),
            ("writer", Decimal("500.00")),
        }
    assert found


def test_fixed_rows_may_be_none_and_texts_may_have_quotes():
    table = SIDE_TABLES["broad_values"]
    run = duckdb.connect().execute
    assert run(values_sql(table, [])).fetchall() == []
    assert run(values_sql(table, [("o'clock",)])).fetchall() == [("o'clock",)]


def test_the_workgroup_limits_encrypts_and_lets_results_expire(cost):
    (group,) = of_type(cost, "AWS::Athena::WorkGroup").values()
    settings = group["WorkGroupConfiguration"]
    assert settings["BytesScannedCutoffPerQuery"] == 50 * 1024**3
    assert settings["EnforceWorkGroupConfiguration"] is True
    result = settings["ResultConfiguration"]
    assert result["EncryptionConfiguration"] == {"EncryptionOption": "SSE_S3"}
    bucket = result["OutputLocation"]["Fn::Join"][1][1]["Ref"]
    (rule,) = cost["Resources"][bucket]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 7


def test_people_find_a_query_for_each_view(cost):
    queries = {each["Name"]: each for each in of_type(cost, "AWS::Athena::NamedQuery").values()}
    assert queries.keys() == all_views().keys()
    assert queries["showback"]["Description"] == all_views()["showback"].question
    for query in queries.values():
        assert sqlglot.parse_one(query["QueryString"], read="athena")
        assert query["WorkGroup"] == "finops"


def test_every_bucket_is_private_encrypted_and_refuses_plain_text(cost):
    buckets = of_type(cost, "AWS::S3::Bucket")
    policies = of_type(cost, "AWS::S3::BucketPolicy").values()
    assert {policy["Bucket"]["Ref"] for policy in policies} == buckets.keys()
    for bucket in buckets.values():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert "BucketEncryption" in bucket
    for policy in policies:
        (deny,) = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_person_may_be_let_in_to_ask_and_nothing_else():
    stack = Stack(quick_app(), "S", env=Environment(account="111122223333", region="eu-west-1"))
    lake = CostLake(stack, "Lake", exports=ExportBucket(stack, "E", payer_account="9" * 12))
    role = iam.Role(stack, "Analyst", assumed_by=iam.AccountPrincipal("111122223333"))
    lake.grant_query(role)
    (policy,) = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    actions = {
        action
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
    }
    assert not any("*" in action or "Delete" in action for action in actions)
    assert {action.split(":")[0] for action in actions} == {"athena", "glue", "s3"}


def test_fails_when_the_scan_limit_is_not_above_0():
    stack = Stack(quick_app(), "S")
    with pytest.raises(ValueError, match="scan_limit_gib must be > 0, got 0"):
        CostLake(
            stack,
            "Lake",
            exports=ExportBucket(stack, "E", payer_account="9" * 12),
            scan_limit_gib=0,
        )


def test_the_ledgers_files_are_a_table_of_csv_with_dates_and_decimals(cost):
    (table,) = [
        each["TableInput"]
        for each in of_type(cost, "AWS::Glue::Table").values()
        if each["TableInput"]["Name"] == "estimates"
    ]
    place = table["StorageDescriptor"]
    assert json.dumps(place["Location"]).count("/inputs/estimates/") == 1
    assert place["SerdeInfo"]["SerializationLibrary"].endswith("LazySimpleSerDe")
    assert table["Parameters"]["skip.header.line.count"] == "1"
    types = {each["Name"]: each["Type"] for each in place["Columns"]}
    assert (types["usage_date"], types["estimated_usd"]) == ("date", "decimal(28,10)")
