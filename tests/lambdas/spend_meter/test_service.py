import json

import pytest

from spend_meter import plan
from tests.lambdas.invocations import (
    PRICE,
    delivery,
    delivery_of,
    policy_entry,
    profile_entry,
    record,
)
from tests.lambdas.ledger_table import CrashError, client_error
from tests.lambdas.meter_world import World

WRITER = (policy_entry("writer"), profile_entry("writer", "smart"))


@pytest.fixture
def world():
    return World(*WRITER)


def test_a_delivery_reaches_the_ledger_in_one_transaction(world):
    world.deliver(delivery_of(record(), record(role="Other")))
    assert world.table.writes == world.table.transactions == 1
    assert world.table.sum("A#", "n") == 2
    assert world.table.sum("R#", "usd") == world.table.sum("A#", "h") == 9000
    assert world.metered() == 2


def test_a_delivery_that_comes_twice_is_counted_once(world):
    data = delivery_of(record(), "{", record("nobody"))
    world.deliver(data)
    before, letters = world.table.snapshot(), list(world.dead_letters)
    world.replace_container()
    world.deliver(data)
    assert world.table.snapshot() == before
    assert world.dead_letters == letters
    assert world.metered() == 1


def test_a_test_message_touches_nothing(world):
    world.deliver(delivery([], "CONTROL_MESSAGE"))
    world.deliver(delivery([]))
    assert world.steps == 0


def test_a_wide_delivery_is_written_in_several_transactions_after_its_plan(world):
    world.deliver(delivery_of(*(record(role=f"Role{i}") for i in range(200))))
    assert world.table.transactions == 3
    assert world.table.writes == 4
    assert world.table.sum("A#", "n") == world.table.sum("R#", "calls") == 200


def test_a_plan_outlives_a_registry_that_changes_under_it(world, monkeypatch):
    monkeypatch.setattr(plan, "UPDATES_PER_TRANSACTION", 2)
    data = delivery_of(*(record(role=f"Role{i}") for i in range(6)))
    world.crash_at = {4}  # after the plan and its first transaction

    def reprice():
        world.entries = [*WRITER[:1], profile_entry("writer", "renamed", profile_id="writersmart")]

    world.between_attempts = reprice
    world.deliver(data)
    assert world.table.sum("A#", "n") == world.table.sum("R#", "calls") == 6
    assert world.table.sum("A#", "h") == world.table.sum("R#", "usd")


def test_a_profile_that_becomes_known_between_attempts_is_not_counted_twice(world):
    world.entries = list(WRITER[:1])
    world.crash_at = {4}  # the dead letter is sent, the ledger not yet written
    world.between_attempts = lambda: world.entries.append(WRITER[1])
    world.deliver(delivery_of(record()))
    assert world.table.sum("A#", "n") == 0
    assert len(world.dead_letters) == 2
    world.replay_all()
    assert world.table.sum("A#", "n") == 1
    assert world.dead_letters == []


def test_refused_records_are_kept_before_the_ledger_says_they_were(world):
    world.crash_at = {3}
    with pytest.raises(CrashError):
        world.meter.deliver(delivery_of(record("nobody")))
    assert world.dead_letters == []
    assert world.table.snapshot() == {}


def test_refused_records_are_counted_and_kept_in_one_message(world):
    world.deliver(delivery_of(record(), *[record("nobody")] * 50, "{"))
    assert world.table.sum("X#", "records") == 51
    assert len(world.dead_letters) == 1
    assert world.handled[-1].rejected == 51
    assert world.delays == [0]


def test_dead_letters_are_metered_once_the_registry_knows_their_profile(world):
    world.deliver(delivery_of(record("newcomer"), record("newcomer")))
    world.entries.append(profile_entry("new", "comer"))
    world.replay_all(twice=True)
    assert world.table.sum("A#", "n") == 2
    assert world.table.sum("X#", "records") == 2
    assert world.metered() == 2


def test_a_whole_delivery_of_dead_letters_is_not_taken_for_its_first_coming(world):
    world.deliver(delivery_of(record("newcomer")))
    world.entries.append(profile_entry("new", "comer"))
    world.replay_all()
    assert world.table.sum("A#", "n") == 1


def test_a_record_refused_again_is_kept_again_for_later_and_not_counted_again(world):
    world.deliver(delivery_of(record("newcomer"), record("nobody")))
    world.entries.append(profile_entry("new", "comer"))
    for _ in range(3):
        world.replay_all()
    assert world.table.sum("A#", "n") == 1
    assert world.table.sum("X#", "records") == 2
    (kept,) = world.dead_letters
    assert json.loads(kept)["reasons"] == {"unknown-profile": 1}
    assert json.loads(kept)["attempt"] == 3
    assert world.delays == [0, 900, 900, 900]


def test_a_delivery_that_cannot_be_opened_is_kept_and_counted_once(world):
    data = delivery_of(record())[:-40]
    world.deliver(data)
    world.deliver(data)
    assert world.table.sum("X#", "records") == 1
    assert len(world.dead_letters) == 1
    world.replay_all()
    assert world.table.sum("X#", "records") == 1
    (kept,) = world.dead_letters
    assert json.loads(kept)["awslogs"]["data"] == data
    assert json.loads(kept)["attempt"] == 1


def test_an_event_that_lambda_gave_up_is_replayed_as_if_it_came_for_the_first_time(world):
    data = delivery_of(record())
    destination = {"version": "1.0", "requestPayload": {"awslogs": {"data": data}}}
    world.dead_letters += [json.dumps(destination), json.dumps({"awslogs": {"data": data}})]
    world.replay_all()
    assert world.table.sum("A#", "n") == 1


@pytest.mark.parametrize("body", ["", "text", "{}", "[]", '{"data": 5}', '{"data": "AAAA"}'])
def test_fails_when_a_message_is_nobodys_dead_letter(world, body):
    with pytest.raises((KeyError, TypeError, ValueError, OSError, EOFError)):
        world.meter.replay(body)
    assert world.steps == 0


def test_a_tenant_near_a_threshold_is_named_in_one_wake(world):
    rich = record(tokens_out=1_000_000)
    world.deliver(delivery_of(*(rich | {"requestId": str(i)} for i in range(20))))
    world.deliver(delivery_of(rich, first=100))
    assert [json.loads(wake) for wake in world.wakes] == [
        {"wake": "spend-meter", "tenants": ["writer"]}
    ] * 2


def test_after_its_first_look_a_tenant_far_from_its_limit_wakes_nobody(world):
    world.deliver(delivery_of(record()))
    assert len(world.wakes) == 1
    for number in range(5):
        world.deliver(delivery_of(record(), first=100 + number))
    assert len(world.wakes) == 1


def test_a_wake_lost_in_a_crash_is_made_up_for(world):
    world.crash_at = {3}  # the ledger is written, the wake not yet sent
    world.deliver(delivery_of(record()))
    assert len(world.wakes) == 1
    assert world.table.sum("A#", "n") == 1


def test_a_tenant_without_a_policy_is_metered_and_wakes_nobody():
    world = World(profile_entry("writer", "smart", price=PRICE))
    world.deliver(delivery_of(record()))
    assert world.table.sum("A#", "n") == 1
    assert world.wakes == []


def test_a_ledger_that_cannot_be_read_wakes_to_be_safe(world, monkeypatch):
    def fail(**_):
        raise client_error("ThrottlingException")

    monkeypatch.setattr(world.table, "paginate", fail)
    world.deliver(delivery_of(record()))
    world.deliver(delivery_of(record(), first=100))
    assert len(world.wakes) == 2
