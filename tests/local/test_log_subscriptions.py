"""A function subscribed to a log group, as the spend meter is."""

import base64
import gzip
import json
import time
from typing import Any

import pytest

from local.controls import Controls
from local.token_usage import TokenUsage
from local.traffic import Traffic
from tests.local.functions import arn, function
from tests.local.model_calls import logging_to, metric, profile, until
from tests.local.queues import messages, queue

pytestmark = pytest.mark.emulator
GROUP = "/finops/subscribed"
WRITER = "arn:aws:iam::111122223333:role/apps/writer-app"
PASSES_ON = """
import json, os
import boto3

def handler(event, context):
    boto3.client("sqs").send_message(
        QueueUrl=os.environ["SEEN"], MessageBody=json.dumps(event["awslogs"]))
    if os.environ.get("BROKEN"):
        raise RuntimeError("the meter is broken")
"""


def subscribed(**variables):
    return {
        "Seen": queue("seen"),
        "Failed": queue("failed"),
        "Meter": function(
            PASSES_ON,
            FunctionName="meter",
            Environment={"Variables": {"SEEN": {"Ref": "Seen"}, **variables}},
        ),
        "OnFailure": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {
                "FunctionName": {"Ref": "Meter"},
                "Qualifier": "$LATEST",
                "MaximumRetryAttempts": 1,
                "DestinationConfig": {"OnFailure": {"Destination": arn("Failed")}},
            },
        },
        "Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": arn("Meter"),
                "Principal": "logs.amazonaws.com",
            },
        },
        "Subscription": {
            "Type": "AWS::Logs::SubscriptionFilter",
            "DependsOn": ["Permission"],
            "Properties": {
                "LogGroupName": GROUP,
                "FilterPattern": "",
                "DestinationArn": arn("Meter"),
            },
        },
    }


def unpacked(delivery):
    return json.loads(gzip.decompress(base64.b64decode(delivery["data"])))


@pytest.fixture
def called(emulator, stack):
    """Subscribe a function and call a model; the profile's id."""

    def run(*usages, **variables):
        stack.apply(subscribed(**variables))
        traffic = Traffic(emulator)
        for usage in usages:
            traffic.call(WRITER, arn_of_profile, usage)

    with profile(emulator, "subscribed") as arn_of_profile, logging_to(emulator, GROUP):
        yield run


def test_the_records_of_model_calls_reach_the_subscribed_function(emulator, called):
    called(TokenUsage(input=1), TokenUsage(input=2), TokenUsage(input=3))
    seen: list[dict[str, Any]] = []
    while len(seen) < 3:
        for delivery in map(unpacked, messages(emulator, "seen")):
            assert delivery["messageType"] == "DATA_MESSAGE"
            assert delivery["logGroup"] == GROUP
            seen += [json.loads(event["message"]) for event in delivery["logEvents"]]
    assert sorted(record["input"]["inputTokenCount"] for record in seen) == [1, 2, 3]


def test_a_failing_function_is_tried_again_and_then_its_event_goes_to_where_failures_go(
    emulator, called
):
    called(TokenUsage(input=9), BROKEN="yes")
    first, second = messages(emulator, "seen", 2)
    assert unpacked(first)["logEvents"] == unpacked(second)["logEvents"]
    (failure,) = messages(emulator, "failed")
    assert failure["requestContext"]["condition"] == "RetriesExhausted"
    assert failure["requestPayload"]["awslogs"] == first
    assert "the meter is broken" in failure["responsePayload"]["errorMessage"]


def test_a_batch_can_be_delivered_again_as_cloudwatch_logs_sometimes_does(emulator, called):
    called(TokenUsage(input=4))
    (first,) = messages(emulator, "seen")
    assert Controls(emulator).redeliver_logs(GROUP) == 1
    (again,) = messages(emulator, "seen")
    assert again == first


def test_every_invocation_counts_in_the_metrics_of_its_function(emulator, called):
    def count(name):
        points = emulator.client("cloudwatch").get_metric_data(
            MetricDataQueries=[
                {
                    "Id": "m",
                    "MetricStat": {
                        "Metric": {
                            "Namespace": "AWS/Lambda",
                            "MetricName": name,
                            "Dimensions": [{"Name": "FunctionName", "Value": "meter"}],
                        },
                        "Period": 60,
                        "Stat": "Sum",
                    },
                }
            ],
            StartTime=time.time() - 3600,
            EndTime=time.time() + 60,
        )["MetricDataResults"][0]
        return sum(points["Values"])

    before = count("Invocations"), count("Errors")
    called(TokenUsage(input=4), BROKEN="yes")
    messages(emulator, "failed")
    until(lambda: (count("Invocations"), count("Errors")) == (before[0] + 2, before[1] + 2))


def test_delivery_of_the_log_is_a_metric_too(emulator, called):
    called(TokenUsage(input=4))
    messages(emulator, "seen")
    name = "ModelInvocationLogsCloudWatchDeliverySuccess"
    assert metric(emulator, name, "Across all model IDs") >= 1
