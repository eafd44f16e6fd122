"""The function with AWS's own interfaces, played by moto."""

import json
import os
from datetime import UTC, datetime

import pytest
from moto import mock_aws

from shared.former_profiles import tags_of
from shared.ledger import read_month
from spend_meter import handler as function
from spend_meter.settings import Settings
from tests.lambdas.aws_account import (
    CREDENTIALS,
    LEDGER,
    create_ledger,
    create_queue,
    lambda_context,
    messages,
    register,
    rights_used,
)
from tests.lambdas.invocations import (
    delivery_of,
    entries_of,
    policy_entry,
    profile_entry,
    record,
)

WRITER = entries_of(policy_entry("writer"), profile_entry("writer", "smart"))


@pytest.fixture
def account(monkeypatch):
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        monkeypatch.setenv("LEDGER_TABLE", LEDGER)
        monkeypatch.setenv("WAKE_QUEUE_URL", create_queue("finops-wake"))
        monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", create_queue("finops-meter-dead-letters"))
        monkeypatch.setenv("REGISTRY_TTL_SECONDS", "0")
        register(WRITER)
        function._meter.cache_clear()
        yield create_ledger()
    function._meter.cache_clear()


@pytest.fixture
def queue(account):
    settings = Settings.read(os.environ)
    return {"wake": settings.wake_queue_url, "dead": settings.dead_letter_queue_url}


def call(event):
    return function.handler(event, lambda_context())


def deliver(*records):
    return call({"awslogs": {"data": delivery_of(*records)}})


def sqs_event(*bodies):
    return {
        "Records": [
            {"messageId": str(i), "body": body, "eventSource": "aws:sqs", "receiptHandle": "r"}
            for i, body in enumerate(bodies)
        ]
    }


def recent(profile="writersmart", **changed):
    return record(profile, timestamp=datetime.now(UTC).isoformat(), **changed)


def metrics_in(output):
    for line in output.splitlines():
        if '"_aws"' in line:
            return json.loads(line)
    raise AssertionError("no metrics were printed")


def month(dynamodb, tenant="writer"):
    return read_month(dynamodb, LEDGER, tenant, datetime.now(UTC), roles=True)


def test_a_delivery_reaches_the_table_once_and_wakes_the_switch(account, queue):
    event = {"awslogs": {"data": delivery_of(recent(), recent(role="Batch"))}}
    call(event)
    call(event)
    spent = month(account)
    assert str(spent.total_usd) == "0.009000"
    assert set(spent.by_role) == {"App", "Batch"}
    wakes = [json.loads(body) for body in messages(queue["wake"])]
    assert wakes == [{"wake": "spend-meter", "tenants": ["writer"]}]
    assert messages(queue["dead"]) == []


def test_metrics_count_records_under_the_service_alone(account, capsys, monkeypatch):
    deliver(recent(), recent(), "{")
    printed = metrics_in(capsys.readouterr().out)
    assert (printed["RecordsMetered"], printed["RecordsRejected"]) == ([2.0], [1.0])
    (directive,) = printed["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["service"]]


def test_refused_records_are_kept_and_replayed_when_the_registry_is_mended(account, queue):
    deliver(recent(), recent("latecomer"), "{")
    (kept,) = messages(queue["dead"])
    register(entries_of(profile_entry("late", "comer")))
    assert call(sqs_event(kept, kept)) == {"batchItemFailures": []}
    assert str(month(account, "late").total_usd) == "0.004500"
    assert str(month(account).total_usd) == "0.004500"


def test_a_message_that_is_no_dead_letter_fails_alone(account, queue):
    deliver(recent("latecomer"))
    (kept,) = messages(queue["dead"])
    register(entries_of(profile_entry("late", "comer")))
    assert call(sqs_event("nonsense", kept)) == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert str(month(account, "late").total_usd) == "0.004500"


@pytest.mark.parametrize(
    "event", [{}, {"awslogs": None}, {"awslogs": {}}, {"awslogs": {"data": 5}}, {"awslogs": []}]
)
def test_an_event_of_another_kind_is_kept(account, queue, event):
    call(event)
    (kept,) = messages(queue["dead"])
    assert json.loads(kept)["reasons"] == {"undecodable-delivery": 1}


def test_a_wide_delivery_is_written_in_parts(account):
    deliver(*(recent(role=f"Role{i}") for i in range(100)))
    assert len(month(account).by_role) == 100


@pytest.mark.parametrize("name", ["LEDGER_TABLE", "WAKE_QUEUE_URL", "DEAD_LETTER_QUEUE_URL"])
def test_fails_when_the_environment_lacks_a_name(account, monkeypatch, name):
    monkeypatch.delenv(name)
    with pytest.raises(KeyError, match=name):
        deliver(recent())


def test_permissions_name_exactly_what_the_code_calls(account, monkeypatch):
    def tags(bedrock, arn):
        tags_of(bedrock, arn)
        return {"finops:tenant": "nobody", "finops:alias": "smart"}

    monkeypatch.setattr("spend_meter.former.tags_of", tags)
    event = {"awslogs": {"data": delivery_of(recent(), recent("nobody"), "{")}}
    with rights_used() as used:
        call(event)
        call(event)
    assert list(function.PERMISSIONS) == sorted(used)
