import json
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.decision_types import Memory, Override
from shared.json_values import from_json, to_json
from shared.tenant_state import Failure, Notice, ProfileState, TenantState
from tests.lambdas.shared.decision_inputs import NOW, instants, memories, overrides

states = st.builds(
    TenantState,
    memory=memories,
    desired=st.dictionaries(st.text(max_size=5), st.sampled_from(["active", "suspended"])),
    decided_at=st.none() | instants,
    profiles=st.dictionaries(
        st.text(max_size=5),
        st.builds(
            ProfileState,
            arn=st.text(max_size=9),
            tag=st.none() | st.sampled_from(["active", "suspended"]),
            applied_at=st.none() | instants,
        ),
    ),
    attached=st.none() | st.lists(st.text(max_size=5), max_size=3).map(tuple),
    failures=st.dictionaries(
        st.text(max_size=5),
        st.builds(
            Failure,
            target=st.text(max_size=5),
            action=st.text(max_size=5),
            code=st.sampled_from(["gone", "quota-full"]),
            text=st.text(max_size=5),
            attempts=st.integers(0, 9),
            since=instants,
            again_at=instants,
        ),
    ),
    outbox=st.lists(
        st.builds(
            Notice,
            key=st.text(max_size=5),
            kind=st.text(max_size=5),
            subject=st.text(max_size=5),
            text=st.text(max_size=5),
            detail=st.dictionaries(st.text(max_size=3), st.text(max_size=3)),
        ),
        max_size=2,
    ).map(tuple),
)


@given(states)
def test_a_state_reads_back_as_it_was_written(state):
    assert from_json(TenantState, to_json(state)) == state


@given(overrides)
def test_a_persons_word_reads_back_with_every_digit_of_its_money(override):
    assert from_json(Override, to_json(override)) == override


@dataclass(frozen=True)
class Old:
    kept: str
    dropped: int = 1


@dataclass(frozen=True)
class New:
    kept: str
    added: tuple[Decimal, ...] = (Decimal(1),)
    also: Memory = field(default_factory=Memory)


def test_a_document_of_another_release_is_read_with_defaults_and_without_what_is_unknown():
    assert from_json(New, to_json(Old("x", 7))) == New("x")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"at": "yesterday"}',
        '{"at": 7, "expires_at": "2026-11-25T00:00:00+00:00"}',
        to_json(
            Override(at=NOW, expires_at=NOW, up_to_usd=Decimal(1), actor="a", reason="b")
        ).replace('"1"', '"many"'),
        to_json(
            Override(at=NOW, expires_at=NOW, up_to_usd=Decimal(1), actor="a", reason="b")
        ).replace('"b"', "5"),
    ],
)
def test_what_does_not_fit_is_a_value_error(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the kind is what callers rely on
        from_json(Override, text)


def test_a_state_of_a_kind_nobody_knows_is_a_value_error():
    written = json.loads(to_json(TenantState(desired={"smart": "active"})))
    written["desired"]["smart"] = "asleep"
    with pytest.raises(ValueError, match="asleep"):
        from_json(TenantState, json.dumps(written))
