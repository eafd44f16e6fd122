"""The emulator's Athena: Trino's SQL, views in the catalogue, months found by their template."""

import time
from decimal import Decimal

import duckdb
import pytest

from finops_constructs.cost_lake.glue_views import csv_input, parquet_input, view_input
from local.testing import StackError

pytestmark = pytest.mark.emulator
BUCKET = "lake"
LOCATION = f"s3://{BUCKET}/cur/data/"
COLUMNS = {"amount": "decimal(18,4)", "tags": "map<varchar,varchar>"}
VIEW = (
    "SELECT billing_period, COALESCE(element_at(tags, 'team'), '(none)') AS team,"
    " sum(amount) AS usd FROM lines GROUP BY 1, COALESCE(element_at(tags, 'team'), '(none)')"
)


def resources():
    view = {"billing_period": "varchar", "team": "varchar", "usd": "decimal(38,4)"}
    tables = {
        "Lines": parquet_input(
            "lines", COLUMNS, location=LOCATION, description="Lines", by_month=True
        ),
        "Empty": parquet_input(
            "empty", COLUMNS, location=f"s3://{BUCKET}/none/", description="Nothing"
        ),
        "Notes": csv_input(
            "notes",
            {"day": "date", "team": "varchar", "usd": "decimal(18,4)"},
            location=f"s3://{BUCKET}/notes/",
            description="Notes",
        ),
        "View": view_input("by_team", VIEW, view, database="bills", question="By team?"),
    }
    return {
        "Database": {
            "Type": "AWS::Glue::Database",
            "Properties": {"CatalogId": "1", "DatabaseInput": {"Name": "bills"}},
        },
        **{
            name: {
                "Type": "AWS::Glue::Table",
                "DependsOn": "Database",
                "Properties": {"CatalogId": "1", "DatabaseName": "bills", "TableInput": table},
            }
            for name, table in tables.items()
        },
        "Group": {
            "Type": "AWS::Athena::WorkGroup",
            "Properties": {
                "Name": "bills",
                "WorkGroupConfiguration": {
                    "ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/results/"}
                },
            },
        },
        "Query": {
            "Type": "AWS::Athena::NamedQuery",
            "DependsOn": "Group",
            "Properties": {
                "Name": "by team",
                "Database": "bills",
                "QueryString": "SELECT * FROM by_team",
                "WorkGroup": "bills",
            },
        },
    }


@pytest.fixture
def ask(emulator, stack, tmp_path):
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for month, team in (("2026-10", "'red'"), ("2026-11", "NULL")):
        file = tmp_path / f"{month}.parquet"
        tags = f"CASE WHEN {team} IS NULL THEN MAP {{}} ELSE MAP {{'team': {team}}} END"
        duckdb.connect().execute(
            f"COPY (SELECT CAST(1.5 AS decimal(18,4)) AS amount,"
            f" CAST({tags} AS MAP(VARCHAR, VARCHAR)) AS tags FROM range(2)) TO '{file}'"
        )
        key = f"cur/data/BILLING_PERIOD={month}/a.parquet"
        s3.put_object(Bucket=BUCKET, Key=key, Body=file.read_bytes())
    stack.apply(resources())
    athena = emulator.client("athena")

    def run(sql):
        started = athena.start_query_execution(
            QueryString=sql, QueryExecutionContext={"Database": "bills"}, WorkGroup="bills"
        )
        execution = started["QueryExecutionId"]
        for _ in range(100):
            status = athena.get_query_execution(QueryExecutionId=execution)
            state = status["QueryExecution"]["Status"]["State"]
            if state not in {"QUEUED", "RUNNING"}:
                break
            time.sleep(0.05)
        assert state == "SUCCEEDED", status
        return athena.get_query_results(QueryExecutionId=execution)["ResultSet"]

    return run


def cells(result):
    return [[c.get("VarCharValue") for c in row["Data"]] for row in result["Rows"][1:]]


def test_a_view_reads_months_of_upper_case_folders_and_decimals_have_their_scale(ask, emulator):
    result = ask("SELECT * FROM by_team ORDER BY 1")
    assert [(m, t, Decimal(usd)) for m, t, usd in cells(result)] == [
        ("2026-10", "red", Decimal(3)),
        ("2026-11", "(none)", Decimal(3)),
    ]
    amount = result["ResultSetMetadata"]["ColumnInfo"][2]
    assert (amount["Type"], amount["Precision"], amount["Scale"]) == ("decimal", 38, 4)
    # A CTE of the view's own name reads the view of the schema it names.
    part = "WITH by_team AS (SELECT * FROM \"bills\".by_team WHERE team = 'red')"
    assert cells(ask(f"{part} SELECT count(*) FROM by_team")) == [["1"]]
    assert cells(ask("SELECT count(*) FROM empty")) == [["0"]]
    # CSV is read by position, past its header.
    for number, row in enumerate(("2026-11-24,,1.25", "2026-11-25,red,2"), 1):
        emulator.client("s3").put_object(
            Bucket=BUCKET, Key=f"notes/{number}.csv", Body=f"a,b,c\n{row}\n".encode()
        )
    result = ask("SELECT day, team, usd FROM notes WHERE day >= DATE '2026-11-24' ORDER BY 1")
    assert cells(result) == [["2026-11-24", None, "1.2500"], ["2026-11-25", "red", "2.0000"]]


def test_an_export_is_refused_without_a_bucket_that_admits_it_to_its_root(emulator, stack):
    s3 = emulator.client("s3")
    s3.create_bucket(
        Bucket="exports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    destination = {"S3Bucket": "exports", "S3Prefix": "", "S3Region": "eu-west-1"}
    export = {
        "Type": "AWS::BCMDataExports::Export",
        "DependsOn": "Policy",
        "Properties": {
            "Export": {
                "Name": "bill",
                "DestinationConfigurations": {"S3Destination": destination},
            }
        },
    }

    def policy(resource):
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": ["bcm-data-exports.amazonaws.com"]},
            "Action": ["s3:PutObject"],
            "Resource": resource,
        }
        return {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": "exports", "PolicyDocument": {"Statement": [statement]}},
        }

    with pytest.raises(StackError, match="permission validation failed for bucket: exports"):
        stack.apply({"Policy": policy("arn:aws:s3:::exports/bill/*"), "Export": export})
