"""Invocation records in a log group, counted by CloudWatch Logs Insights where they lie."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from finops_constructs.invocations.use import Uses, gathered
from finops_constructs.operations.aws import Aws, translated
from finops_constructs.operations.errors import OperationsError

MOST_ROWS: Final = 10_000
"""What Insights returns at most."""
QUERY: Final = (
    'filter schemaType = "ModelInvocationLog" | '
    "stats count(*) as calls, min(@timestamp) as first, max(@timestamp) as last "
    f"by identity.arn, modelId | limit {MOST_ROWS}"
)
_PATIENCE_SECONDS: Final = 300
_STOPPED: Final = frozenset({"Cancelled", "Failed", "Timeout", "Unknown"})


def read_log_group(
    aws: Aws,
    group: str,
    *,
    since: timedelta,
    now: datetime,
    sleep: Callable[[float], None] = time.sleep,
) -> Uses:
    """Count the calls in a log group.

    Args:
        aws: Where and as whom.
        group: The log group that Bedrock delivers to.
        since: How far back; Insights bills by the gigabyte it scans.
        now: The clock.
        sleep: Waits between two looks at the query.

    Raises:
        OperationsError: If AWS refuses, the query fails, or has more rows than Insights returns.
    """
    logs = aws.client("logs")
    with translated(f"counting the calls in {group} (logs:StartQuery, logs:GetQueryResults)"):
        query = logs.start_query(
            logGroupName=group,
            startTime=int((now - since).timestamp()),
            endTime=int(now.timestamp()) + 1,
            queryString=QUERY,
            limit=MOST_ROWS,
        )["queryId"]
        rows = _results(logs, query, sleep)
    if len(rows) >= MOST_ROWS:
        raise OperationsError(
            f"{group} has calls by more than {MOST_ROWS:,} sessions and models within "
            f"{since.days} days: ask for fewer days, or give the records as files"
        )
    found = gathered(f"log group {group}, {since.days} days", [_row(each) for each in rows])
    kept = _kept_since(aws, group, now)
    return replace(found, covers_since=max(now - since, min(kept, found.first or kept)))


def _kept_since(aws: Aws, group: str, now: datetime) -> datetime:
    """Return since when the group keeps what was delivered to it."""
    logs = aws.client("logs")
    with translated(f"asking how long {group} keeps records (logs:DescribeLogGroups)"):
        found = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    told = next(each for each in found if each["logGroupName"] == group)
    created = datetime.fromtimestamp(told["creationTime"] / 1000, UTC)
    days = told.get("retentionInDays")
    return created if days is None else max(created, now - timedelta(days=days))


def _results(logs: Any, query: str, sleep: Callable[[float], None]) -> list[dict[str, str]]:
    for _ in range(_PATIENCE_SECONDS):
        said = logs.get_query_results(queryId=query)
        if said["status"] == "Complete":
            return [{each["field"]: each["value"] for each in row} for row in said["results"]]
        if said["status"] in _STOPPED:
            raise OperationsError(f"CloudWatch Logs Insights ended the query: {said['status']}")
        sleep(1.0)
    raise OperationsError(f"CloudWatch Logs Insights had no answer after {_PATIENCE_SECONDS} s")


def _row(row: dict[str, str]) -> tuple[str, str, int, datetime, datetime]:
    # A record without one of the fields has no such column.
    who, model = row.get("identity.arn", ""), row.get("modelId", "")
    return who, model, int(float(row["calls"])), _instant(row["first"]), _instant(row["last"])


def _instant(text: str) -> datetime:
    """Insights tells an instant as milliseconds or as text in UTC, by the function it came from."""
    if text.replace(".", "", 1).isdigit():
        return datetime.fromtimestamp(float(text) / 1000, UTC)
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
