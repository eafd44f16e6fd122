"""The custom resource `PlatformRelease`: lets go of every tenant before the platform is deleted.

Without the platform nobody could lift a suspension any more. Ledger and journal stay.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

import boto3
from botocore.config import Config

from platform_release.release import Found, Release, left_over
from shared.custom_resource import Work, respond
from shared.reach import Place
from shared.registry import PERMISSIONS as READ_REGISTRY
from shared.registry import load_registry

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

PERMISSIONS: Final = tuple(
    sorted(
        {
            *READ_REGISTRY,
            "bedrock:ListTagsForResource",
            "bedrock:UntagResource",
            "iam:DetachRolePolicy",
            "iam:ListEntitiesForPolicy",
            "iam:ListPolicies",
            "lambda:PutFunctionConcurrency",
            "ssm:DeleteParameter",
        }
    )
)
# Bedrock and IAM throttle: they are asked at the pace of the kill switch, and patiently.
_CLIENT: Final = Config(retries={"mode": "standard", "total_max_attempts": 8})
_SECONDS_BETWEEN: Final = 0.1
_PASSES: Final = 4
_SECONDS_BETWEEN_PASSES: Final = 20.0
_MOST_NAMED: Final = 10


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Do what CloudFormation asks and answer it, whatever happens."""
    work: Mapping[str, Work] = {
        "Create": _nothing,
        "Update": _nothing,
        "Delete": lambda request: _delete(request, Place.of_function(context.invoked_function_arn)),
    }
    respond(event, context, new_id="finops-platform-release", work=work)


def _nothing(event: Mapping[str, Any]) -> None:
    """There is nothing to let go of while the platform comes to be."""


def _delete(event: Mapping[str, Any], place: Place) -> None:
    properties = event["ResourceProperties"]
    _still_the_switch(properties["KillSwitchFunctionName"])
    release = Release(place=place, policy_path=properties["SuspensionPolicyPath"])
    found = _look(release)
    for turn in range(_PASSES):
        if turn:
            # A run of the switch that had begun may have acted once more; IAM may lag behind.
            time.sleep(_SECONDS_BETWEEN_PASSES)
        _let_go(found)
        found = _look(release)
        # The first look back may be too early for what was still running.
        if turn and found.is_clear:
            return
    if not found.is_clear:
        raise RuntimeError(f"still suspended, delete again: {left_over(found, _MOST_NAMED)}")


def _still_the_switch(function_name: str) -> None:
    """Keep the kill switch from running again; what wakes it is deleted already."""
    client = boto3.client("lambda", config=_CLIENT)
    try:
        client.put_function_concurrency(FunctionName=function_name, ReservedConcurrentExecutions=0)
    except client.exceptions.ResourceNotFoundException:
        logger.info("%s is gone already", function_name)


def _look(release: Release) -> Found:
    registry = load_registry(boto3.client("ssm", config=_CLIENT))
    return Found(
        tagged=tuple(arn for arn in release.profile_arns(registry) if _is_tagged(arn)),
        attached=tuple(
            (policy, role)
            for policy in release.own_policies(_policies(release.policy_path))
            for role in _roles_of(policy)
        ),
        states=release.state_parameters(registry),
    )


def _is_tagged(arn: str) -> bool:
    bedrock = boto3.client("bedrock", config=_CLIENT)
    time.sleep(_SECONDS_BETWEEN)
    try:
        tags = bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
    except bedrock.exceptions.ResourceNotFoundException:
        return False
    return any(tag["key"] == "finops:state" for tag in tags)


def _policies(path: str) -> list[str]:
    pages = (
        boto3.client("iam", config=_CLIENT)
        .get_paginator("list_policies")
        .paginate(Scope="Local", OnlyAttached=True, PathPrefix=path)
    )
    return [policy["Arn"] for page in pages for policy in page["Policies"]]


def _roles_of(policy_arn: str) -> list[str]:
    iam = boto3.client("iam", config=_CLIENT)
    pages = iam.get_paginator("list_entities_for_policy").paginate(
        PolicyArn=policy_arn, EntityFilter="Role"
    )
    try:
        return [role["RoleName"] for page in pages for role in page["PolicyRoles"]]
    except iam.exceptions.NoSuchEntityException:
        return []


def _let_go(found: Found) -> None:
    """Let go of everything found; what fails is found again, and named in the end."""
    _untag(found.tagged)
    _detach(found.attached)
    _forget(found.states)


def _untag(arns: Iterable[str]) -> None:
    bedrock = boto3.client("bedrock", config=_CLIENT)
    for arn in arns:
        time.sleep(_SECONDS_BETWEEN)
        try:
            bedrock.untag_resource(resourceARN=arn, tagKeys=["finops:state"])
        except bedrock.exceptions.ClientError:
            logger.exception("%s is still tagged", arn)


def _detach(attached: Iterable[tuple[str, str]]) -> None:
    iam = boto3.client("iam", config=_CLIENT)
    for policy, role in attached:
        time.sleep(2 * _SECONDS_BETWEEN)
        try:
            iam.detach_role_policy(RoleName=role, PolicyArn=policy)
        except iam.exceptions.NoSuchEntityException:
            logger.info("%s was let go of already", role)
        except iam.exceptions.ClientError:
            logger.exception("%s still has %s", role, policy)


def _forget(parameters: Iterable[str]) -> None:
    ssm = boto3.client("ssm", config=_CLIENT)
    for name in parameters:
        try:
            ssm.delete_parameter(Name=name)
        except ssm.exceptions.ParameterNotFound:
            logger.info("%s is gone already", name)
