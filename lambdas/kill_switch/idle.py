"""Removes replaced profiles that nobody has called for some days.

What is deleted is checked at the last moment by what AWS says then: no alias leads there, its tags
say that it is a replaced one of that tenant, and CloudWatch has counted no call, not even one that
failed. While an alias is stopped its callers do not show, so the days count from its last change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from kill_switch.batch_jobs import read_jobs
from kill_switch.replaced import REPLACED_TAG, ReplacedProfiles, has_own_name
from shared.decision_types import SUSPENDED
from shared.former_profiles import ALIAS_TAG, TENANT_TAG, tags_of
from shared.registry import ROOT, Registry, parse_registry
from shared.registry_entries import ProfileEntry
from shared.tenant_state import TenantState

logger = Logger(child=True)

PERMISSIONS: Final = (
    "bedrock:DeleteInferenceProfile",
    "bedrock:GetInferenceProfile",
    "cloudwatch:GetMetricData",
    "ssm:GetParametersByPath",
)
_CALLS: Final = (
    "Invocations",
    "InvocationClientErrors",
    "InvocationServerErrors",
    "InvocationThrottles",
)
_AT_MOST_EVERY: Final = timedelta(hours=1)
_HOUR_SECONDS: Final = 3600
_MOST_QUERIES: Final = 500
_MOST_DATAPOINTS: Final = 100_000
"""GetMetricData returns 100,800 at most."""
_MOST_REMOVED: Final = 10
"""In one run, so that a mistake has an end."""
_STATE_TAG: Final = "finops:state"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleRemoval:
    """Removes idle replaced profiles.

    Attributes:
        profiles: Keeps their entries.
        days: How long nobody may have called one.
    """

    profiles: ReplacedProfiles
    days: int

    def run(self, registry: Registry, states: Mapping[str, TenantState]) -> None:
        """Remove what is idle, at most once an hour; a failure waits for the next time.

        Args:
            registry: The registry.
            states: The tenants' stored states; one that is missing keeps its profiles.
        """
        memory, now = self.profiles.memory, self.profiles.clock.now()
        before = memory.idle_looked_at
        if before is not None and now - before < _AT_MOST_EVERY:
            return
        memory.idle_looked_at = now
        old = [
            entry
            for tenant, entries in sorted(registry.replaced.items())
            if (state := _state_of(tenant, registry, states)) is not None
            for entry in entries.values()
            if self._may_be_idle(entry, state, now)
        ]
        try:
            idle = self._idle_ones(old, now)
        except (BotoCoreError, ClientError):
            logger.exception("calls not readable: no replaced profile is removed")
            return
        for entry in idle[:_MOST_REMOVED]:
            try:
                self._remove(entry)
            except (BotoCoreError, ClientError):
                logger.exception("replaced profile not removed", arn=entry.profile_arn)

    def _may_be_idle(self, entry: ProfileEntry, state: TenantState, now: datetime) -> bool:
        since = max(each for each in (entry.replaced_at, state.changed_at) if each is not None)
        return not state.stops_alias(entry.alias) and now - since >= timedelta(days=self.days)

    def _idle_ones(self, entries: Sequence[ProfileEntry], now: datetime) -> list[ProfileEntry]:
        uncalled = self._uncalled(entries, now)
        idle = [entry for entry in entries if entry.profile_id in uncalled]
        if not idle:
            return []
        at_work = {job.model_id for job in read_jobs(self.profiles.client("bedrock"))}
        return [each for each in idle if not at_work & {each.profile_arn, each.profile_id}]

    def _uncalled(self, entries: Sequence[ProfileEntry], now: datetime) -> set[str]:
        cloudwatch, hours = self.profiles.client("cloudwatch"), 24 * self.days
        at_once = min(_MOST_QUERIES, _MOST_DATAPOINTS // (hours + 1)) // len(_CALLS)
        uncalled: set[str] = set()
        for start in range(0, len(entries), at_once):
            ids = [entry.profile_id for entry in entries[start : start + at_once]]
            pages = cloudwatch.get_paginator("get_metric_data").paginate(
                MetricDataQueries=list(_queries(ids)),
                StartTime=now - timedelta(hours=hours),
                EndTime=now,
            )
            uncalled |= _without_calls(ids, [r for p in pages for r in p["MetricDataResults"]])
        return uncalled

    def _remove(self, entry: ProfileEntry) -> None:
        bedrock = self.profiles.client("bedrock")
        if not self._is_still_replaced(entry):
            logger.warning("an alias leads to it again: kept", arn=entry.profile_arn)
            return
        tags = tags_of(bedrock, entry.profile_arn)
        whose = (tags.get(TENANT_TAG), tags.get(ALIAS_TAG))
        replaced = REPLACED_TAG in tags and tags.get(_STATE_TAG) != SUSPENDED
        if whose != (entry.tenant, entry.alias) or not replaced:
            logger.warning("its tags say otherwise: kept", arn=entry.profile_arn, tags=tags)
            return
        found = bedrock.get_inference_profile(inferenceProfileIdentifier=entry.profile_arn)
        if not has_own_name(found["inferenceProfileName"], entry.tenant, entry.alias):
            logger.warning("somebody else made it: kept", arn=entry.profile_arn)
            return
        self.profiles.journal(entry, "profile-removed")
        bedrock.delete_inference_profile(inferenceProfileIdentifier=entry.profile_arn)
        self.profiles.strike_out(entry)

    def _is_still_replaced(self, entry: ProfileEntry) -> bool:
        pages = (
            self.profiles.client("ssm")
            .get_paginator("get_parameters_by_path")
            .paginate(Path=f"{ROOT}{entry.tenant}/", Recursive=True)
        )
        entries = {each["Name"]: each["Value"] for page in pages for each in page["Parameters"]}
        now = parse_registry(entries)
        # An entry that cannot be read could be one that leads there.
        unreadable = any("/profiles/" in fault.path for fault in now.faults)
        return not unreadable and entry.key in now.replaced.get(entry.tenant, {})


def _state_of(
    tenant: str, registry: Registry, states: Mapping[str, TenantState]
) -> TenantState | None:
    """Return a tenant's state; that of one that is gone for good is of no consequence."""
    return states.get(tenant) or (None if tenant in registry.tenants else TenantState())


def _queries(profile_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    for position, profile_id in enumerate(profile_ids):
        for number, name in enumerate(_CALLS):
            yield {
                "Id": f"p{position}m{number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/Bedrock",
                        "MetricName": name,
                        "Dimensions": [{"Name": "ModelId", "Value": profile_id}],
                    },
                    "Period": _HOUR_SECONDS,
                    "Stat": "Sum",
                },
            }


def _without_calls(profile_ids: Sequence[str], results: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the profiles for which every answer is complete and no call was counted."""
    complete = {r["Id"] for r in results if r.get("StatusCode", "Complete") == "Complete"}
    called = {r["Id"] for r in results if any(value > 0 for value in r["Values"])}
    return {
        profile_id
        for position, profile_id in enumerate(profile_ids)
        if all(
            (answer := f"p{position}m{number}") in complete and answer not in called
            for number in range(len(_CALLS))
        )
    }
