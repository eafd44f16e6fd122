"""The ledger in the cost lake: all that was spent, as the bill's own tools read it."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import boto3
import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from finops_constructs.cost_data.side_inputs import load_side_table
from finops_constructs.cost_data.side_tables import SIDE_TABLES
from ledger_export import handler as module
from ledger_export.logic import COLUMNS, as_csv, estimates, months_to_export
from shared.canary_tenant import CANARY_TENANT
from shared.corrections import Correction
from shared.ledger import alias_key, batch_key, month_spend, plain_item, role_key
from tests.lambdas.aws_account import create_table

REGION, ACCOUNT, COST = "eu-west-2", "111122223333", "999988887777"
MONTHS = ("2026-10", "2026-11")
CONTEXT = SimpleNamespace(
    function_name="f",
    memory_limit_in_mb=256,
    invoked_function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f",
    aws_request_id="1",
)


def metered(tenant, alias, day, **hours):
    return {**alias_key(tenant, alias, date.fromisoformat(day)), **hours}


def booked(tenant, day, usd, **of):
    correction = Correction(
        kind="adjust",
        day=date.fromisoformat(day),
        usd=Decimal(usd),
        at=datetime(2026, 11, 25, tzinfo=UTC),
        actor="kim",
        reason="counted, twice",
        **of,
    )
    return plain_item(correction.item(tenant, f"{tenant}{day}"))


LEDGER = [
    metered("writer", "smart", "2026-11-24", h07=2_000_000, w07=2_500_000, h08=1, n07=4),
    metered("writer", "fast", "2026-11-24", h07=40),
    booked("writer", "2026-11-24", "-1"),
    booked("writer", "2026-11-23", "0.5", alias="smart"),
    booked("writer", "2026-11-24", "7", role="batch"),
    metered("gone", "smart", "2026-10-31", h23=9),
    metered("gone", "smart", "2026-09-30", h23=9),
    metered(CANARY_TENANT, "smart", "2026-11-24", h23=9),
    {**role_key("writer", "app", date(2026, 11, 24)), "usd": 99},
    {**batch_key("b1", "000"), "expires": 1},
]


def test_hours_corrections_and_tenants_that_are_gone_are_rows():
    assert estimates(LEDGER[:4] + LEDGER[5:8], MONTHS) == {
        "2026-10": {("2026-10-31", "gone", "smart"): Decimal("0.000009")},
        "2026-11": {
            ("2026-11-23", "writer", "smart"): Decimal("0.5"),
            ("2026-11-24", "writer", ""): Decimal(-1),
            ("2026-11-24", "writer", "fast"): Decimal("0.000040"),
            ("2026-11-24", "writer", "smart"): Decimal("2.500001"),
        },
    }


def test_this_month_and_the_last_are_written():
    assert months_to_export(date(2026, 1, 3)) == ("2025-12", "2026-01")


items = st.lists(
    st.one_of(
        st.builds(
            metered,
            st.sampled_from(["writer", "chat"]),
            st.sampled_from(["smart", "fast"]),
            st.dates(date(2026, 9, 20), date(2026, 11, 30)).map(date.isoformat),
            h03=st.integers(0, 10**9),
            w03=st.integers(0, 10**9),
        ),
        st.builds(
            booked,
            st.sampled_from(["writer", "chat"]),
            st.dates(date(2026, 9, 20), date(2026, 11, 30)).map(date.isoformat),
            st.decimals(-50, 50, places=6),
        ),
    ),
    max_size=30,
    unique_by=lambda item: (item["pk"], item["sk"]),
)


@given(items)
def test_what_is_exported_of_a_month_is_what_the_switch_holds_against_the_limit(ledger):
    found = estimates(ledger, MONTHS)
    for month in MONTHS:
        now = datetime.fromisoformat(f"{month}-15T00:00+00:00")
        for tenant in ("writer", "chat"):
            own = [item for item in ledger if item["pk"] == tenant]
            rows = {key: usd for key, usd in found[month].items() if key[1] == tenant}
            assert sum(rows.values()) == month_spend(own, now=now).total_usd


@pytest.fixture
def lake(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for name, value in {
        "BUCKET": "lake",
        "BUCKET_ACCOUNT": "123456789012",
        "BUCKET_REGION": "us-east-1",
        "LEDGER_TABLE": "finops-ledger",
    }.items():
        monkeypatch.setenv(name, value)

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 11, 25, 5, 20, tzinfo=tz)

    monkeypatch.setattr(module, "datetime", Clock)
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="lake")
        dynamodb = boto3.client("dynamodb", region_name=REGION)
        create_table(dynamodb, "finops-ledger")
        for item in LEDGER:
            typed = {k: {"S" if isinstance(v, str) else "N": str(v)} for k, v in item.items()}
            dynamodb.put_item(TableName="finops-ledger", Item=typed)
        yield s3


def files(s3):
    listed = s3.list_objects_v2(Bucket="lake").get("Contents", ())
    return {
        each["Key"]: s3.get_object(Bucket="lake", Key=each["Key"])["Body"].read() for each in listed
    }


def test_a_file_a_month_is_written_and_written_over_with_the_same(lake):
    module.handler({}, CONTEXT)
    first = files(lake)
    assert set(first) == {
        f"inputs/estimates/{ACCOUNT}-{REGION}-{month}.csv" for month in ("2026-10", "2026-11")
    }
    module.handler({}, CONTEXT)
    assert files(lake) == first


def test_a_bucket_of_somebody_else_is_not_written_to(lake, monkeypatch):
    asked = []

    class S3:
        def put_object(self, **request):
            asked.append(request["ExpectedBucketOwner"])

    real = boto3.client
    monkeypatch.setattr(
        boto3, "client", lambda name, **how: S3() if name == "s3" else real(name, **how)
    )
    monkeypatch.setenv("BUCKET_ACCOUNT", COST)
    module.handler({}, CONTEXT)
    assert asked == [COST, COST]


def test_finops_report_reads_the_files_as_they_are(lake, tmp_path):
    module.handler({}, CONTEXT)
    for key, body in files(lake).items():
        file = tmp_path / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    connection = duckdb.connect()
    assert load_side_table(connection, tmp_path, SIDE_TABLES["estimates"]) is None
    rows = connection.execute(
        "SELECT alias, estimated_usd, source FROM estimates WHERE tenant = 'writer' ORDER BY 1, 2"
    ).fetchall()
    source = f"{ACCOUNT}/{REGION}"
    assert rows == [
        ("fast", Decimal("0.000040"), source),
        ("smart", Decimal("0.5"), source),
        ("smart", Decimal("2.500001"), source),
        (None, Decimal(-1), source),
    ]


def test_the_columns_are_the_tables_in_their_order():
    assert list(COLUMNS) == [column.name for column in SIDE_TABLES["estimates"].columns]
    (head,) = csv.reader(io.StringIO(as_csv({}, "x")))
    assert tuple(head) == COLUMNS
