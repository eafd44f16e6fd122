"""The views over the log: read alike by Athena and DuckDB, on what the archiver writes."""

import gzip
import json

import duckdb
import pytest

from finops_constructs.audit.log_tables import LOG_TABLES
from finops_constructs.audit.log_views import log_views
from finops_constructs.cost_data.sql_subset import check_sql
from log_archiver.pseudonyms import Pseudonyms
from log_archiver.records import Locker, owner_of_entries
from tests.lambdas.log_archiver.log_world import ACCOUNT, PROFILE, record

CALLS = LOG_TABLES[0]
BOB = f"arn:aws:sts::{ACCOUNT}:assumed-role/WriterApp/bob"
RECORDS = [
    record(1),
    record(2, input={"inputTokenCount": 5, "cacheReadInputTokenCount": 7}),
    record(3, identity={"arn": BOB}, errorCode="ThrottlingException", input={}, output={}),
    record(4, output={"outputBodyJson": {"stopReason": "guardrail_intervened"}}),
    record(5, modelId="anthropic.claude-haiku-5-5", identity=None),
]
views = pytest.mark.parametrize("view", log_views().values(), ids=lambda view: view.name)


def schema():
    tables = {
        table.name: {c.name: c.type for c in table.columns}
        | {"tenant": "varchar", "day": "varchar"}
        for table in LOG_TABLES
    }
    return tables | {v.name: {c.name: c.type for c in v.columns} for v in log_views().values()}


def duckdb_type(athena):
    return athena.replace("row(", "struct(")


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """The table `calls` over files as they lie in the locked bucket."""
    folder = tmp_path_factory.mktemp("vault")
    locker = Locker(Pseudonyms(b"key"), owner_of_entries({PROFILE: ("writer", "smart")}))
    for tenant in ("writer", "_unattributed"):
        lines = [r.line for r in map(locker.lock, RECORDS) if r.tenant == tenant]
        path = folder / f"records/tenant={tenant}/day=2026-11-26/x.jsonl.gz"
        path.parent.mkdir(parents=True)
        path.write_bytes(gzip.compress("\n".join(lines).encode()))
    connection = duckdb.connect()
    read = ", ".join(f"{json.dumps(c.source)}: '{duckdb_type(c.type)}'" for c in CALLS.columns)
    shown = ", ".join(f'"{c.source}" AS {c.name}' for c in CALLS.columns)
    connection.execute(
        f"CREATE VIEW calls AS SELECT {shown}, tenant, CAST(day AS varchar) AS day FROM "
        f"read_json('{folder}/records/**/*.gz', hive_partitioning=true, columns={{{read}}})"
    )
    return connection


@pytest.fixture
def rows(database):
    def ask(name):
        relation = database.sql(log_views()[name].sql)
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]

    return ask


@views
def test_a_view_is_in_the_subset_that_both_read_alike(view):
    assert [str(finding) for finding in check_sql(view.sql, schema())] == []


@views
def test_the_header_lists_the_columns_and_types_that_the_view_returns(database, view):
    relation = database.sql(view.sql)
    types = [str(t).lower() for t in relation.types]
    assert list(zip(relation.columns, types, strict=True)) == [
        (c.name, c.type) for c in view.columns
    ]


def test_calls_by_principal(rows):
    told = rows("calls_by_principal")
    alice, bob = sorted((r for r in told if r["role"] == "WriterApp"), key=lambda r: -r["calls"])
    assert (alice["calls"], alice["failed_calls"], alice["input_tokens"]) == (3, 0, 29)
    assert (bob["calls"], bob["failed_calls"], bob["input_tokens"]) == (1, 1, 0)
    assert {alice["person"][:2], bob["person"][:2]} == {"p-"}
    (nobody,) = [r for r in told if r["role"] == "(none)"]
    assert (nobody["tenant"], nobody["person"]) == ("_unattributed", "(none)")


def test_calls_by_model(rows):
    told = {r["alias"]: r for r in rows("calls_by_model")}
    assert (told["smart"]["calls"], told["smart"]["cache_read_tokens"]) == (4, 7)
    assert told["(none)"]["model_id"] == "anthropic.claude-haiku-5-5"


def test_calls_by_day(rows):
    told = {r["tenant"]: r for r in rows("calls_by_day")}
    writer = told["writer"]
    assert (writer["calls"], writer["people"], writer["roles"]) == (4, 2, 1)
    assert writer["first_call"] == "2026-11-26T01:05:00Z"


def test_guardrail_interventions_say_how_many_records_tell(rows):
    told = {r["tenant"]: r for r in rows("guardrail_interventions")}
    writer = told["writer"]
    assert (writer["calls"], writer["calls_that_tell"], writer["interventions"]) == (4, 1, 1)


def test_the_glue_tables_and_views_are_those(vault, one):
    tables = {
        r["Properties"]["TableInput"]["Name"]: r["Properties"]["TableInput"]
        for r in vault["Resources"].values()
        if r["Type"] == "AWS::Glue::Table"
    }
    assert set(tables) == {t.name for t in LOG_TABLES} | set(log_views())
    parameters = tables["calls"]["Parameters"]
    assert parameters["projection.tenant.values"] == "_platform,_unattributed,chat,writer"
    assert parameters["storage.location.template"].endswith("tenant=${tenant}/day=${day}")
    serde = tables["calls"]["StorageDescriptor"]["SerdeInfo"]["Parameters"]
    assert serde["mapping.called_at"] == "timestamp"
    columns = {c["Name"]: c["Type"] for c in tables["calls"]["StorageDescriptor"]["Columns"]}
    assert columns["output"] == "struct<outputtokencount:bigint>"
