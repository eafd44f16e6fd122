import json
from datetime import UTC, datetime

import pytest

from invocation_logging import handler as logging_handler
from invocation_logging import watch
from invocation_logging.logic import Wanted
from invocation_logging.watch import embedded_metrics, undelivered

PROPERTIES = {
    "LogGroupName": "/finops/bedrock-invocations",
    "RoleArn": "arn:aws:iam::111122223333:role/logs",
    "BucketName": "finops-landing",
    "KeyPrefix": "bedrock",
    "Content": "none",
    "Overwrite": "false",
    "FoundParameter": "/finops/_platform/invocation-logging",
}
WANTED = Wanted.parse(PROPERTIES)
HOUR = datetime(2026, 11, 26, 1, tzinfo=UTC)


def changed(**changes):
    return {**WANTED.configuration, **changes}


def test_what_was_deployed_has_not_drifted():
    assert WANTED.drift(WANTED.configuration) == []
    assert WANTED.is_ours(WANTED.configuration)


@pytest.mark.parametrize(
    ("current", "said"),
    [
        (None, "nothing is logged any more"),
        (changed(textDataDeliveryEnabled=True), "textDataDeliveryEnabled is True, not False"),
        (changed(s3Config={"bucketName": "other", "keyPrefix": "bedrock"}), "'other'"),
        (changed(s3Config={"bucketName": "finops-landing"}), "keyPrefix is None, not 'bedrock'"),
        (changed(cloudWatchConfig={"logGroupName": "/x"}), "logGroupName is '/x'"),
    ],
)
def test_every_change_is_drift(current, said):
    assert any(said in fault for fault in WANTED.drift(current))


def test_content_goes_to_both_destinations_and_large_bodies_to_the_bucket():
    wanted = Wanted.parse(PROPERTIES | {"Content": "full"})
    told = wanted.configuration
    assert told["textDataDeliveryEnabled"] is True
    assert told["cloudWatchConfig"]["largeDataDeliveryS3Config"] == told["s3Config"]
    assert "largeDataDeliveryS3Config" not in WANTED.configuration["cloudWatchConfig"]


class CloudWatch:
    """Counts of one hour: calls by model, deliveries by metric."""

    def __init__(self, calls, **delivered):
        self.calls, self.delivered = calls, delivered

    def get_paginator(self, operation):
        self.operation = operation
        return self

    def paginate(self, **asked):
        if self.operation == "list_metrics":
            return [{"Metrics": [{"Dimensions": [{"Name": "ModelId", "Value": "m"}]}]}]
        return [self.get_metric_data(**asked)]

    def get_metric_data(self, **asked):
        return {
            "MetricDataResults": [
                {"Id": q["Id"], "Values": self.values(q["MetricStat"]["Metric"]["MetricName"])}
                for q in asked["MetricDataQueries"]
            ]
        }

    def values(self, name):
        count = self.calls if name == "Invocations" else self.delivered.get(name, 0)
        return [float(count)] if count else []


GROUP, BUCKET = (
    "ModelInvocationLogsCloudWatchDeliverySuccess",
    "ModelInvocationLogsS3DeliverySuccess",
)


@pytest.mark.parametrize(
    ("counts", "missed"),
    [
        (CloudWatch(0), {"log group": 0, "bucket": 0}),
        (CloudWatch(5, **{GROUP: 5, BUCKET: 5}), {"log group": 0, "bucket": 0}),
        (CloudWatch(5, **{GROUP: 5}), {"log group": 0, "bucket": 5}),
        (CloudWatch(5), {"log group": 5, "bucket": 5}),
    ],
)
def test_calls_of_which_nothing_was_delivered_are_counted(counts, missed):
    assert undelivered(counts, WANTED, HOUR) == missed


def test_without_a_bucket_only_the_log_group_counts():
    wanted = Wanted.parse({k: v for k, v in PROPERTIES.items() if k != "BucketName"})
    assert undelivered(CloudWatch(5), wanted, HOUR) == {"log group": 5}


def test_the_schedule_writes_metrics_that_cloudwatch_reads(account, monkeypatch, capsys):
    monkeypatch.setattr(logging_handler, "_current", lambda: None)
    monkeypatch.setattr(watch, "undelivered", lambda *_: {"log group": 3})
    logging_handler.handler({"watch": PROPERTIES}, None)
    told = json.loads(capsys.readouterr().out)
    assert (told["LoggingDrift"], told["CallsUndelivered"]) == (1, 3)
    (declared,) = told["_aws"]["CloudWatchMetrics"]
    assert declared["Namespace"] == "FinOpsConstructs"
    assert told == json.loads(
        embedded_metrics({"LoggingDrift": 1, "CallsUndelivered": 3}, datetime.now(UTC))
    ) | {"_aws": told["_aws"]}
