"""Whether calls have stopped: five minutes without a successful call since a stop was read back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from shared.registry import Registry
from shared.tenant_state import TenantState

PERMISSIONS: Final = ("cloudwatch:GetMetricData",)
QUIET: Final = timedelta(minutes=5)
METRIC_DELAY: Final = timedelta(minutes=5)
"""How late CloudWatch may show a call (aws-facts section 2)."""
_MOST_QUERIES: Final = 500


@dataclass(frozen=True, slots=True)
class Suspect:
    """A stopped profile that has not been confirmed yet."""

    tenant: str
    key: str
    profile_id: str


def suspects(states: Mapping[str, TenantState], registry: Registry, now: datetime) -> list[Suspect]:
    """Return the stopped profiles whose five quiet minutes can be told by now."""
    return [
        Suspect(tenant, key, entry.profile_id)
        for tenant, state in states.items()
        for key, entry in registry.watched(tenant).items()
        if (seen := state.profiles.get(key)) is not None
        and seen.applied_at is not None
        and seen.confirmed_at is None
        and now - seen.applied_at >= QUIET + METRIC_DELAY
    ]


def quiet_ones(cloudwatch: Any, asked: Sequence[Suspect], now: datetime) -> set[Suspect]:
    """Return those without a successful call in the last five minutes CloudWatch can show."""
    ends = (now - METRIC_DELAY).replace(second=0, microsecond=0)
    return {suspect for some in _in_batches(asked) for suspect in _quiet_of(cloudwatch, some, ends)}


def confirmed(state: TenantState, tenant: str, quiet: set[Suspect], now: datetime) -> TenantState:
    """Return the state with the quiet profiles confirmed."""
    keys = {suspect.key for suspect in quiet if suspect.tenant == tenant}
    return replace(
        state,
        profiles={
            key: replace(seen, confirmed_at=now) if key in keys else seen
            for key, seen in state.profiles.items()
        },
    )


def _quiet_of(cloudwatch: Any, some: Sequence[Suspect], ends: datetime) -> Iterator[Suspect]:
    queries = [
        {
            "Id": f"q{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Bedrock",
                    "MetricName": "Invocations",
                    "Dimensions": [{"Name": "ModelId", "Value": suspect.profile_id}],
                },
                "Period": 60,
                "Stat": "Sum",
            },
        }
        for number, suspect in enumerate(some)
    ]
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=ends - QUIET, EndTime=ends
    )
    called: set[str] = set()
    answered: set[str] = set()
    for page in pages:
        for result in page["MetricDataResults"]:
            if result.get("StatusCode", "Complete") == "Complete":
                answered.add(result["Id"])
            if any(value > 0 for value in result["Values"]):
                called.add(result["Id"])
    for number, suspect in enumerate(some):
        if f"q{number}" in answered - called:
            yield suspect


def _in_batches(asked: Sequence[Suspect]) -> Iterator[Sequence[Suspect]]:
    for start in range(0, len(asked), _MOST_QUERIES):
        yield asked[start : start + _MOST_QUERIES]
