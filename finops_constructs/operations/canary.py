"""The canary of a drill: a profile of the tenant that nobody calls, and its registry entry."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from finops_constructs.attribution.model_source import parse_model_source
from finops_constructs.operations.aws import Aws, translated
from finops_constructs.operations.errors import OperationsError
from finops_constructs.operations.status import CANARY_PREFIX

TENANT_TAG: Final = "finops:tenant"
ALIAS_TAG: Final = "finops:alias"
STATE_TAG: Final = "finops:state"
SUSPENDED: Final = "suspended"
ABANDONED_AFTER: Final = timedelta(hours=1)
"""A canary older than this belongs to a drill that was killed."""


class Canary:
    """A copy of one alias's model under an alias of its own, unmetered and never called.

    Args:
        aws: Where and as whom.
        tenant: The tenant.
        like: The registry entry of the alias it is a copy of.
        alias: Its own alias, `drill-<hex>`.
    """

    def __init__(self, aws: Aws, *, tenant: str, like: Mapping[str, Any], alias: str) -> None:
        self.alias = alias
        self.name = f"{tenant}-{alias}"
        self.path = f"/finops/{tenant}/profiles/{alias}"
        self.arn: str | None = None
        self._tenant = tenant
        self._like = like
        self._bedrock = aws.client("bedrock")
        self._ssm = aws.client("ssm")

    def create(self) -> None:
        """Create the profile, then its entry, so that no entry leads nowhere."""
        tags = dict(self._like.get("cost_tags") or {})
        tags |= {TENANT_TAG: self._tenant, ALIAS_TAG: self.alias}
        with translated("creating the canary profile (bedrock:CreateInferenceProfile)"):
            made = self._bedrock.create_inference_profile(
                inferenceProfileName=self.name,
                description="Canary of finops drill. Nobody calls it. Delete it if it is old.",
                modelSource={"copyFrom": self._source_arn()},
                tags=[{"key": key, "value": value} for key, value in sorted(tags.items())],
            )
        self.arn = made["inferenceProfileArn"]
        with translated(f"registering the canary at {self.path} (ssm:PutParameter)"):
            self._ssm.put_parameter(
                Name=self.path,
                Description="Canary of finops drill",
                Type="String",
                Tier="Standard",
                Value=json.dumps(self._entry(), separators=(",", ":")),
            )

    def state(self) -> str | None:
        """Return the value of its state tag as Bedrock says it; None if it has none."""
        return state_tags(self._bedrock, [self.arn or ""]).get(self.arn or "")

    def remove(self) -> list[str]:
        """Remove entry and profile, read back, and return what is left and why."""
        left = []
        # The entry first: the kill switch must not look for a profile that is gone.
        for what, remove in ((self.path, self._remove_entry), (self.name, self._remove_profile)):
            try:
                remove()
            except OperationsError as error:
                left.append(f"{what}: {error}")
        return left

    def _remove_entry(self) -> None:
        with translated(f"removing {self.path} (ssm:DeleteParameter)"):
            self._ssm.delete_parameters(Names=[self.path])
            if self._ssm.get_parameters(Names=[self.path])["Parameters"]:
                raise OperationsError("still there after it was deleted")

    def _remove_profile(self) -> None:
        with translated("removing the canary profile (bedrock:DeleteInferenceProfile)"):
            arn = self.arn or self._find()
            if arn is None:
                return
            try:
                self._bedrock.delete_inference_profile(inferenceProfileIdentifier=arn)
            except self._bedrock.exceptions.ResourceNotFoundException:
                return
            if self._find() is not None:
                raise OperationsError(f"still there after it was deleted: {arn}")

    def _find(self) -> str | None:
        """Return the ARN of the profile of this name, if there is one."""
        pages = self._bedrock.get_paginator("list_inference_profiles").paginate(
            typeEquals="APPLICATION"
        )
        for page in pages:
            for summary in page["inferenceProfileSummaries"]:
                if summary["inferenceProfileName"] == self.name:
                    return str(summary["inferenceProfileArn"])
        return None

    def _source_arn(self) -> str:
        source = parse_model_source(self._like["model_source"])
        _, partition, _, region, account, _ = self._like["profile_arn"].split(":", 5)
        if source.is_system_profile:
            return (
                f"arn:{partition}:bedrock:{region}:{account}:inference-profile/{source.source_id}"
            )
        return f"arn:{partition}:bedrock:{region}::foundation-model/{source.source_id}"

    def _entry(self) -> dict[str, Any]:
        own = {
            "alias": self.alias,
            "profile_arn": self.arn,
            "profile_id": (self.arn or "").rsplit("/", 1)[-1],
            "metered": False,
            "price": None,
            "hourly_cap_usd": None,
            "burst_alarm_name": None,
            "canary": True,
            "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        return {**self._like, **own}


def is_abandoned(entry: Mapping[str, Any], now: datetime) -> bool:
    """Whether a registry entry is a canary that its drill did not live to remove."""
    if entry.get("canary") is not True or not str(entry.get("alias")).startswith(CANARY_PREFIX):
        return False
    try:
        return now - datetime.fromisoformat(entry["created_at"]) > ABANDONED_AFTER
    except (KeyError, TypeError, ValueError):
        return True


def state_tags(bedrock: Any, arns: list[str]) -> dict[str, str | None]:
    """Return the state tag of each profile; None where there is none."""
    states: dict[str, str | None] = {}
    for arn in arns:
        with translated(f"reading the tags of {arn} (bedrock:ListTagsForResource)"):
            tags = bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
        states[arn] = next((tag["value"] for tag in tags if tag["key"] == STATE_TAG), None)
    return states
