"""What a user can get wrong: one sentence each that says what to do, and exit code 2."""

import gzip
import shutil

import duckdb
import pytest
from click.testing import CliRunner

from finops_constructs.cli.main import cli
from finops_constructs.cost_data.sample.writer import plan_months, write_sample
from tests.cost_data.conftest import AS_OF

PERIOD = "data/BILLING_PERIOD=2026-11"


def ask(source, question="showback", *more):
    return CliRunner().invoke(cli, ["query", question, "--source", str(source), *more])


@pytest.fixture(scope="module")
def small_sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    write_sample(folder, plan_months(last=AS_OF, months=1, rows=300))
    return folder


@pytest.fixture
def folder(small_sample, tmp_path):
    return shutil.copytree(small_sample, tmp_path / "export")


def rewrite(folder, select):
    """Replace the month's files by one that a query makes of them."""
    place = folder / PERIOD
    out = folder / "rewritten.parquet"
    query = select.format(source=f"read_parquet('{place}/*.parquet')")
    duckdb.connect().execute(f"COPY ({query}) TO '{out}' (FORMAT parquet)")
    for file in place.glob("*"):
        file.unlink()
    out.rename(place / "one.parquet")


def as_csv(folder, name):
    rewrite(folder, "SELECT * FROM {source}")
    file = folder / PERIOD / "one.parquet"
    text = "line_item_usage_type,line_item_unblended_cost\na,1\n"
    file.unlink()
    (folder / PERIOD / name).write_text(text)


def cut(folder):
    file = next((folder / PERIOD).glob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-1000])


def garble(folder):
    """Spoil what is between the first bytes and the last: the file still looks like Parquet."""
    file = max((folder / PERIOD).glob("*.parquet"), key=lambda each: each.stat().st_size)
    content = bytearray(file.read_bytes())
    for place in range(200, len(content) // 2, 97):
        content[place] ^= 0x5A
    file.write_bytes(content)


def empty(folder):
    for file in (folder / PERIOD).glob("*"):
        file.unlink()


def legacy_beside(folder):
    (folder / "cur1" / "year=2026" / "month=11").mkdir(parents=True)


def twice(folder):
    shutil.copytree(folder / PERIOD, folder / "copy" / "BILLING_PERIOD=2026-11")


def no_tag_activated(folder):
    rewrite(
        folder,
        "SELECT * REPLACE (CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS resource_tags) FROM {source}",
    )


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda f: as_csv(f, "one.parquet"), "is named Parquet but holds CSV: choose Parquet"),
        (lambda f: as_csv(f, "one.csv"), "lacks bill_bill_type, bill_billing_entity"),
        (cut, "is cut off: copy it again"),
        (garble, "finops-sample-00001.snappy.parquet: cannot be read ("),
        (empty, "2026-11 has a folder but no file: AWS delivers the first one up to 24 hours"),
        (legacy_beside, "has folders of a legacy CUR (year=.../month=...); give the folder"),
        (twice, "2026-11 is there more than once"),
        (
            lambda f: rewrite(f, "SELECT * EXCLUDE (line_item_iam_principal) FROM {source}"),
            "lacks line_item_iam_principal: add to the export's query (INCLUDE_RESOURCES and",
        ),
        (
            lambda f: rewrite(
                f,
                "SELECT * EXCLUDE (resource_tags), '' AS resource_tags_user_bedrock_tool"
                " FROM {source}",
            ),
            "is a legacy CUR (its tags are columns, not a map): create a CUR 2.0 export",
        ),
        (
            lambda f: rewrite(
                f,
                "SELECT * REPLACE (CAST(resource_tags AS VARCHAR) AS resource_tags) FROM {source}",
            ),
            "resource_tags is VARCHAR, not a map: this is no CUR 2.0 Parquet export",
        ),
        (
            lambda f: rewrite(f, "SELECT * FROM {source} LIMIT 0"),
            "2026-11 has 0 lines: AWS fills a new export within 24 hours",
        ),
        (
            lambda f: rewrite(
                f, "SELECT * REPLACE ('INR' AS line_item_currency_code) FROM {source}"
            ),
            "has lines in INR: only USD bills can be added up",
        ),
        (no_tag_activated, "no Bedrock line of 2026-11 carries bedrock:tool or finops:tenant"),
    ],
)
def test_fails_with_one_sentence_that_says_what_to_do(folder, spoil, problem):
    spoil(folder)
    result = ask(folder)
    assert result.exit_code == 2, result.output
    assert problem in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_spend_of_a_tag_that_was_never_activated_can_still_be_traced(folder):
    no_tag_activated(folder)
    result = ask(folder, "untagged_spend", "--format", "csv")
    assert result.exit_code == 0, result.output
    assert "assumed-role/" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("showback", "--month", "2026-12"), "there is no data for 2026-12: the export has"),
        (("showback", "--month", "November"), "a month is written YYYY-MM, got 'November'"),
        (("showbak",), "there is no view 'showbak'; did you mean showback?"),
        (("SELECT nonsense FROM showback",), "the statement failed: Binder Error"),
        (("SELEC 1 x",), "not a statement DuckDB can read"),
        (("SELECT 1; SELECT 2",), "give one SELECT statement"),
        (("DROP TABLE cur",), "give one SELECT statement"),
    ],
)
def test_fails_when_a_question_cannot_be_answered(small_sample, arguments, problem):
    result = ask(small_sample, *arguments)
    assert result.exit_code == 2, result.output
    assert problem in result.stderr


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("absent", "absent: there is no such folder"),
        (".", "holds no CUR 2.0 export: expected data/BILLING_PERIOD=YYYY-MM/*.parquet"),
        ("s3://bucket/export", "a source is a folder or athena://WORKGROUP/DATABASE"),
        ("athena://workgroup", "write athena://WORKGROUP/DATABASE"),
    ],
)
def test_fails_when_there_is_nothing_to_read(tmp_path, monkeypatch, source, problem):
    monkeypatch.chdir(tmp_path)
    result = ask(source)
    assert result.exit_code == 2
    assert problem in result.stderr


def test_a_month_without_bedrock_is_answered_with_no_rows_and_the_reason(folder):
    rewrite(folder, "SELECT * FROM {source} WHERE line_item_product_code = 'AmazonEC2'"
            " AND line_item_line_item_type = 'Usage'")  # fmt: skip
    result = ask(folder, "showback", "--format", "csv")
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1), result.output
    assert "no Bedrock line in 2026-11: AWS may deliver them a day after" in result.stderr


def test_a_csv_export_gives_the_same_answers(folder):
    before = ask(folder, "showback", "--format", "csv").stdout
    place = folder / PERIOD
    duckdb.connect().execute(
        f"COPY (SELECT * REPLACE (to_json(resource_tags) AS resource_tags, to_json(product) AS"
        f" product, to_json(cost_category) AS cost_category, to_json(discount) AS discount)"
        f" FROM read_parquet('{place}/*.parquet')) TO '{place}/all.csv' (HEADER)"
    )
    with gzip.open(place / "all.csv.gz", "wb") as out:
        out.write((place / "all.csv").read_bytes())
    for file in (*place.glob("*.parquet"), place / "all.csv"):
        file.unlink()
    assert ask(folder, "showback", "--format", "csv").stdout == before


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("tenant,units\nwriter,3\n", "lacks outcome_date, source, unit_of_work; outcomes has"),
        (
            "outcome_date,source,tenant,unit_of_work\nyesterday,measured,writer,article\n",
            "cannot be read as outcomes",
        ),
        (
            "outcome_date,source,tenant,unit_of_work\n2026-11-01,measured,,article\n",
            "1 rows have no tenant",
        ),
    ],
)
def test_fails_when_a_side_table_cannot_be_read(folder, text, problem):
    (folder / "inputs" / "outcomes").mkdir(parents=True)
    (folder / "inputs" / "outcomes" / "mine.csv").write_text(text)
    result = ask(folder, "roi")
    assert result.exit_code == 2
    assert problem in result.stderr
