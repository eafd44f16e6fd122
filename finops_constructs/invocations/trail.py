"""Model calls in CloudTrail's event history: 90 days of management events, without any log.

CloudTrail lists 50 events a page, at two pages a second: it tells who calls, not how often.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from finops_constructs.invocations.use import Uses, gathered
from finops_constructs.operations.aws import Aws, translated

EVENTS: Final = ("Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream")
MOST_PAGES: Final = 40
"""Of each event; more would take minutes and find hardly another caller."""


def read_trail(aws: Aws, *, since: timedelta, now: datetime) -> Uses:
    """Look the callers up.

    Args:
        aws: Where and as whom.
        since: How far back, at most 90 days.
        now: The clock.

    Raises:
        OperationsError: If AWS refuses.
    """
    cloudtrail = aws.client("cloudtrail")
    with translated("looking up model calls (cloudtrail:LookupEvents)"):
        rows = [
            row
            for event in EVENTS
            for row in _rows(cloudtrail, event, start=now - since, end=now + timedelta(seconds=1))
        ]
    return gathered(f"CloudTrail, {since.days} days", rows)


def _rows(
    cloudtrail: Any, event: str, *, start: datetime, end: datetime
) -> Iterator[tuple[Any, ...]]:
    pages = cloudtrail.get_paginator("lookup_events").paginate(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": event}],
        StartTime=start,
        EndTime=end,
        PaginationConfig={"MaxItems": MOST_PAGES * 50, "PageSize": 50},
    )
    for page in pages:
        for each in page["Events"]:
            told = json.loads(each.get("CloudTrailEvent") or "{}")
            identity = told.get("userIdentity") or {}
            issuer = (identity.get("sessionContext") or {}).get("sessionIssuer") or {}
            who = issuer.get("arn") or identity.get("arn")
            model = (told.get("requestParameters") or {}).get("modelId")
            if who and model:
                yield who, model, 1, each["EventTime"], each["EventTime"]
