"""`finops outcomes import` and `finops dimensions import`: all rows are good, or none is taken."""

from datetime import date
from decimal import Decimal

import boto3
import duckdb
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from finops_constructs.cli.dimensions import dimensions
from finops_constructs.cli.outcomes import outcomes
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.side_import import ColumnMap, read_rows
from finops_constructs.cost_data.side_store import FolderStore, keep_rows
from finops_constructs.cost_data.side_tables import SIDE_TABLES

OUTCOMES = SIDE_TABLES["outcomes"]
DIMENSIONS = SIDE_TABLES["dimensions"]
HEADER = (
    "outcome_date,source,sample_size,tenant,unit_of_work,units,hours_saved,hourly_rate_usd,"
    "velocity,velocity_unit\n"
)
GOOD = "2026-10-05,measured,420,writer,article,420,180.5,50,38,articles published\n"


@pytest.fixture
def csv(tmp_path):
    def write(text, name="rows.csv"):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write


def outcome_file(csv, line):
    return csv(HEADER + line)


def problem(file, table=OUTCOMES, **mapping):
    with pytest.raises(CostDataError) as caught:
        read_rows(file, table, ColumnMap(**mapping))
    return str(caught.value)


def test_a_good_row_keeps_its_exact_values(csv):
    (row,) = read_rows(outcome_file(csv, GOOD), OUTCOMES, ColumnMap()).rows
    assert row["outcome_date"] == date(2026, 10, 5)
    assert row["hours_saved"] == Decimal("180.5")
    assert row["sample_size"] == 420
    assert row["project"] is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (GOOD.replace("measured", "guess"), "source: 'guess': must be measured, survey, estimate"),
        (GOOD.replace("measured,420", "survey,"), "sample_size: a survey says how many"),
        (GOOD.replace("2026-10-05", "05/10/2026"), "outcome_date: '05/10/2026': must be a date"),
        (GOOD.replace("180.5", "-1"), "hours_saved: -1: must be 0 or more"),
        (GOOD.replace("180.5", "1_0"), "hours_saved: '1_0': must be a number"),
        (GOOD.replace("180.5", "NaN"), "hours_saved: 'NaN'"),
        (GOOD.replace("180.5", "1.23456"), "at most 4 decimal places"),
        (GOOD.replace("180.5,50", "180.5,"), "hourly_rate_usd: is empty beside hours_saved"),
        (GOOD.replace("writer", ""), "tenant: is empty"),
        (GOOD.replace("420,180.5,50,38,articles published", ",,,,"), "the row says nothing"),
        ("2026-10-05,measured\n", "2 cells under 10 headers"),
    ],
)
def test_a_bad_row_is_named_by_line_and_column_and_nothing_is_imported(csv, line, said):
    text = problem(outcome_file(csv, GOOD + line))
    assert f"line 3: {said}" in text or said in text
    assert "line 2" not in text
    assert "nothing was imported" in text


def test_an_issue_trackers_export_needs_only_a_mapping(csv):
    file = csv("Key;Resolved;Component\nA-1;12/Nov/26;writer\nA-2;;writer\n")
    read = read_rows(
        file,
        OUTCOMES,
        ColumnMap(
            columns={"outcome_date": "resolved", "tenant": "Component"},
            constants={"source": "measured", "unit_of_work": "issue", "units": "1"},
            date_format="%d/%b/%y",
            skip_empty=frozenset({"outcome_date"}),
        ),
    )
    assert [row["outcome_date"] for row in read.rows] == [date(2026, 11, 12)]
    assert read.rows[0]["units"] == 1
    assert (read.skipped, read.ignored) == (1, ("Key",))


def test_a_missing_column_is_answered_with_how_to_map_it(csv):
    text = problem(csv("day,tenant\n2026-10-05,writer\n"))
    assert "--map outcome_date=HEADER" in text
    assert "it has day, tenant" in text


def test_a_mapping_to_what_is_not_there_is_refused(csv):
    file = outcome_file(csv, GOOD)
    assert "has no column 'Closed'" in problem(file, columns={"outcome_date": "Closed"})
    assert "outcomes has no column 'closed'" in problem(file, columns={"closed": "Closed"})


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"\xff\xfe\x00", "is no UTF-8"), (HEADER.encode(), "has no row")],
)
def test_a_file_without_rows_says_what_to_do(tmp_path, content, said):
    file = tmp_path / "rows.csv"
    file.write_bytes(content)
    assert said in problem(file)


def test_the_same_rows_are_imported_once(csv, tmp_path):
    rows = read_rows(outcome_file(csv, GOOD), OUTCOMES, ColumnMap()).rows
    store = FolderStore(tmp_path)
    assert keep_rows(store, OUTCOMES, rows).new
    assert not keep_rows(store, OUTCOMES, rows).new
    (file,) = (tmp_path / "inputs" / "outcomes").iterdir()
    kept = (
        duckdb.connect()
        .execute(f"SELECT hours_saved, typeof(hours_saved) FROM '{file}'")
        .fetchall()
    )
    assert kept == [(Decimal("180.5000"), "DECIMAL(18,4)")]


def test_a_move_in_the_books_is_a_later_row_and_a_contradiction_is_refused(csv, tmp_path):
    store = FolderStore(tmp_path)

    def keep(text):
        return keep_rows(store, DIMENSIONS, read_rows(csv(text), DIMENSIONS, ColumnMap()).rows)

    header = "tenant,valid_from,cost_centre\n"
    assert keep(header + "writer,2026-01-01,CC-1\n").new
    assert keep(header + "writer,2026-11-10,CC-2\n").new
    with pytest.raises(CostDataError, match="writer from 2026-01-01"):
        keep(header + "writer,2026-01-01,CC-3\n")
    with pytest.raises(CostDataError, match="chat from 2026-02-01"):
        keep(header + "chat,2026-02-01,CC-3\nchat,2026-02-01,CC-4\n")
    assert len(list((tmp_path / "inputs" / "dimensions").iterdir())) == 2


@settings(max_examples=25, deadline=None)
@given(
    units=st.decimals(min_value=0, max_value=10**13, places=4, allow_nan=False),
    hours=st.decimals(min_value=0, max_value=10**13, places=4, allow_nan=False),
)
def test_any_amount_in_range_survives_the_way_through_csv(tmp_path_factory, units, hours):
    file = tmp_path_factory.mktemp("csv") / "rows.csv"
    file.write_text(
        "outcome_date,source,tenant,unit_of_work,units,hours_saved,hourly_rate_usd\n"
        f"2026-10-05,estimate,writer,page,{units},{hours},50\n"
    )
    (row,) = read_rows(file, OUTCOMES, ColumnMap()).rows
    assert (row["units"], row["hours_saved"]) == (units, hours)


def test_the_commands_say_what_they_did_and_exit_2_on_a_users_mistake(csv, tmp_path):
    good = str(outcome_file(csv, GOOD))
    run = CliRunner().invoke
    dry = run(outcomes, ["import", good, "--into", str(tmp_path), "--dry-run"])
    assert (dry.exit_code, dry.stdout) == (0, "1 row would be imported\n")
    assert not (tmp_path / "inputs").exists()
    done = run(outcomes, ["import", good, "--into", str(tmp_path)])
    assert done.stdout.startswith("1 row imported: ")
    again = run(outcomes, ["import", good, "--into", str(tmp_path), "--json"])
    assert '"imported": false' in again.stdout
    bad = run(dimensions, ["import", good, "--into", str(tmp_path)])
    assert bad.exit_code == 2
    assert "valid_from" in bad.stderr
    nowhere = run(outcomes, ["import", good, "--into", str(tmp_path / "none")])
    assert "give an existing folder" in nowhere.stderr
    pair = run(outcomes, ["import", good, "--into", str(tmp_path), "--map", "tenant"])
    assert "write COLUMN=TEXT" in pair.stderr


@mock_aws
def test_rows_go_to_the_bucket_of_the_cost_lake(csv, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    header = "tenant,valid_from,cost_centre\n"
    run = CliRunner().invoke
    first = csv(header + "writer,2026-01-01,CC-1\n")
    done = run(dimensions, ["import", str(first), "--into", "s3://lake/books"])
    assert "1 row imported: s3://lake/books/inputs/dimensions/import-" in done.stdout
    other = csv(header + "writer,2026-01-01,CC-9\n")
    refused = run(dimensions, ["import", str(other), "--into", "s3://lake/books"])
    assert (refused.exit_code, "contradict" in refused.stderr) == (2, True)
    absent = run(dimensions, ["import", str(first), "--into", "s3://nowhere"])
    assert (absent.exit_code, "S3 refused" in absent.stderr) == (2, True)
