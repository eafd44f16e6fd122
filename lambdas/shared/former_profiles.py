"""What an alias led to before: its registry entry then, from the history that AWS keeps of it.

A profile that was replaced keeps its tags, which only the guard may change, but no entry names it.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from shared.registry import ROOT

PERMISSIONS: Final = ("bedrock:ListTagsForResource", "ssm:GetParameterHistory")
TENANT_TAG: Final = "finops:tenant"
ALIAS_TAG: Final = "finops:alias"
_NOT_OF_IT: Final = {"burst_alarm_name": None, "hourly_cap_usd": None}
"""The alarm and its cap have gone over to the new profile."""


def tags_of(bedrock: Any, profile_arn: str) -> dict[str, str]:
    """Return a profile's tags; empty if it is not there.

    Args:
        bedrock: A boto3 Bedrock client; its other errors are not caught.
        profile_arn: The profile.
    """
    try:
        tags = bedrock.list_tags_for_resource(resourceARN=profile_arn)["tags"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return {}
        raise
    return {tag["key"]: tag["value"] for tag in tags}


def former_entry(ssm: Any, tenant: str, alias: str, profile_arn: str) -> dict[str, Any] | None:
    """Return what an alias's entry said when it led to a profile, and when it ceased to.

    Args:
        ssm: A boto3 SSM client; its errors are not caught, but for an entry that is not there.
        tenant: The tenant.
        alias: The alias.
        profile_arn: The profile.

    Returns:
        The entry with `replaced_at`; None if it never led there, or leads there now.
    """
    pages = ssm.get_paginator("get_parameter_history").paginate(
        Name=f"{ROOT}{tenant}/profiles/{alias}"
    )
    try:
        versions = [each for page in pages for each in page["Parameters"]]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return None
        raise
    led = [(v["LastModifiedDate"], _entry(v)) for v in sorted(versions, key=_version)]
    there = [at for at, (_, entry) in enumerate(led) if entry.get("profile_arn") == profile_arn]
    if not there or there[-1] == len(led) - 1:
        return None
    replaced_at, _ = led[there[-1] + 1]
    return {**led[there[-1]][1], **_NOT_OF_IT, "replaced_at": replaced_at.isoformat()}


def _version(version: Mapping[str, Any]) -> int:
    return int(version["Version"])


def _entry(version: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        entry = json.loads(version["Value"])
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
