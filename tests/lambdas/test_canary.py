"""The self-test by itself: what it waits for, leaves behind, and says when it fails."""

import json
from datetime import timedelta

import pytest

from canary.commands_url import CommandError
from canary.service import Canary
from canary.settings import Settings
from commands.identity import Actor
from commands.request import parse_request
from shared.canary_tenant import CANARY_ALIAS, CANARY_TENANT
from shared.lasting_words import Pause
from shared.ledger import read_month
from shared.state_table import StateTable
from spend_meter.delivery import log_events
from spend_meter.ledger_writer import LedgerWriter
from spend_meter.metering import meter
from tests.lambdas.commands_under_test import commands_service
from tests.lambdas.platform_under_test import (
    ACCOUNT,
    LEDGER,
    REGION,
    STATE,
    policy_arn,
    profile_arn,
    role_arn,
)

GROUP = "/finops/bedrock-invocations"
KIM = "arn:aws:sts::123456789012:assumed-role/finops-canary/x"


class World:
    """A platform whose meter and switch work whenever the canary waits, unless told otherwise."""

    def __init__(self, platform):
        self.platform = platform
        self.metering = self.switching = self.ordering = True
        self.metered = 0
        platform.add_tenant(CANARY_TENANT, aliases=(), roles=("canary-caller",), limit="1")
        price = {"rates": {"input": "1", "output": "1"}, "source": "self-test"}
        platform.add_profile(CANARY_TENANT, CANARY_ALIAS, price=price, burst_alarm_name=None)
        platform.services("logs").create_log_group(logGroupName=GROUP)
        service = commands_service(platform)

        class Commands:
            def order(_, **body):  # noqa: N805 - the world is `self`
                if not self.ordering:
                    raise CommandError("500: the platform failed")
                return service.answer(parse_request({"body": json.dumps(body)}), Actor(KIM))

        self.canary = Canary(
            settings=Settings(
                account=ACCOUNT,
                region=REGION,
                log_group=GROUP,
                ledger_table=LEDGER,
                state_table=STATE,
                commands_url="",
                profile_arn=profile_arn(CANARY_TENANT, CANARY_ALIAS),
                role_arn=role_arn("canary-caller"),
                suspension_policy_arn=policy_arn(CANARY_TENANT),
            ),
            client=platform.services,
            commands=Commands(),
            now=lambda: platform.now,
            seconds=lambda: platform.seconds,
            sleep=self.sleep,
        )

    def sleep(self, seconds):
        self.platform.later(seconds=seconds)
        if self.metering:
            self._meter()
        if self.switching:
            self.platform.run(CANARY_TENANT)

    def _meter(self):
        found = self.platform.services("logs").filter_log_events(logGroupName=GROUP)["events"]
        new = [{"id": e["eventId"], "message": e["message"]} for e in found[self.metered :]]
        if new:
            self.metered = len(found)
            metered = meter(
                log_events(new),
                profile_of=self.platform.switch.registry.current(fresh=True).by_model_id.get,
                now=self.platform.now,
            )
            writer = LedgerWriter(self.platform.services("dynamodb"), LEDGER)
            writer.write_whole(f"batch-{self.metered}", metered.updates)

    def spent(self):
        dynamodb = self.platform.services("dynamodb")
        return read_month(dynamodb, LEDGER, CANARY_TENANT, self.platform.now).total_usd


@pytest.fixture
def world(platform):
    return World(platform)


def test_every_hop_is_seen_where_it_ends_and_the_money_is_booked_back(world):
    outcome = world.canary.run()
    assert (outcome.result, outcome.why) == ("passed", "")
    assert outcome.seconds == {"Metered": 1, "Stopped": 0, "Resumed": 1}
    assert world.spent() == 0
    assert world.platform.stopped(CANARY_TENANT) == set()
    assert world.platform.read_mail(world.platform.platform_mail) == []
    assert world.canary.run().result == "passed"


@pytest.mark.parametrize(
    ("broken", "why", "hops"),
    [
        ("metering", "not metered within 240 s", set()),
        ("switching", "not stopped within 120 s", {"Metered"}),
    ],
)
def test_a_hop_that_does_not_end_is_named_and_the_next_run_starts_clean(world, broken, why, hops):
    setattr(world, broken, False)
    outcome = world.canary.run()
    assert (outcome.result, outcome.why) == ("failed", f"HopError: {why}")
    assert set(outcome.seconds) == hops
    setattr(world, broken, True)
    world.sleep(1)
    assert world.canary.run().result == "passed"
    assert world.spent() == 0


def test_commands_that_do_not_work_are_found_before_anything_is_logged_twice(world):
    world.ordering = False
    outcome = world.canary.run()
    assert outcome.why == "CommandError: 500: the platform failed"
    assert set(outcome.seconds) == {"Metered", "Stopped"}
    again = world.canary.run()
    assert (again.result, again.seconds) == ("failed", {})
    world.ordering = True
    assert world.canary.run().result == "passed"
    assert world.platform.stopped(CANARY_TENANT) == set()


def test_it_does_not_run_while_stops_are_paused(world):
    now = world.platform.now
    pause = Pause(
        scope="all", at=now, expires_at=now + timedelta(hours=1), actor="kim", reason="wrong price"
    )
    world.platform.word("#platform", "PAUSE", pause)
    assert world.canary.run().result == "paused"
    assert (
        world.platform.services("logs").describe_log_streams(logGroupName=GROUP)["logStreams"] == []
    )


def test_a_state_that_the_journal_does_not_give_is_a_failure(world, monkeypatch):
    read = StateTable.read_journal

    def forged(table, partition):
        entries = read(table, partition)
        return [e | {"memory": {}} if e["kind"] == "decision" else e for e in entries]

    monkeypatch.setattr(StateTable, "read_journal", forged)
    outcome = world.canary.run()
    assert outcome.why == "HopError: the journal does not give the state that is stored"
