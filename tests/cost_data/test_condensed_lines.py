"""Lines that were added up first give the rows that the same statement gives over all lines."""

import re
import sys
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finops_constructs.cost_data.columns import REQUIRED_COLUMNS
from finops_constructs.cost_data.condensed_lines import lines_read, looked_up
from finops_constructs.cost_data.condensing import condense, over_condensed, register
from finops_constructs.cost_data.cur_folder import CurMonth, cur_relation
from finops_constructs.cost_data.duckdb_engine import DuckDbEngine
from finops_constructs.cost_data.optional_duckdb import connect
from finops_constructs.cost_data.sample.writer import plan_months, write_sample
from finops_constructs.cost_data.views import DAILY_VIEWS, get_view
from tests.cost_data.conftest import AS_OF

STATEMENTS = {name: get_view(name).sql for name in DAILY_VIEWS}
SQL = STATEMENTS["bedrock_daily"]
MONTH = "2026-10"
TYPES = {
    "varchar": pa.string(),
    "double": pa.float64(),
    "timestamp": pa.timestamp("us"),
    "map<varchar,varchar>": pa.map_(pa.string(), pa.string()),
}
SCHEMA = pa.schema([(column.name, TYPES[column.type]) for column in REQUIRED_COLUMNS])
PRINCIPALS = (
    None,
    "",
    "arn:aws:sts::111122223333:assumed-role/app/jane@example.com",
    "arn:aws:sts::111122223333:assumed-role/app/i-0abc",
    "arn:aws:sts::111122223333:assumed-role/other/i-0abc",
    "arn:aws:sts::111122223333:assumed-role/app/s/2",
    "arn:aws:sts::111122223333:assumed-role/apple",
    "arn:aws:sts::111122223333:assumed-role/app/ä b",
    "arn:aws:iam::111122223333:user/team/jane",
    "arn:aws:iam::111122223333:user/team/john",
)
AMOUNTS = st.one_of(
    st.integers(-(10**13), 10**13).map(lambda n: n / 10**9),
    st.sampled_from((None, 0.0, 5e-11, -5e-11, 1.5e-10, 8e8)),
)
PRODUCT_CODES = ("AmazonBedrockX", "AmazonEC2", "AmazonS3", "AmazonCloudWatch", None)
TEXTS = st.sampled_from((None, "", "a", "ä", " a", "Amazon Bedrock"))
KEYS = sorted({*looked_up(SQL, "resource_tags"), "user_Name"})
PRODUCT_KEYS = sorted({*looked_up(SQL, "product"), "sku"})
RESOURCES = st.sampled_from(
    (None, "", "i-1", "ä", "finops-log", "Finops-log", "arn:aws:s3:::my-BEDROCK-log", "/finops/x")
)
NAMES = st.sampled_from(("EC2", "Claude (Amazon Bedrock Edition)", "Amazon Bedrock", None))


@st.composite
def lines(draw):
    starts = datetime.fromisoformat(f"{MONTH}-01") + timedelta(hours=draw(st.integers(0, 60)))
    tags = st.dictionaries(st.sampled_from(KEYS), TEXTS, max_size=4)
    products = st.dictionaries(st.sampled_from(PRODUCT_KEYS), NAMES, max_size=3)
    given_ = {
        "line_item_currency_code": "USD",
        "line_item_iam_principal": draw(st.sampled_from(PRINCIPALS)),
        "line_item_line_item_type": draw(st.sampled_from(("Usage", "Credit"))),
        "line_item_product_code": draw(st.sampled_from(PRODUCT_CODES)),
        "line_item_unblended_cost": draw(AMOUNTS),
        "line_item_usage_amount": draw(AMOUNTS),
        "line_item_usage_start_date": draw(st.sampled_from((starts, starts, None))),
        "line_item_usage_end_date": draw(st.sampled_from((starts + timedelta(hours=1), None))),
        "line_item_usage_type": draw(st.sampled_from(("E-NovaPro-input-tokens", "x", None))),
        "pricing_unit": draw(st.sampled_from(("1M tokens", "1K tokens", None))),
        "product": draw(st.none() | products),
        "product_product_family": draw(TEXTS),
        "resource_tags": draw(st.none() | tags),
    }
    rest = {column.name: None for column in REQUIRED_COLUMNS}
    rest |= {"line_item_resource_id": draw(RESOURCES), "bill_invoice_id": draw(TEXTS)}
    rest |= {"bill_bill_type": draw(TEXTS), "bill_invoicing_entity": draw(TEXTS)}
    return rest | given_


def write(folder, rows, **how):
    as_maps = [
        {
            name: list(value.items()) if isinstance(value, dict) else value
            for name, value in row.items()
        }
        for row in rows
    ]
    file = folder / f"{len(list(folder.glob('*')))}.parquet"
    pq.write_table(pa.Table.from_pylist(as_maps, schema=SCHEMA), file, **how)
    return file


def both_ways(*files):
    """The daily views' rows over added-up lines, None if they were not, and over all lines."""
    month = CurMonth(MONTH, files)
    with connect() as connection:
        connection.execute("CREATE TEMP MACRO element_at(m, k) AS m[k]")
        connection.execute(f"CREATE TEMP VIEW cur AS {cur_relation(connection, [month])}")
        plain = {name: rows_of(connection, sql) for name, sql in STATEMENTS.items()}
        periods, lines = condense([month], STATEMENTS, threads=2)
        if not periods:
            return None, plain
        register(connection, lines)
        added = {name: rows_of(connection, over_condensed(sql)) for name, sql in STATEMENTS.items()}
        return added, plain


def rows_of(connection, sql):
    return connection.execute(f"SELECT * FROM ({sql}) ORDER BY ALL").fetchall()


@given(st.lists(lines(), min_size=1, max_size=40), st.booleans())
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_adding_up_first_changes_no_row(tmp_path_factory, rows, dictionaries):
    folder = tmp_path_factory.mktemp("bill")
    half = len(rows) // 2 + 1
    files = [
        write(folder, part, row_group_size=7, use_dictionary=dictionaries)
        for part in (rows[:half], rows[half:])
        if part
    ]
    added, plain = both_ways(*files)
    assert added == plain


@pytest.mark.parametrize(
    ("code", "resource", "support"),
    [
        ("AmazonS3", "arn:aws:s3:::my-BEDROCK-log", "logging"),
        ("AmazonCloudWatch", "/aws/bedrock/calls", "logging"),
        ("AWSLambda", "arn:aws:lambda:::function:finops-meter", "library"),
        ("AmazonSNS", "/x/finops/y", "library"),
        ("AmazonSNS", "finops", None),
        ("AmazonEC2", "i-0bedrock", None),
    ],
)
def test_what_supports_bedrock_is_told_by_its_resource(tmp_path, code, resource, support):
    more = {"product": {"product_name": "x"}, "line_item_product_code": code}
    lines_ = [
        sample_line(0, line_item_resource_id=each, **more) for each in (resource, "i-1", None)
    ]
    added, plain = both_ways(write(tmp_path, lines_))
    assert added == plain
    assert {row[7] for row in added["bill_daily"]} == {support, None}


def test_many_large_amounts_are_exact_to_the_last_digit(tmp_path):
    rows = [sample_line(0, line_item_usage_amount=8.5e8 + n / 8) for n in range(2000)]
    added, plain = both_ways(write(tmp_path, rows))
    assert added == plain


def test_a_large_amount_of_another_service_does_not_slow_the_month_down(tmp_path):
    other = sample_line(
        1,
        line_item_product_code="AWSQueueService",
        product={"product_name": "SQS"},
        line_item_usage_amount=5e12,
    )
    added, plain = both_ways(write(tmp_path, [sample_line(0), other]))
    assert added == plain


def test_a_file_without_lines_adds_nothing(tmp_path):
    files = [write(tmp_path, []), write(tmp_path, [sample_line(0)])]
    assert pq.read_metadata(files[0]).num_row_groups == 1
    added, plain = both_ways(*files)
    assert added == plain


def sample_line(number, **more):
    return {
        "line_item_currency_code": "USD",
        "line_item_line_item_type": "Usage",
        "line_item_product_code": "AmazonBedrock",
        "line_item_unblended_cost": 1.25,
        "line_item_usage_amount": 7.0,
        "line_item_usage_start_date": datetime.fromisoformat(f"2026-10-0{1 + number % 3}"),
        "line_item_usage_end_date": datetime.fromisoformat(f"2026-10-0{2 + number % 3}"),
        "product": {"product_name": "Amazon Bedrock"},
        **more,
    }


def test_more_combinations_of_tags_than_fit_a_number_are_taken_in_parts(tmp_path):
    keys = looked_up(SQL, "resource_tags")
    rows = [
        sample_line(n, resource_tags={key: f"{key}/{n * 7 % 400}" for key in keys})
        for n in range(400)
    ]
    added, plain = both_ways(write(tmp_path, rows))
    assert added == plain
    assert len(plain["bedrock_daily"]) >= 400


def test_a_dictionary_that_was_given_up_half_way_is_read(tmp_path):
    rows = [
        sample_line(
            n,
            resource_tags={"user_bedrock_tool": f"tool {n}" * 9},
            line_item_resource_id=f"resource {n}" * 9,
        )
        for n in range(3000)
    ]
    file = write(tmp_path, rows, dictionary_pagesize_limit=2000, data_page_size=2000)
    added, plain = both_ways(file)
    assert added == plain
    assert len(plain["bedrock_daily"]) == 3000


def test_timestamps_with_a_time_zone_fall_on_the_days_of_utc(tmp_path):
    names = ("line_item_usage_start_date", "line_item_usage_end_date")
    file = write(tmp_path, [sample_line(0)])
    table = pq.read_table(file)
    for name in names:
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table[name].cast(pa.timestamp("ms", tz="UTC")))
    pq.write_table(table, file)
    with connect() as connection:
        connection.execute("SET TimeZone = 'Pacific/Auckland'")
        periods, added = condense([CurMonth(MONTH, (file,))], STATEMENTS, threads=1)
        assert periods == [MONTH]
        register(connection, added)
        days = connection.execute(f"SELECT {names[0]}::varchar FROM condensed_cur").fetchall()
    assert days == [("2026-10-01",)]


@pytest.mark.parametrize("amount", [2.5e9, float("nan")])
def test_an_amount_that_cannot_be_added_up_exactly_is_left_to_the_database(tmp_path, amount):
    file = write(tmp_path, [sample_line(0), sample_line(1, line_item_usage_amount=amount)])
    assert condense([CurMonth(MONTH, (file,))], STATEMENTS, threads=1) == ([], None)


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("line_item_unblended_cost", pa.decimal128(20, 10)),
        ("resource_tags", pa.map_(pa.string(), pa.int64())),
    ],
)
def test_a_column_of_another_type_is_left_to_the_database(tmp_path, name, type_):
    file = write(tmp_path, [sample_line(0, resource_tags={"user_bedrock_tool": "7"})])
    table = pq.read_table(file)
    place = table.schema.get_field_index(name)
    pq.write_table(table.set_column(place, name, table[name].cast(type_)), file)
    assert condense([CurMonth(MONTH, (file,))], STATEMENTS, threads=1) == ([], None)


def test_a_file_that_cannot_be_read_leaves_its_month_to_the_database_and_no_other(tmp_path):
    good, bad = write(tmp_path, [sample_line(0)]), tmp_path / "bad.parquet"
    bad.write_bytes(b"PAR1 and nothing more PAR1")
    months = [CurMonth("2026-09", (good, bad)), CurMonth(MONTH, (good,))]
    assert condense(months, STATEMENTS, threads=2)[0] == [MONTH]


def test_the_statement_reads_maps_by_literal_keys_only():
    bare = re.sub(r"--[^\n]*", "", SQL)
    for name in ("resource_tags", "product"):
        uses = len(re.findall(rf"\b{name}\b", bare))
        assert uses == len(re.findall(rf"element_at\({name}, '[^']*'\)", bare))


def test_a_folder_without_pyarrow_gives_the_same_rows(tmp_path, monkeypatch):
    rows = {}
    for name in ("with", "without"):
        folder = tmp_path / name
        write_sample(folder, plan_months(last=AS_OF, months=2, rows=400))
        if name == "without":
            monkeypatch.setitem(sys.modules, "finops_constructs.cost_data.condensed_lines", None)
        engine = DuckDbEngine(folder, as_of=AS_OF, threads=2)
        rows[name] = engine.view("bedrock_costs").rows
        engine.close()
    assert rows["with"] == rows["without"]
    assert rows["with"]


def test_a_resource_says_something_by_words_that_the_statement_looks_for():
    assert lines_read(**bedrock_and_bill()).telling == ["/finops/", "bedrock", "finops-"]
    uses = re.findall(r"\bresource_id\b(?! LIKE '%[^'%]*%'|\) LIKE '%[^'%]*%')", bare_bill())
    assert len(uses) == 1, "another way to read a resource than LIKE would miss those left out"


def bedrock_and_bill():
    return {"bedrock": SQL, "bill": STATEMENTS["bill_daily"]}


def bare_bill():
    return re.sub(r"--[^\n]*|line_item_resource_id", "", STATEMENTS["bill_daily"])
