"""An emulator whose log is slow and whose account has a trail."""

import json
import time

import pytest

from local.emulator import Emulator
from local.token_usage import TokenUsage
from local.traffic import Traffic
from tests.local.model_calls import SONNET, logging_to, profile, records
from tests.local.queues import messages

pytestmark = pytest.mark.emulator
DELAY_SECONDS = 3
WRITER = "arn:aws:iam::111122223333:role/apps/writer-app"


@pytest.fixture(scope="module")
def emulator():
    with Emulator(log_delay_seconds=DELAY_SECONDS, trail=True) as running:
        yield running


def test_a_log_record_arrives_as_late_as_it_is_told_to(emulator):
    with profile(emulator, "late") as arn, logging_to(emulator, "/late"):
        before = time.monotonic()
        Traffic(emulator).call(WRITER, arn, TokenUsage(input=1))
        called = time.monotonic()
        records(emulator, "/late", 1)
        arrived = time.monotonic()
        assert arrived - before >= DELAY_SECONDS
        assert arrived - called < DELAY_SECONDS + 2


def watch(emulator, region, source):
    queue = f"changes-of-{source.replace('.', '-')}"
    sqs, events = (emulator.client(name, region) for name in ("sqs", "events"))
    sqs.create_queue(QueueName=queue)
    pattern = {"source": [source], "detail-type": ["AWS API Call via CloudTrail"]}
    events.put_rule(Name=queue, EventPattern=json.dumps(pattern))
    arn = f"arn:aws:sqs:{region}:111122223333:{queue}"
    events.put_targets(Rule=queue, Targets=[{"Id": "queue", "Arn": arn}])
    return queue


def test_a_changed_tag_is_an_event_that_names_who_changed_it(emulator):
    queue = watch(emulator, "eu-west-1", "aws.bedrock")
    session = emulator.assume_role("arn:aws:iam::111122223333:role/ops/oncall", "ada")
    bedrock = emulator.client("bedrock", None, session)
    made = bedrock.create_inference_profile(
        inferenceProfileName="watched", modelSource={"copyFrom": SONNET}
    )
    tags = [{"key": "finops:state", "value": "suspended"}]
    bedrock.tag_resource(resourceARN=made["inferenceProfileArn"], tags=tags)
    created, tagged = (event["detail"] for event in messages(emulator, queue, 2))
    assert [created["eventName"], tagged["eventName"]] == ["CreateInferenceProfile", "TagResource"]
    assert tagged["userIdentity"]["arn"] == "arn:aws:sts::111122223333:assumed-role/oncall/ada"
    assert tagged["requestParameters"]["resourceARN"] == made["inferenceProfileArn"]
    assert tagged["requestParameters"]["tags"] == tags


def test_an_attached_policy_is_an_event_in_the_one_region_where_iam_has_them(emulator):
    queue = watch(emulator, "us-east-1", "aws.iam")
    iam = emulator.client("iam")
    iam.create_role(RoleName="watched", AssumeRolePolicyDocument="{}")
    iam.attach_role_policy(RoleName="watched", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    (event,) = messages(emulator, queue, region="us-east-1")
    assert event["detail"]["requestParameters"]["roleName"] == "watched"
    assert event["region"] == "us-east-1"
