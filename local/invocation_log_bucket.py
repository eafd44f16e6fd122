"""Delivery of invocation log records into a bucket, as a gzip file of JSON lines each time.

Bodies above 100 KB, which AWS puts below `data/`, are left out.
"""

import gzip
import json
import uuid
from datetime import UTC, datetime
from typing import Any

from ministack.services import cloudwatch, s3


def deliver(
    account: str, region: str, destination: dict[str, Any], records: list[dict[str, Any]]
) -> None:
    """Put records into a bucket, in the account and Region at hand.

    Args:
        account: The account whose calls they are.
        region: Their Region.
        destination: The `s3Config` of the logging configuration.
        records: The records.
    """
    now = datetime.now(UTC)
    prefix = f"{destination['keyPrefix']}/" if destination.get("keyPrefix") else ""
    name = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03}Z_{uuid.uuid4().hex[:16]}.json.gz"
    key = f"{prefix}AWSLogs/{account}/BedrockModelInvocationLogs/{region}/{now:%Y/%m/%d/%H}/{name}"
    lines = "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records)
    headers = {"content-type": "application/gzip"}
    status, _headers, _body = s3._put_object(
        destination["bucketName"], key, gzip.compress(lines.encode()), headers
    )
    cloudwatch.record_metric(
        "AWS/Bedrock",
        f"ModelInvocationLogsS3Delivery{'Success' if status < 300 else 'Failure'}",
        len(records),
        "Count",
        {"ModelId": "Across all model IDs"},
    )
