"""Chargeback statements: numbered, never changed, and in the end what the bill says."""

from datetime import date
from decimal import Decimal

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.report.statement_files import as_csv, page, read_statements, write_statements
from finops_constructs.report.statement_store import FolderStatements, open_statements
from finops_constructs.report.statements import (
    charged_so_far,
    month_charges,
    plan_statements,
)

DAY = date(2026, 12, 5)


def charges(month, amounts, status="provisional"):
    """`amounts`: (cost centre, tenant) -> USD."""
    rows = [
        {
            "billing_period": month,
            "tenant": tenant,
            "cost_centre": centre,
            "gl_code": "640100",
            "entity": "Bank",
            "owner": f"{tenant}@example.com",
            "charge_usd": Decimal(usd),
            "status": status,
            "allocation_rule": "by usage",
        }
        for (centre, tenant), usd in amounts.items()
    ]
    return month_charges(month, rows)


SEPTEMBER = {("CC-1", "writer"): "10.00", ("CC-2", "chat"): "5.00"}


def issue(store, now, *earlier):
    issued, before = read_statements(store)
    statements = plan_statements(now, earlier, issued, issued_on=DAY)
    write_statements(store, statements, before=before, organization="Bank & Co")
    return statements


@pytest.fixture
def store(tmp_path):
    return FolderStatements(tmp_path / "statements")


def test_each_cost_centre_gets_one_numbered_statement(store):
    first, second = issue(store, charges("2026-09", SEPTEMBER))
    assert (first.number, first.cost_centre, first.total_usd) == (
        "CB-2026-09-001",
        "CC-1",
        Decimal("10.00"),
    )
    assert second.number == "CB-2026-09-002"
    assert {each.name for each in store.folder.iterdir()} == {
        "CB-2026-09.json",
        *(f"CB-2026-09-00{n}.{kind}" for n in (1, 2) for kind in ("json", "html", "csv")),
    }


def test_what_was_restated_comes_as_a_true_up_in_the_next(store):
    issue(store, charges("2026-09", SEPTEMBER))
    september = charges("2026-09", {**SEPTEMBER, ("CC-1", "writer"): "12.34"})
    first, second = issue(store, charges("2026-10", SEPTEMBER), september)
    assert [(line.kind, line.month, line.charge_usd) for line in first.lines] == [
        ("charge", "2026-10", Decimal("10.00")),
        ("true-up", "2026-09", Decimal("2.34")),
    ]
    assert [line.kind for line in second.lines] == ["charge"]
    third = issue(store, charges("2026-11", SEPTEMBER), september, charges("2026-10", SEPTEMBER))
    assert all(line.kind == "charge" for each in third for line in each.lines)


def test_a_cost_centre_that_only_gets_money_back_gets_a_statement(store):
    issue(store, charges("2026-09", SEPTEMBER))
    september = charges("2026-09", {("CC-1", "writer"): "10.00", ("CC-3", "chat"): "5.00"})
    statements = issue(store, charges("2026-10", {("CC-1", "writer"): "1.00"}), september)
    assert [(each.cost_centre, each.total_usd) for each in statements] == [
        ("CC-1", Decimal("1.00")),
        ("CC-2", Decimal("-5.00")),
        ("CC-3", Decimal("5.00")),
    ]


@pytest.mark.parametrize(
    ("month", "status", "said"),
    [
        ("2026-10", "open", "2026-10 is not over"),
        ("2026-09", "final", "charged already \\(CB-2026-09-001, CB-2026-09-002\\)"),
        ("2026-08", "final", "2026-08 is before 2026-09"),
    ],
)
def test_fails_when_a_month_cannot_be_charged(store, month, status, said):
    issue(store, charges("2026-09", SEPTEMBER))
    kept = {each.name: each.read_bytes() for each in store.folder.iterdir()}
    with pytest.raises(CostDataError, match=said):
        issue(store, charges(month, SEPTEMBER, status))
    assert {each.name: each.read_bytes() for each in store.folder.iterdir()} == kept


def test_a_month_that_was_changed_or_taken_away_is_found_out(store):
    issue(store, charges("2026-09", SEPTEMBER))
    september = charges("2026-09", SEPTEMBER)
    issue(store, charges("2026-10", SEPTEMBER), september)
    file = store.folder / "CB-2026-09.json"
    text = file.read_text()
    file.chmod(0o644)
    file.write_text(text.replace('"10.00"', '"11.00"'))
    with pytest.raises(CostDataError, match=r"CB-2026-10\.json: the months before it"):
        read_statements(store)
    file.unlink()
    with pytest.raises(CostDataError, match="the months before it"):
        read_statements(store)
    file.write_text("{")
    with pytest.raises(CostDataError, match=r"CB-2026-09\.json: is no statement"):
        read_statements(store)


def test_a_run_that_broke_off_can_be_run_again(store, monkeypatch):
    monkeypatch.setattr(FolderStatements, "create", _fail_at_the_month(FolderStatements.create))
    with pytest.raises(OSError, match="no space"):
        issue(store, charges("2026-09", SEPTEMBER))
    assert read_statements(store)[0] == []
    monkeypatch.undo()
    assert len(issue(store, charges("2026-09", SEPTEMBER))) == 2


def _fail_at_the_month(create):
    def failing(self, name, text):
        if name == "CB-2026-09.json":
            raise OSError("no space")
        return create(self, name, text)

    return failing


def test_two_who_issue_the_same_month_do_not_both(store):
    issued, before = read_statements(store)
    twice = plan_statements(charges("2026-09", SEPTEMBER), [], issued, issued_on=DAY)
    write_statements(store, twice, before=before, organization="Bank")
    with pytest.raises(CostDataError, match="by somebody else"):
        write_statements(store, twice, before=before, organization="Bank")


amounts = st.dictionaries(
    st.tuples(st.sampled_from(("CC-1", "CC-2", None)), st.sampled_from(("a", "b"))),
    st.integers(-10_000, 10_000).map(lambda cents: Decimal(cents) / 100),
    min_size=1,
)


@given(st.lists(amounts, min_size=2, max_size=5))
def test_charges_and_true_ups_add_up_to_the_latest_bill_whatever_is_restated(versions):
    """Month 1 is restated by each version while later months are charged."""
    first, *later = versions
    issued = plan_statements(charges("2026-01", first), [], [], issued_on=DAY)
    for number, version in enumerate(later, 2):
        restated = [charges("2026-01", version)]
        month = charges(f"2026-{number:02}", first)
        issued += plan_statements(month, restated, issued, issued_on=DAY)
    charged = {}
    for (month, centre, tenant), usd in charged_so_far(issued).items():
        if month == "2026-01" and usd:
            charged[centre, tenant] = usd
    wanted = {
        (centre or "(none)", tenant): usd for (centre, tenant), usd in later[-1].items() if usd
    }
    assert charged == wanted


def test_the_page_shows_names_as_text_and_the_csv_is_for_a_ledger():
    (statement,) = plan_statements(
        charges("2026-09", {("<i>", "writer"): "1234.50"}), [], [], issued_on=DAY
    )
    shown = page(statement, "Bank & Co")
    assert "<strong>&lt;i&gt;</strong>" in shown
    assert "Bank &amp; Co" in shown
    assert "1,234.50" in shown
    assert (
        as_csv(statement)
        .splitlines()[1]
        .endswith("<i>,charge,2026-09,writer,640100,Bank,writer@example.com,1234.50")
    )


@mock_aws
def test_on_s3_nothing_issued_is_written_over(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    boto3.client("s3").create_bucket(
        Bucket="books", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    store = open_statements("s3://books/statements")
    issue(store, charges("2026-09", SEPTEMBER))
    issued, before = read_statements(store)
    assert [each.number for each in issued] == ["CB-2026-09-001", "CB-2026-09-002"]
    with pytest.raises(CostDataError, match="by somebody else"):
        write_statements(store, issued, before=before, organization="Bank")
