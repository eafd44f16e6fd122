"""Money is counted exactly once, whatever is doubled, cut short or changed on the way.

Each record uses a power of two of input tokens: the ledger's sum tells which records it holds, and
one counted twice cannot hide behind one lost.
"""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from spend_meter import plan
from spend_meter.dead_letters import decode_records
from tests.lambdas.invocations import (
    PRICE,
    RATES,
    delivery,
    event,
    policy_entry,
    profile_entry,
    record,
)
from tests.lambdas.meter_world import World, deliver_all

POLICY = policy_entry("writer")
SMART = profile_entry("writer", "smart")
LATECOMER = profile_entry("late", "comer")
REPRICED = profile_entry("writer", "smart", price={**PRICE, "rates": {**RATES, "input": "7"}})
RENAMED = profile_entry("writer", "other", profile_id="writersmart")

DELIVERIES = (range(8), range(8, 9), range(9, 16), range(16, 20))
ALL = sum(1 << i for i in range(20))


@pytest.fixture(autouse=True)
def _small_transactions(monkeypatch):
    monkeypatch.setattr(plan, "UPDATES_PER_TRANSACTION", 2)


def message(number):
    profile = "latecomer" if number % 5 == 3 else "writersmart"
    return record(profile, role=f"Role{number % 3}", tokens_in=1 << number, tokens_out=0)


def data_of(numbers):
    return delivery(event(number, message(number)) for number in numbers)


def run(order, crashes, changes):
    """Deliver in this order with these crashes, mend the registry, replay all dead letters."""
    world = World(POLICY, SMART)
    world.crash_at = set(crashes)
    pending = list(changes)

    def change():
        if pending:
            world.entries = [POLICY, *pending.pop()]

    world.between_attempts = change
    deliver_all(world, (data_of(DELIVERIES[index]) for index in order))
    world.entries = [POLICY, SMART, LATECOMER]
    world.between_attempts = lambda: None
    for _ in range(3):
        world.replay_all(twice=True)
    return world


REGISTRIES = st.sampled_from(
    [(SMART,), (REPRICED,), (RENAMED,), (SMART, LATECOMER), (LATECOMER,), ()]
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(0, 3), max_size=4).flatmap(
        lambda doubled: st.permutations([0, 1, 2, 3, *doubled])
    ),
    st.sets(st.integers(1, 120)),
    st.lists(REGISTRIES, max_size=12),
)
@example([0, 1, 2, 3], set(range(1, 100)), [(SMART,)])
def test_every_record_is_counted_exactly_once(order, crashes, changes):
    world = run(order, crashes, changes)
    assert world.dead_letters == []
    assert world.table.sum("A#", "in") == ALL
    assert world.table.sum("A#", "n") == world.table.sum("R#", "calls") == 20
    assert world.table.sum("A#", "h") == world.table.sum("R#", "usd")


@pytest.mark.parametrize("step", range(1, 60))
def test_a_crash_at_any_single_step_changes_nothing(step):
    undisturbed, crashed = run([0, 1, 2, 3], set(), []), run([0, 1, 2, 3], {step}, [])
    assert crashed.table.snapshot() == undisturbed.table.snapshot()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.integers(1, 80)), st.lists(REGISTRIES, max_size=8))
def test_without_mending_every_record_is_in_the_ledger_or_in_the_dead_letters(crashes, changes):
    world = World(POLICY, SMART)
    world.crash_at, pending = set(crashes), list(changes)

    def change():
        if pending:
            world.entries = [POLICY, *pending.pop()]

    world.between_attempts = change
    deliver_all(world, map(data_of, DELIVERIES))
    kept = {
        json.loads(text)["input"]["inputTokenCount"]
        for body in world.dead_letters
        for text in decode_records(json.loads(body)).events.messages
    }
    assert world.table.sum("A#", "in") + sum(kept) == ALL
    assert world.table.sum("X#", "records") == len(kept)
