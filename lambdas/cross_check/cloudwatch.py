"""What CloudWatch counted for a profile, hour by hour (aws-facts section 2).

A profile's metrics have its id as `ModelId`, and only their `Sum` means anything. AWS's own pages
spell the cache metrics in two ways: both are asked for, and the larger stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shared.rates import TokenSums

NAMESPACE: Final = "AWS/Bedrock"
METRICS: Final = (
    "Invocations",
    "InputTokenCount",
    "OutputTokenCount",
    "CacheReadInputTokenCount",
    "CacheReadInputTokens",
    "CacheWriteInputTokenCount",
    "CacheWriteInputTokens",
)
PROFILES_PER_CALL: Final = 500 // len(METRICS)
"""GetMetricData takes at most 500 metrics a call."""

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HourSeen:
    """What CloudWatch counted for one profile in one hour.

    Attributes:
        hour: When it began, UTC.
        invocations: Successful calls.
        tokens: Their tokens; cache writes are of untold lifetime.
    """

    hour: datetime
    invocations: int
    tokens: TokenSums

    @property
    def cache_tokens(self) -> int:
        """Tokens read from or written to a prompt cache."""
        return self.tokens.cache_read + self.tokens.cache_write_untold


def last_full_hours(now: datetime, count: int = 2) -> list[datetime]:
    """Return the beginnings of the last full hours before `now` (UTC), oldest first."""
    current = now.replace(minute=0, second=0, microsecond=0)
    return [current - back * _HOUR for back in range(count, 0, -1)]


def queries(profile_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the `MetricDataQueries` of up to `PROFILES_PER_CALL` profiles."""
    return [
        {
            "Id": f"p{position}m{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": NAMESPACE,
                    "MetricName": name,
                    "Dimensions": [{"Name": "ModelId", "Value": profile_id}],
                },
                "Period": int(_HOUR.total_seconds()),
                "Stat": "Sum",
            },
        }
        for position, profile_id in enumerate(profile_ids)
        for number, name in enumerate(METRICS)
    ]


def read_hours(
    cloudwatch: Any, profile_ids: Sequence[str], hours: Sequence[datetime]
) -> dict[str, list[HourSeen]]:
    """Ask CloudWatch for up to `PROFILES_PER_CALL` profiles.

    Args:
        cloudwatch: A boto3 CloudWatch client; its errors are not caught.
        profile_ids: The profiles.
        hours: Consecutive beginnings of hours, oldest first.

    Returns:
        For each profile one entry an hour; nothing counted is zero. A profile that CloudWatch
        could not answer for is left out.
    """
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries(profile_ids), StartTime=hours[0], EndTime=hours[-1] + _HOUR
    )
    sums: dict[tuple[str, datetime], int] = {}
    unanswered: set[str] = set()
    for result in (each for page in pages for each in page["MetricDataResults"]):
        if result.get("StatusCode", "Complete") not in {"Complete", "PartialData"}:
            unanswered.add(result["Id"])
        for moment, value in zip(result["Timestamps"], result["Values"], strict=True):
            key = result["Id"], moment
            sums[key] = sums.get(key, 0) + round(value)
    return {
        profile_id: list(_hours_of(position, sums, hours))
        for position, profile_id in enumerate(profile_ids)
        if not any(f"p{position}m{number}" in unanswered for number in range(len(METRICS)))
    }


def _hours_of(
    position: int, sums: Mapping[tuple[str, datetime], int], hours: Sequence[datetime]
) -> Iterator[HourSeen]:
    for hour in hours:
        counted = [sums.get((f"p{position}m{number}", hour), 0) for number in range(len(METRICS))]
        invocations, tokens_in, tokens_out, *cache = counted
        yield HourSeen(
            hour=hour,
            invocations=invocations,
            tokens=TokenSums(
                input=tokens_in,
                output=tokens_out,
                cache_read=max(cache[:2]),
                cache_write_untold=max(cache[2:]),
            ),
        )
