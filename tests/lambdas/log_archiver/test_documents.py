import json
from datetime import timedelta

import pytest

from log_archiver.events import archive_alarm
from log_archiver.journal import archive_journal
from log_archiver.statements import RefusedError, append
from shared.state_table import journal_item
from tests.lambdas.log_archiver.log_world import ROLE_SESSION, START

STATEMENT = {"type": "human-review", "summary": "checked", "id": "review-4711", "tenant": "writer"}


def stream_record(item, name="INSERT"):
    return {"eventName": name, "dynamodb": {"NewImage": item, "SequenceNumber": "1"}}


def alarm(state, id="e1"):
    return {
        "id": id,
        "time": "2026-11-26T01:05:00Z",
        "detail": {
            "alarmName": "BucketDelivery",
            "state": {"value": state, "reason": "Threshold Crossed"},
            "previousState": {"value": "OK"},
        },
    }


def request(actor=ROLE_SESSION, method="POST", **changes):
    statement = {k: v for k, v in (STATEMENT | changes).items() if v is not None}
    context = {"http": {"method": method}}
    if actor:
        context["authorizer"] = {"iam": {"userArn": actor}}
    return {"requestContext": context, "body": json.dumps(statement)}


def test_a_journal_entry_is_archived_once_without_names(world):
    entry = {"kind": "suspend", "actor": ROLE_SESSION, "reason": "prompt loop"}
    record = stream_record(journal_item("writer", entry))
    assert archive_journal(record, world.archiver.archive)
    assert archive_journal(record, world.new_archiver().archive)
    (key,) = world.objects(prefix="journal/tenant=writer/")
    (locked,) = world.lines(key)
    assert locked["entry"]["reason"] == "prompt loop"
    assert "alice" not in json.dumps(locked)
    names = world.dynamodb.scan(TableName="names")["Items"]
    assert "NAME#alice@example.com" in {item["pk"]["S"] for item in names}
    world.pass_hours(2)
    assert [e["key"] for e in world.manifest("2026-11-26T01")["entries"]] == [key]


def test_other_items_of_the_state_table_are_not_archived(world):
    state = {"pk": {"S": "writer"}, "sk": {"S": "STATE"}, "doc": {"S": "{}"}}
    assert not archive_journal(stream_record(state), world.archiver.archive)
    removed = stream_record(journal_item("writer", {}), name="REMOVE")
    assert not archive_journal(removed, world.archiver.archive)
    assert world.objects() == []


def test_what_is_about_no_tenant_is_the_platforms(world):
    archive_journal(stream_record(journal_item("#platform", {"a": 1})), world.archiver.archive)
    assert world.objects(prefix="journal/tenant=_platform/")


@pytest.mark.parametrize(
    ("state", "type"), [("ALARM", "logging-failure"), ("OK", "logging-recovered")]
)
def test_a_failure_of_logging_and_its_end_are_events(world, state, type):
    entry = archive_alarm(alarm(state), world.archiver.archive)
    assert entry
    (said,) = world.lines(entry.key)
    assert (said["type"], said["alarm"]) == (type, "BucketDelivery")


def test_an_event_told_of_twice_is_archived_once_and_no_data_is_none(world):
    archive_alarm(alarm("ALARM"), world.archiver.archive)
    archive_alarm(alarm("ALARM"), world.archiver.archive)
    assert archive_alarm(alarm("INSUFFICIENT_DATA"), world.archiver.archive) is None
    assert len(world.objects(prefix="events/")) == 1


def test_a_statement_is_locked_with_who_aws_says_it_is(world):
    told = append(request(result="approved", about={"n": 1}), world.archiver.archive, START)
    (locked,) = world.lines(told["key"])
    assert locked["actor"] == told["actor"]
    assert locked["actor"].startswith("arn:aws:sts::123456789012:assumed-role/WriterApp/p-")
    assert (locked["result"], locked["about"], locked["tenant"]) == ("approved", {"n": 1}, "writer")


def test_the_same_statement_again_adds_nothing(world):
    first = append(request(), world.archiver.archive, START)
    again = append(request(), world.archiver.archive, START + timedelta(minutes=3))
    assert first["key"] == again["key"]
    assert len(world.objects()) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"type": "gossip"}, "type must be one of"),
        ({"summary": ""}, "summary must say"),
        ({"summary": "x" * 2001}, "at most 2000"),
        ({"id": "short"}, "id must match"),
        ({"tenant": "../x"}, "tenant must match"),
        ({"document_sha256": "abc"}, "document_sha256 must match"),
        ({"about": {"nested": {}}}, "about must be"),
        ({"surprise": 1}, "unknown: surprise"),
    ],
)
def test_fails_when_a_statement_is_not_what_it_must_be(world, changes, said):
    with pytest.raises(RefusedError, match=said) as refused:
        append(request(**changes), world.archiver.archive, START)
    assert refused.value.status_code == 400
    assert world.objects() == []


def test_fails_when_nobody_signed_or_it_is_no_post(world):
    with pytest.raises(RefusedError, match="sign the request"):
        append(request(actor=None), world.archiver.archive, START)
    with pytest.raises(RefusedError, match="POST"):
        append(request(method="GET"), world.archiver.archive, START)
    with pytest.raises(RefusedError, match="one JSON object"):
        append(request() | {"body": "["}, world.archiver.archive, START)
