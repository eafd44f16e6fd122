"""What the account says of single resources, in the shape of their CloudFormation properties."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import botocore.exceptions

from finops_constructs.evidence.live.bucket_probes import bucket, bucket_policy


class Clients(Protocol):
    """Clients of one account and Region."""

    def client(self, service: str) -> Any:
        """Return the client of an AWS service."""


Properties = Mapping[str, Any]
Probe = Callable[[Clients, str, Properties], dict[str, Any]]
"""Asks AWS about a resource by its physical id; returns the properties as they are."""


def _key(clients: Clients, key: str, _: Properties) -> dict[str, Any]:
    kms = clients.client("kms")
    policy = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    state = kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    return {"KeyPolicy": json.loads(policy), "Enabled": state == "Enabled"}


def _invocation_logging(clients: Clients, _: str, __: Properties) -> dict[str, Any]:
    answer = clients.client("bedrock").get_model_invocation_logging_configuration()
    found = answer.get("loggingConfig") or {}
    destinations = {
        "LogGroupName": (found.get("cloudWatchConfig") or {}).get("logGroupName"),
        "BucketName": (found.get("s3Config") or {}).get("bucketName"),
    }
    return {name: value or None for name, value in destinations.items()}


def _alarm(clients: Clients, name: str, properties: Properties) -> dict[str, Any]:
    found = clients.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    if not found:
        raise botocore.exceptions.ClientError(
            {"Error": {"Code": "ResourceNotFound", "Message": f"no alarm {name}"}}, "DescribeAlarms"
        )
    asked = ("ActionsEnabled", "AlarmActions", "Threshold", "MetricName")
    seen = {name: found[0].get(name) for name in asked}
    # A token may stand for one action; what tells somebody is that there is any.
    actions = properties.get("AlarmActions") if seen["AlarmActions"] else None
    return {**seen, "AlarmActions": actions}


def _parameter(clients: Clients, name: str, _: Properties) -> dict[str, Any]:
    return {"Value": clients.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]}


def _table(clients: Clients, name: str, _: Properties) -> dict[str, Any]:
    dynamodb = clients.client("dynamodb")
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    in_time = backups.get("PointInTimeRecoveryDescription") or {}
    enabled = in_time.get("PointInTimeRecoveryStatus") == "ENABLED"
    table = dynamodb.describe_table(TableName=name)["Table"]
    return {
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": enabled},
        "StreamSpecification": table.get("StreamSpecification") or {},
    }


def _function_url(clients: Clients, _: str, properties: Properties) -> dict[str, Any]:
    name = properties["TargetFunctionArn"]
    answer = clients.client("lambda").get_function_url_config(FunctionName=name)
    return {"AuthType": answer["AuthType"]}


def _function(clients: Clients, name: str, _: Properties) -> dict[str, Any]:
    answer = clients.client("lambda").get_function_configuration(FunctionName=name)
    return {"Handler": answer["Handler"]}


def _managed_policy(clients: Clients, arn: str, _: Properties) -> dict[str, Any]:
    iam = clients.client("iam")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
    return {"PolicyDocument": found["Document"]}


def _role_policy(clients: Clients, _: str, properties: Properties) -> dict[str, Any]:
    iam, role = clients.client("iam"), properties["RoleName"]
    found = iam.get_role_policy(RoleName=role, PolicyName=properties["PolicyName"])
    return {"PolicyDocument": found["PolicyDocument"]}


def _role(clients: Clients, name: str, _: Properties) -> dict[str, Any]:
    iam = clients.client("iam")
    inline = [
        {
            "PolicyName": policy,
            "PolicyDocument": iam.get_role_policy(RoleName=name, PolicyName=policy)[
                "PolicyDocument"
            ],
        }
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    arns = [policy["PolicyArn"] for policy in attached]
    return {"Policies": inline, "ManagedPolicyArns": arns}


def _profile(clients: Clients, arn: str, _: Properties) -> dict[str, Any]:
    tags = clients.client("bedrock").list_tags_for_resource(resourceARN=arn)["tags"]
    return {"Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in tags]}


PROBES: Final[Mapping[str, Probe]] = {
    "AWS::Bedrock::ApplicationInferenceProfile": _profile,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::DynamoDB::Table": _table,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::Role": _role,
    "AWS::IAM::RolePolicy": _role_policy,
    "AWS::KMS::Key": _key,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::Url": _function_url,
    "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy,
    "AWS::SSM::Parameter": _parameter,
    "Custom::FinOpsInvocationLogging": _invocation_logging,
}
"""What asks about each type; of any other, only the deployed template is compared."""
