"""The checks that Bedrock and CloudWatch Logs make when invocation logging is set up."""

import json
from typing import Any

from ministack.services import bedrock, cloudwatch_logs, iam, s3

from local.service_calls import Response

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
_MOST_FILTERS = 2

_ministack_put_config = bedrock._put_logging_config
_ministack_put_filter = cloudwatch_logs._put_subscription_filter


def install() -> None:
    """Refuse a destination that is not there and a third subscription of a log group."""
    bedrock._put_logging_config = _put_config
    cloudwatch_logs._put_subscription_filter = _put_filter


def _put_config(body: bytes) -> Response:
    config = json.loads(body or b"{}").get("loggingConfig") or {}
    destination = config.get("cloudWatchConfig")
    if destination:
        group, role = destination.get("logGroupName"), destination.get("roleArn", "")
        known = group in cloudwatch_logs._log_groups and role.rpartition("/")[2] in iam._roles
        if not known:
            refused: Response = bedrock._validation(
                f"Failed to validate permissions for log group: {group}, with role: {role}. "
                "Verify the IAM role permissions are correct."
            )
            return refused
    bucket = (config.get("s3Config") or {}).get("bucketName")
    if bucket and not _may_deliver(bucket):
        reason = (
            f"Failed to validate permissions for S3 bucket: {bucket}. Verify the bucket policy."
        )
        unwritable: Response = bedrock._validation(reason)
        return unwritable
    answer: Response = _ministack_put_config(body)
    return answer


def _may_deliver(bucket: str) -> bool:
    """Whether the bucket is there and its policy lets Bedrock put objects into it."""
    policy = json.loads(s3._bucket_policies.get(bucket) or "{}")
    return bucket in s3._buckets and any(
        each["Effect"] == "Allow"
        and each.get("Principal") == {"Service": "bedrock.amazonaws.com"}
        and "s3:PutObject" in each["Action"]
        for each in policy.get("Statement", [])
    )


def _put_filter(request: dict[str, Any]) -> Response:
    group = cloudwatch_logs._log_groups.get(request.get("logGroupName")) or {}
    others = set(group.get("subscriptionFilters") or {}) - {request.get("filterName")}
    if len(others) >= _MOST_FILTERS:
        refused: Response = cloudwatch_logs.error_response_json(
            "LimitExceededException", "Resource limit exceeded.", 400
        )
        return refused
    answer: Response = _ministack_put_filter(request)
    return answer
