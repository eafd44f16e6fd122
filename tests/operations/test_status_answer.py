import contextlib
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_constructs.operations.errors import AnswerError
from finops_constructs.operations.status import AliasStatus
from finops_constructs.operations.status_answer import parse_status
from tests.operations.fake_platform import LIMIT, iso, status


def test_money_stays_exact_and_times_keep_their_zone():
    found = parse_status(status(estimated_usd="412.104001", why=[LIMIT]))
    assert found.estimated_usd == Decimal("412.104001")
    assert found.why[0].ends == datetime(2026, 12, 1, tzinfo=UTC)
    assert found.top_roles[0] == ("writer-app", Decimal(400))


def test_what_ends_a_stop_may_be_a_sentence():
    assert parse_status(status(ends="a person resumes it")).ends == "a person resumes it"


def test_a_bill_that_is_not_there_is_none_with_a_reason_and_never_zero():
    for billed in (None, {"amount_usd": None}, {"amount_usd": None, "not_available": "too early"}):
        found = parse_status(status(billed=billed)).billed
        assert found.amount_usd is None
        assert found.not_available
    told = parse_status(status(billed={"amount_usd": "0", "not_available": None})).billed
    assert (told.amount_usd, told.not_available) == (Decimal(0), None)


def test_what_an_older_platform_leaves_out_is_not_there():
    found = parse_status({"tenant": "writer", "mode": "shadow", "state": "active"})
    assert (found.estimated_usd, found.limit_usd, found.decided_at) == (None, None, None)
    assert (found.aliases, found.why, found.would_stop, found.worst_case) == ({}, (), (), None)


def test_everything_of_an_eventful_tenant_is_read():
    found = parse_status(
        status(
            override={
                "reason": "close",
                "actor": "jo",
                "started_at": iso(),
                "ends_at": iso(3600),
                "up_to_usd": "600",
            },
            approval={"state": "pending", "asked_at": iso(), "times_out_at": iso(60)},
            would_stop=[{"since": iso(), "why": "limit", "avoided_usd": "9.5", "scope": "smart"}],
            worst_case_loss_usd={
                "usd": "61.2",
                "inputs": [{"name": "tokens a minute", "value": 200000, "basis": "assumed"}],
            },
        )
    )
    assert found.override
    assert found.override.up_to_usd == 600
    assert found.approval
    assert found.approval.state == "pending"
    assert (found.would_stop[0].scope, found.would_stop[0].avoided_usd) == ("smart", Decimal("9.5"))
    assert found.worst_case
    assert found.worst_case.inputs[0].value == "200000"


@pytest.mark.parametrize(
    "broken",
    [
        {"since": "2026-11-25T10:42:00"},  # no zone
        {"since": "yesterday"},
        {"since": 5},
        {"estimated_usd": "much"},
        {"aliases": ["smart"]},
        {"top_roles": [["one"]]},
        {"why": ["monthly-limit"]},
        {"aliases": {"smart": {}}},
        {"aliases": {"smart": {"state": 1}}},
        {"state": None},
    ],
)
def test_fails_for_a_field_that_is_not_what_it_is_said_to_be(broken):
    with pytest.raises(AnswerError, match="older than the platform"):
        parse_status(status() | broken)


def test_a_canary_is_no_alias_of_the_tenants_own():
    found = parse_status(status(aliases={"smart": "active", "drill-1a2b3c4d": "applied"}))
    assert found.own_aliases == {"smart": AliasStatus(state="active", why=None)}
    assert not found.needs_a_person


@pytest.mark.parametrize(
    "change",
    [
        {"state": "applied"},
        {"state": "held"},
        {"aliases": {"fast": "active", "smart": "applied"}},
        {"approval": {"state": "pending"}},
        {"would_stop": [{"since": iso()}]},
    ],
)
def test_a_tenant_needs_a_person_when_something_is_not_as_usual(change):
    assert parse_status(status(**change)).needs_a_person
    assert not parse_status(status()).needs_a_person


@given(
    st.dictionaries(
        st.sampled_from(sorted(status())),
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.integers())
        ),
    )
)
def test_whatever_comes_is_either_read_or_an_answer_error(broken):
    with contextlib.suppress(AnswerError):
        assert parse_status(status() | broken).raw
