"""A burst alarm on the emulator: model calls, metric maths, SNS, SQS."""

import json

import pytest

from local.testing import StackError
from local.token_usage import TokenUsage
from local.traffic import Traffic
from tests.local.model_calls import profile, until
from tests.local.queues import messages, queue

pytestmark = pytest.mark.emulator
WRITER = "arn:aws:iam::111122223333:role/apps/writer-app"
NAME = "finops-burst-eu-west-1-writer-smart"


def burst_alarm(profile_id, *, expression="(input*3+FILL(output,0)*15)/1000000", usd=20, **more):
    def metric(name, token_metric):
        dimensions = [{"Name": "ModelId", "Value": profile_id}]
        return {
            "Id": name,
            "ReturnData": False,
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Bedrock",
                    "MetricName": token_metric,
                    "Dimensions": dimensions,
                },
                "Period": 300,
                "Stat": "Sum",
            },
        }

    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": NAME,
            "Metrics": [
                {"Id": "usd", "Expression": expression, "Label": "Estimated cost (USD)"},
                metric("input", "InputTokenCount"),
                metric("output", "OutputTokenCount"),
            ],
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": usd,
            "EvaluationPeriods": 1,
            "TreatMissingData": "notBreaching",
            **more,
        },
    }


def told_by_queue(profile_id, **more):
    policy = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": {"Fn::GetAtt": ["Wake", "Arn"]},
    }
    return {
        "Wake": queue("alarm-wake"),
        "Policy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {"Queues": [{"Ref": "Wake"}], "PolicyDocument": {"Statement": [policy]}},
        },
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "finops-alerts"}},
        "Subscription": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "sqs",
                "Endpoint": {"Fn::GetAtt": ["Wake", "Arn"]},
            },
        },
        "Alarm": burst_alarm(profile_id, AlarmActions=[{"Ref": "Topic"}], **more),
    }


def described(emulator):
    (alarm,) = emulator.client("cloudwatch").describe_alarms(AlarmNames=[NAME])["MetricAlarms"]
    return alarm


def test_a_burst_of_calls_through_a_profile_sets_off_its_alarm_which_wakes_the_queue(
    emulator, stack
):
    with profile(emulator, "bursting") as arn, profile(emulator, "beside") as other:
        stack.apply(told_by_queue(arn.rpartition("/")[2]))
        traffic = Traffic(emulator)
        traffic.call(WRITER, other, TokenUsage(input=50_000_000))
        traffic.call(WRITER, arn, TokenUsage(input=6_000_000))
        until(lambda: described(emulator)["StateValue"] == "OK")
        traffic.call(WRITER, arn, TokenUsage(output=200_000))
        (message,) = messages(emulator, "alarm-wake")
        told = json.loads(message["Message"])
        assert (told["AlarmName"], told["NewStateValue"]) == (NAME, "ALARM")
        alarm = described(emulator)
        assert alarm["StateValue"] == "ALARM"
        assert "21" in alarm["StateReason"]
        assert [each["Id"] for each in alarm["Metrics"]] == ["usd", "input", "output"]
        assert "Namespace" not in alarm


def test_another_threshold_changes_the_alarm_in_place_and_its_state_stays(emulator, stack):
    stack.apply({"Alarm": burst_alarm("nobody")})
    emulator.client("cloudwatch").set_alarm_state(
        AlarmName=NAME, StateValue="INSUFFICIENT_DATA", StateReason="a test"
    )
    stack.apply({"Alarm": burst_alarm("nobody", usd=30, TreatMissingData="ignore")})
    alarm = described(emulator)
    assert (alarm["Threshold"], alarm["StateValue"]) == (30, "INSUFFICIENT_DATA")
    stack.delete()
    assert not emulator.client("cloudwatch").describe_alarms(AlarmNames=[NAME])["MetricAlarms"]


def test_an_alarm_on_one_metric_counts_only_the_dimensions_it_names(emulator, stack):
    def alarm(name, value):
        dimensions = [{"Name": "QueueName", "Value": value}]
        return {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": name,
                "Namespace": "Test/Queues",
                "MetricName": "Depth",
                "Dimensions": dimensions,
                "Statistic": "Maximum",
                "Period": 60,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "Threshold": 1,
                "EvaluationPeriods": 1,
                "TreatMissingData": "notBreaching",
            },
        }

    stack.apply({"Full": alarm("full", "full"), "Empty": alarm("empty", "empty")})
    cloudwatch = emulator.client("cloudwatch")
    data = {"MetricName": "Depth", "Dimensions": [{"Name": "QueueName", "Value": "full"}]}
    cloudwatch.put_metric_data(Namespace="Test/Queues", MetricData=[data | {"Value": 3}])

    def states():
        alarms = cloudwatch.describe_alarms(AlarmNames=["full", "empty"])["MetricAlarms"]
        return {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}

    until(lambda: states() == {"full": "ALARM", "empty": "OK"})


@pytest.mark.parametrize(
    ("expression", "reason"),
    [("input+missing", "refers to missing"), ("ANOMALY_DETECTION_BAND(input)", "not understood")],
)
def test_an_alarm_whose_maths_cannot_be_evaluated_fails_its_stack(stack, expression, reason):
    with pytest.raises(StackError, match=reason):
        stack.apply({"Alarm": burst_alarm("nobody", expression=expression)})


def test_a_message_left_in_a_dead_letter_queue_sets_off_the_alarm_on_it(emulator, stack):
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": "dead-letters",
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": [{"Name": "QueueName", "Value": "dead"}],
            "Statistic": "Maximum",
            "Period": 60,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 0,
            "EvaluationPeriods": 1,
            "TreatMissingData": "notBreaching",
        },
    }
    url = stack.apply({"Dead": queue("dead"), "Alarm": alarm}, url={"Ref": "Dead"})["url"]
    emulator.client("sqs").send_message(QueueUrl=url, MessageBody="{}")
    cloudwatch = emulator.client("cloudwatch")

    def state():
        (found,) = cloudwatch.describe_alarms(AlarmNames=["dead-letters"])["MetricAlarms"]
        return found["StateValue"]

    until(lambda: state() == "ALARM", seconds=15)
