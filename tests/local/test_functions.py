"""What a function finds around it, and what it leaves behind."""

import datetime as dt
import json

import pytest

from local.controls import Controls
from tests.local.functions import arn, function
from tests.local.model_calls import until
from tests.local.queues import messages, queue

pytestmark = pytest.mark.emulator
MEASURES = """
import os
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger, metrics = Logger(), Metrics()

@metrics.log_metrics
@logger.inject_lambda_context
def handler(event, context):
    for number in range(event["records"]):
        logger.info("metered", extra={"number": number})
    metrics.add_metric(name="RecordsMetered", unit=MetricUnit.Count, value=event["records"])
    return {"endpoint": os.environ["AWS_ENDPOINT_URL"], "region": os.environ["AWS_REGION"],
            "table": os.environ["LEDGER_TABLE"]}
"""
FAILS_SOME = """
import json, os
import boto3

def handler(event, context):
    failed = []
    for record in event["Records"]:
        body = json.loads(record["body"])
        count = record["attributes"]["ApproximateReceiveCount"]
        boto3.client("sqs").send_message(
            QueueUrl=os.environ["SEEN"], MessageBody=json.dumps(body | {"count": count}))
        if body["fails"]:
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
"""
VARIABLES = {
    "LEDGER_TABLE": "finops-ledger",
    "POWERTOOLS_SERVICE_NAME": "spend-meter",
    "POWERTOOLS_METRICS_NAMESPACE": "FinOpsConstructs",
}


def test_a_function_finds_powertools_its_variables_and_the_emulator(emulator, stack):
    measures = function(MEASURES, FunctionName="measures", Environment={"Variables": VARIABLES})
    stack.apply({"F": measures})
    invoked = emulator.client("lambda").invoke(FunctionName="measures", Payload='{"records": 300}')
    assert json.loads(invoked["Payload"].read()) == {
        "endpoint": emulator.endpoint_url,
        "region": "eu-west-1",
        "table": "finops-ledger",
    }


def test_the_metrics_that_a_function_writes_into_its_log_are_metrics_with_all_its_lines(
    emulator, stack
):
    measures = function(MEASURES, FunctionName="measures", Environment={"Variables": VARIABLES})
    stack.apply({"F": measures})
    emulator.client("lambda").invoke(FunctionName="measures", Payload='{"records": 300}')
    listed = emulator.client("cloudwatch").list_metrics(Namespace="FinOpsConstructs")["Metrics"]
    assert {
        "Namespace": "FinOpsConstructs",
        "MetricName": "RecordsMetered",
        "Dimensions": [{"Name": "service", "Value": "spend-meter"}],
    } in listed
    logs = emulator.client("logs")
    events = [
        event
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName="/aws/lambda/measures", filterPattern='"number"'
        )
        for event in page["events"]
    ]
    numbers = {json.loads(event["message"])["number"] for event in events}
    assert numbers == set(range(300))


def test_a_queue_hands_over_batches_and_takes_back_only_what_failed(emulator, stack):
    stack.apply(
        {
            "Seen": queue("batches-seen"),
            "Dead": queue("batches-dead"),
            "Wake": queue(
                "batches",
                VisibilityTimeout=6,
                RedrivePolicy={"deadLetterTargetArn": arn("Dead"), "maxReceiveCount": 2},
            ),
            "Function": function(FAILS_SOME, Environment={"Variables": {"SEEN": {"Ref": "Seen"}}}),
            "Mapping": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {
                    "FunctionName": {"Ref": "Function"},
                    "EventSourceArn": arn("Wake"),
                    "BatchSize": 10,
                    "FunctionResponseTypes": ["ReportBatchItemFailures"],
                    "ScalingConfig": {"MaximumConcurrency": 2},
                },
            },
        }
    )
    (mapping,) = emulator.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    sqs = emulator.client("sqs")
    url = sqs.get_queue_url(QueueName="batches")["QueueUrl"]
    bodies = [{"name": "good", "fails": False}, {"name": "bad", "fails": True}]
    sqs.send_message_batch(
        QueueUrl=url,
        Entries=[{"Id": body["name"], "MessageBody": json.dumps(body)} for body in bodies],
    )
    seen = messages(emulator, "batches-seen", 3)
    assert [body["count"] for body in seen if body["name"] == "good"] == ["1"]
    assert [body["count"] for body in seen if body["name"] == "bad"] == ["1", "2"]
    assert messages(emulator, "batches-dead") == [{"name": "bad", "fails": True}]
    read = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    until(lambda: read["Attributes"]["ApproximateNumberOfMessages"] == "0")


TELLS_TIME = """
import time
from datetime import UTC, date, datetime
import boto3

def handler(event, context):
    boto3.client("sts").get_caller_identity()
    told = datetime.now(UTC)
    assert isinstance(told, datetime) and abs(told.timestamp() - time.time()) < 5
    assert isinstance(datetime(2020, 1, 1) - datetime(2019, 1, 1), type(told - told))
    return {"now": told.isoformat(), "today": date.today().isoformat(),
            "left": context.get_remaining_time_in_millis() > 0}
"""


def test_the_clock_of_functions_can_be_set_and_goes_on(emulator, stack):
    stack.apply({"F": function(TELLS_TIME, FunctionName="clock")})

    def tell():
        answer = emulator.client("lambda").invoke(FunctionName="clock", Payload="{}")
        return json.loads(answer["Payload"].read())

    def seconds_from(moment):
        return (dt.datetime.fromisoformat(tell()["now"]) - moment).total_seconds()

    controls = Controls(emulator)
    real = dt.datetime.now(dt.UTC)
    assert 0 <= seconds_from(real) < 30
    new_year = dt.datetime(real.year + 1, 1, 1, 0, 3, tzinfo=dt.UTC)
    controls.set_function_clock(new_year)
    assert 0 <= seconds_from(new_year) < 30
    told = tell()
    assert (told["today"], told["left"]) == (f"{real.year + 1}-01-01", True)
    controls.set_function_clock(None)
    assert 0 <= seconds_from(real) < 60
