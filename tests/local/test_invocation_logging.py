"""Setting invocation logging up, by the API and by a custom resource."""

import pytest
from botocore.exceptions import ClientError

from local.token_usage import TokenUsage
from local.traffic import Traffic
from tests.local.functions import arn, function
from tests.local.model_calls import profile, records

pytestmark = pytest.mark.emulator
GROUP = "/finops/by-stack"
SETS_LOGGING_UP = """
import json, urllib.request
import boto3

def handler(event, context):
    bedrock = boto3.client("bedrock")
    asked = event["ResourceProperties"]
    if event["RequestType"] == "Delete":
        bedrock.delete_model_invocation_logging_configuration()
    else:
        bedrock.put_model_invocation_logging_configuration(loggingConfig={
            "cloudWatchConfig": {"logGroupName": asked["group"], "roleArn": asked["role"]},
            "textDataDeliveryEnabled": False})
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": "invocation-logging"}
    urllib.request.urlopen(urllib.request.Request(
        event["ResponseURL"], data=json.dumps(answer).encode(), method="PUT"))
"""
RESOURCES = {
    "Log": {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"LogGroupName": GROUP, "RetentionInDays": 30},
    },
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    },
    "Function": function(SETS_LOGGING_UP),
    "Logging": {
        "Type": "Custom::FinOpsInvocationLogging",
        "Properties": {
            "ServiceToken": arn("Function"),
            "group": {"Ref": "Log"},
            "role": arn("Role"),
        },
    },
}


def configured(emulator, region=None):
    bedrock = emulator.client("bedrock", region)
    return bedrock.get_model_invocation_logging_configuration().get("loggingConfig")


def test_a_custom_resource_turns_the_log_on_for_its_region_and_off_again(emulator, stack):
    stack.apply(RESOURCES)
    config = configured(emulator)
    assert config["cloudWatchConfig"]["logGroupName"] == GROUP
    assert config["textDataDeliveryEnabled"] is False
    assert not configured(emulator, "eu-west-2")
    with profile(emulator, "logged") as profile_arn:
        role = "arn:aws:iam::111122223333:role/apps/writer-app"
        Traffic(emulator).call(role, profile_arn, TokenUsage(input=3))
        assert records(emulator, GROUP, 1)[0]["input"]["inputTokenCount"] == 3
    stack.delete()
    assert not configured(emulator)


def test_a_log_group_or_a_role_that_is_not_there_is_refused(emulator):
    destination = {"logGroupName": "/nowhere", "roleArn": "arn:aws:iam::111122223333:role/nobody"}
    with pytest.raises(ClientError, match="Failed to validate permissions for log group"):
        emulator.client("bedrock").put_model_invocation_logging_configuration(
            loggingConfig={"cloudWatchConfig": destination}
        )
    assert not configured(emulator)


def test_a_log_group_takes_two_subscriptions_and_no_third(emulator):
    logs = emulator.client("logs")
    logs.create_log_group(logGroupName="/crowded")

    def subscribe(name):
        function_arn = "arn:aws:lambda:eu-west-1:111122223333:function:meter"
        logs.put_subscription_filter(
            logGroupName="/crowded",
            filterName=name,
            filterPattern="",
            destinationArn=function_arn,
        )

    for name in ("one", "two", "two"):
        subscribe(name)
    with pytest.raises(logs.exceptions.LimitExceededException):
        subscribe("three")
    logs.delete_log_group(logGroupName="/crowded")
