"""Schedules and events, as the kill switch is woken by them."""

import json

import pytest

from local.controls import ControlError, Controls
from tests.local.functions import arn, function
from tests.local.queues import messages, queue

pytestmark = pytest.mark.emulator
PASSES_ON = """
import json, os
import boto3

def handler(event, context):
    boto3.client("sqs").send_message(
        QueueUrl=os.environ["SEEN"], MessageBody=json.dumps({"by": "function", "event": event}))
"""


def to_queue_and_function(**trigger):
    return {
        "Seen": queue("events-seen"),
        "Function": function(PASSES_ON, Environment={"Variables": {"SEEN": {"Ref": "Seen"}}}),
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": "finops-every-five-minutes",
                "State": "ENABLED",
                "Targets": [
                    {"Id": "queue", "Arn": arn("Seen")},
                    {"Id": "function", "Arn": arn("Function")},
                ],
                **trigger,
            },
        },
    }


def test_a_schedule_fires_when_told_and_its_targets_see_the_event_that_eventbridge_sends(
    emulator, stack
):
    stack.apply(to_queue_and_function(ScheduleExpression="rate(5 minutes)"))
    assert Controls(emulator).fire_rule("finops-every-five-minutes") == 2
    seen = messages(emulator, "events-seen", 2)
    sent = next(message for message in seen if "by" not in message)
    assert (sent["source"], sent["detail-type"]) == ("aws.events", "Scheduled Event")
    assert sent["resources"][0].endswith(":rule/finops-every-five-minutes")
    assert {"by": "function", "event": sent} in seen


def test_firing_a_rule_that_is_not_there_or_has_no_schedule_says_so(emulator, stack):
    stack.apply(to_queue_and_function(EventPattern={"source": ["finops-constructs"]}))
    with pytest.raises(ControlError, match="no rule finops-every-five-minutes with a schedule"):
        Controls(emulator).fire_rule("finops-every-five-minutes")
    with pytest.raises(ControlError, match="no rule elsewhere"):
        Controls(emulator).fire_rule("elsewhere", "eu-west-2")


def test_a_custom_event_reaches_the_targets_of_the_rule_it_matches_and_no_other(emulator, stack):
    stack.apply(
        to_queue_and_function(
            EventPattern={
                "source": ["finops-constructs"],
                "detail-type": ["finops.reconciled"],
                "detail": {"tenant": [{"exists": True}]},
            }
        )
    )
    detail = {"tenant": "writer", "period": "2026-11", "billed_usd": "12.50"}
    answer = emulator.client("events").put_events(
        Entries=[
            {"Source": "finops-constructs", "DetailType": kind, "Detail": json.dumps(detail)}
            for kind in ("finops.tenant.warned", "finops.reconciled")
        ]
    )
    assert answer["FailedEntryCount"] == 0
    seen = messages(emulator, "events-seen", 2)
    events = [message.get("event", message) for message in seen]
    assert [event["detail-type"] for event in events] == ["finops.reconciled"] * 2
    assert events[0]["detail"] == detail
