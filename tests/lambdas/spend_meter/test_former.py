"""A profile that was replaced a moment ago, which no registry entry names yet, is metered."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from shared.reach import Place
from shared.registry import parse_registry
from shared.replaced_callers import replaced_callers
from spend_meter.delivery import open_delivery
from spend_meter.former import MOST_ASKED_A_MINUTE, FormerProfiles
from spend_meter.metering import meter
from tests.lambdas.fake_aws import Broken, FakeBedrock, error
from tests.lambdas.invocations import (
    NOW,
    delivery_of,
    entries_of,
    policy_entry,
    profile_entry,
    record,
    registry_of,
)
from tests.lambdas.meter_world import World

PLACE = Place(partition="aws", region="eu-west-1", account="111122223333")
OLD_RATES = {"rates": {"input": "30", "output": "150"}, "source": "list", "as_of": "2026-11-20"}
OLD = profile_entry("writer", "smart", profile_id="old1", price=OLD_RATES)
NEW = profile_entry("writer", "smart", profile_id="new1")
TAGS = {"finops:tenant": "writer", "finops:alias": "smart"}


class Ssm:
    """The history of one alias's entry."""

    def __init__(self, *entries):
        self.entries, self.asked = list(entries), 0

    def get_paginator(self, _):
        return SimpleNamespace(paginate=self.pages)

    def pages(self, **asked: str) -> Any:
        self.asked += 1
        if asked["Name"] != "/finops/writer/profiles/smart":
            raise error("ParameterNotFound")
        versions = [
            {
                "Version": number,
                "Value": json.dumps(entry),
                "LastModifiedDate": datetime(2026, 11, number, tzinfo=UTC),
            }
            for number, entry in enumerate(self.entries, start=1)
        ]
        yield {"Parameters": versions[::-1]}


class Account:
    def __init__(self, *history: Any, **tags: str) -> None:
        self.bedrock, self.ssm, self.now = FakeBedrock(), Ssm(*history), 100.0
        self.bedrock.create(OLD["profile_arn"], **(TAGS | tags))
        self.former = FormerProfiles(
            bedrock=lambda: self.bedrock, ssm=self.ssm, place=PLACE, seconds=lambda: self.now
        )

    def find(self, model_id: str) -> Any:
        return self.former.find(model_id)


@pytest.mark.parametrize("model_id", [OLD["profile_arn"], "old1"])
def test_it_is_its_tenants_and_costs_what_its_alias_cost_then(model_id):
    found = Account(OLD, NEW).find(model_id)
    assert (found.tenant, found.alias, found.key) == ("writer", "smart", "smart/old1")
    assert found.replaced_at == datetime(2026, 11, 2, tzinfo=UTC)
    usual: Any = registry_of(NEW).profiles["writer"]["smart"].rates
    assert found.rates.base.input == 10 * usual.base.input


def test_the_last_time_that_the_alias_led_there_counts():
    changed = OLD | {"price": None}
    found = Account(OLD, NEW, changed, NEW, NEW).find("old1")
    assert (found.rates, found.replaced_at.day) == (None, 4)


@pytest.mark.parametrize(
    "account",
    [
        Account(NEW),
        Account(OLD),
        Account(NEW, OLD),
        Account(OLD, NEW, **{"finops:alias": "other"}),
        Account(OLD, NEW, **{"finops:tenant": ""}),
    ],
    ids=["never-led-there", "leads-there", "leads-there-again", "other-alias", "no-tenant"],
)
def test_what_its_alias_never_led_to_or_leads_to_now_is_not_found(account):
    assert account.find("old1") is None


def test_profiles_of_elsewhere_are_not_asked_about():
    account = Account(OLD, NEW)
    elsewhere = OLD["profile_arn"].replace("111122223333", "999999999999")
    assert account.find(elsewhere) is None
    assert account.bedrock.calls["read"] == 0


def test_unknown_profiles_are_asked_about_once_a_minute_and_only_so_many():
    account = Account(OLD, NEW)
    for _ in range(3):
        for number in range(50):
            assert account.find(f"unknown{number}") is None
    assert account.bedrock.calls["read"] == MOST_ASKED_A_MINUTE
    account.now += 60
    assert account.find("old1") is not None


def test_an_account_that_does_not_answer_leaves_the_record_to_the_dead_letters():
    account = Account(OLD, NEW)
    account.bedrock = Broken(  # type: ignore[assignment]
        account.bedrock, {"list_tags_for_resource": lambda **_: error("Throttling")}
    )
    assert account.find("old1") is None


def world_after_a_replacement():
    world = World(policy_entry("writer"), NEW)
    account = Account(OLD, NEW)
    world.meter._former = account.former
    return world, account


def test_the_meter_charges_it_to_its_alias_and_wakes_the_switch_to_enter_it():
    world, _ = world_after_a_replacement()
    world.deliver(delivery_of(record("old1"), record("new1")))
    assert world.dead_letters == []
    assert world.metered() == 2
    assert world.table.sum("A#", "n") == 2
    assert [json.loads(wake)["tenants"] for wake in world.wakes] == [["writer"]]


def test_once_it_is_entered_nobody_is_asked_and_the_ledger_says_who_called_it():
    replaced = OLD | {"replaced_at": "2026-11-20T10:00:00+00:00"}
    path = "/finops/writer/replaced/smart/old1"
    known = parse_registry({**entries_of(policy_entry("writer"), NEW), path: json.dumps(replaced)})
    batch = [record("old1"), record("old1"), record("old1", role="Batch"), record("new1")]
    events = open_delivery(delivery_of(*batch))
    assert events
    metered = meter(events, profile_of=known.by_model_id.get, now=NOW)
    roles = [{"sk": u.sk, **u.added} for u in metered.updates if u.sk.startswith("R#")]
    callers = replaced_callers(roles)["old1"]
    assert {(c.role, c.calls) for c in callers} == {("App", 2), ("Batch", 1)}
    assert {c.last for c in callers} == {NOW.date().isoformat()}
    (alias,) = [u.added for u in metered.updates if u.sk.startswith("A#")]
    assert sum(v for k, v in alias.items() if k.startswith("n")) == 4


def test_who_called_last_comes_first_and_other_attributes_are_left_alone():
    today, before = NOW.date(), NOW.date() - timedelta(days=1)
    items = [
        {"pk": "writer", "sk": f"R#{before}#App", "replaced#x": 5, "calls": 9, "usd": 1},
        {"pk": "writer", "sk": f"R#{today}#Batch", "replaced#x": 1},
        {"pk": "writer", "sk": f"R#{today}#Other", "calls": 7},
    ]
    assert [(c.role, c.calls) for c in replaced_callers(items)["x"]] == [("Batch", 1), ("App", 5)]
