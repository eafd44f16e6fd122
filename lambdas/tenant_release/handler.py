"""The custom resource `TenantRelease`: adopts on creation, lets go on deletion, reads back.

Deletion runs before CloudFormation touches what the resource depends on: it marks the tenant as
retired, so that the kill switch leaves it alone; detaches the suspension policy that the kill
switch attached outside CloudFormation, since IAM would refuse to delete an attached policy; takes
the suspension off the profiles; deletes the profiles that updates of the stack replaced and left
behind; and deletes the entries that the kill switch wrote. Then it
looks again: a run of the switch that asked just before the mark may have acted once more.
"""

import logging
import time
from collections.abc import Mapping
from typing import Any

import boto3

from shared.custom_resource import Work, respond
from tenant_release.logic import Adopted, Release, no_longer_adopted, with_retired

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

STATE_TAG = "finops:state"
# IAM is eventually consistent: a detachment may take a moment to read back.
_READ_BACK_ATTEMPTS = 10
_READ_BACK_SECONDS = 2.0
_PASSES = 4
_SECONDS_BETWEEN_PASSES = 15.0


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Do what CloudFormation asks and answer it, whatever happens."""
    tenant = event.get("ResourceProperties", {}).get("Tenant", "unknown")
    respond(event, context, new_id=f"finops-release-{tenant}", work=_WORK)


def _create(event: Mapping[str, Any]) -> None:
    release = Release.parse(event["ResourceProperties"])
    _adopt(release)
    if release.owner:
        _mark_retired(release, retired=False)


def _update(event: Mapping[str, Any]) -> None:
    release = Release.parse(event["ResourceProperties"])
    _let_go_of_adopted(no_longer_adopted(Release.parse(event["OldResourceProperties"]), release))
    _create(event)


def _delete(event: Mapping[str, Any]) -> None:
    release = Release.parse(event["ResourceProperties"])
    if release.owner:
        _mark_retired(release, retired=True)
    for turn in range(_PASSES):
        if turn:
            time.sleep(_SECONDS_BETWEEN_PASSES)
        found = _let_go(release)
        # The first look may be too early for a run of the switch that had begun.
        if turn and not found:
            return


def _let_go(release: Release) -> list[str]:
    """Let go of everything; return the roles that had the suspension policy."""
    found = _detach(release)
    for arn in release.own_profiles:
        _untag_profile(arn, [STATE_TAG])
    _delete_replaced(release)
    if release.owner and release.state_parameter:
        _forget(release.state_parameter)
    _let_go_of_adopted(release)
    return found


_WORK: Mapping[str, Work] = {
    "Create": _create,
    "Update": _update,
    "Delete": _delete,
}


def _mark_retired(release: Release, *, retired: bool) -> None:
    ssm = boto3.client("ssm")
    try:
        entry = ssm.get_parameter(Name=release.policy_parameter)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        return
    marked = with_retired(entry, retired=retired)
    if marked is not None:
        ssm.put_parameter(Name=release.policy_parameter, Value=marked, Overwrite=True)
        logger.info("tenant %s: retired=%s", release.tenant, retired)


def _forget(parameter: str) -> None:
    """Delete what the kill switch wrote."""
    ssm = boto3.client("ssm")
    try:
        ssm.delete_parameter(Name=parameter)
    except ssm.exceptions.ParameterNotFound:
        logger.info("%s was never written", parameter)


def _delete_replaced(release: Release) -> None:
    """Delete the profiles that this stack's aliases led to before, with their entries."""
    if not release.own_aliases:
        return
    bedrock = boto3.client("bedrock")
    pages = bedrock.get_paginator("list_inference_profiles").paginate(typeEquals="APPLICATION")
    for found in (each for page in pages for each in page["inferenceProfileSummaries"]):
        arn, profile_id = found["inferenceProfileArn"], found["inferenceProfileId"]
        alias = release.alias_of_replaced(found["inferenceProfileName"], arn)
        if alias is None or not _is_tagged(bedrock, arn, release.tenant, alias):
            continue
        try:
            bedrock.delete_inference_profile(inferenceProfileIdentifier=arn)
            logger.info("tenant %s: replaced profile %s deleted", release.tenant, arn)
        except bedrock.exceptions.ResourceNotFoundException:
            logger.info("profile %s is gone already", arn)
        _forget(f"/finops/{release.tenant}/replaced/{alias}/{profile_id}")


def _is_tagged(bedrock: Any, arn: str, tenant: str, alias: str) -> bool:
    try:
        tags = bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
    except bedrock.exceptions.ResourceNotFoundException:
        return False
    values = {tag["key"]: tag["value"] for tag in tags}
    return (values.get("finops:tenant"), values.get("finops:alias")) == (tenant, alias)


def _detach(release: Release) -> list[str]:
    """Detach the suspension policy, and return from which roles once that reads back."""
    iam = boto3.client("iam")
    found = release.to_detach(_attached_roles(iam, release.suspension_policy_arn))
    for role in found:
        try:
            iam.detach_role_policy(RoleName=role, PolicyArn=release.suspension_policy_arn)
            logger.info("tenant %s: detached from role %s", release.tenant, role)
        except iam.exceptions.NoSuchEntityException:
            logger.info("tenant %s: role %s was let go of already", release.tenant, role)
    for attempt in range(_READ_BACK_ATTEMPTS):
        left = release.to_detach(_attached_roles(iam, release.suspension_policy_arn))
        if not left:
            return found
        if attempt < _READ_BACK_ATTEMPTS - 1:
            time.sleep(_READ_BACK_SECONDS)
    raise RuntimeError(f"suspension policy still attached to {', '.join(left)}: delete again")


def _attached_roles(iam: Any, policy_arn: str) -> list[str]:
    pages = iam.get_paginator("list_entities_for_policy").paginate(
        PolicyArn=policy_arn, EntityFilter="Role"
    )
    try:
        return [role["RoleName"] for page in pages for role in page["PolicyRoles"]]
    except iam.exceptions.NoSuchEntityException:
        return []


def _adopt(release: Release) -> None:
    for profile in release.profiles:
        boto3.client("bedrock").tag_resource(
            resourceARN=profile.arn,
            tags=[{"key": key, "value": value} for key, value in profile.tags.items()],
        )
    if release.budget is not None:
        boto3.client("budgets").tag_resource(
            ResourceARN=release.budget.arn,
            ResourceTags=[{"Key": k, "Value": v} for k, v in release.budget.tags.items()],
        )


def _let_go_of_adopted(release: Release) -> None:
    for profile in release.profiles:
        _untag_profile(profile.arn, [*profile.guard_tag_keys, STATE_TAG])
    if release.budget is not None:
        _untag_budget(release.budget)


def _untag_profile(arn: str, keys: list[str]) -> None:
    """Take tags of the guard off a profile that may stay, a suspension too."""
    bedrock = boto3.client("bedrock")
    try:
        bedrock.untag_resource(resourceARN=arn, tagKeys=keys)
    except bedrock.exceptions.ResourceNotFoundException:
        logger.info("profile %s is gone already", arn)


def _untag_budget(budget: Adopted) -> None:
    budgets = boto3.client("budgets")
    try:
        budgets.untag_resource(ResourceARN=budget.arn, ResourceTagKeys=budget.guard_tag_keys)
    except budgets.exceptions.NotFoundException:
        logger.info("budget %s is gone already", budget.arn)
