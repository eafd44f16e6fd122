"""Bedrock's invocation log: without it, or with somebody else's, the spend meter sees nothing."""

from collections.abc import Iterator
from typing import Any, Final

from finops_constructs.doctor.case import Case
from finops_constructs.doctor.finding import PLATFORM, Finding
from finops_constructs.enforcement.names import INVOCATION_LOG_GROUP
from finops_constructs.operations.aws import translated

ITEM: Final = "invocation-log"


def examine(case: Case) -> Iterator[Finding]:
    """Yield what keeps the log from reaching the spend meter."""
    bedrock = case.aws.client("bedrock")
    with translated("reading it (bedrock:GetModelInvocationLoggingConfiguration)"):
        said = bedrock.get_model_invocation_logging_configuration()
    config: dict[str, Any] = said.get("loggingConfig") or {}
    group = (config.get("cloudWatchConfig") or {}).get("logGroupName")
    if group == INVOCATION_LOG_GROUP:
        yield from _unread(case)
        return
    nothing = "invocations are not logged: no call is metered"
    yield Finding(
        item=ITEM,
        about=PLATFORM,
        problem=_foreign(config, group) if config else nothing,
        command=(
            f"{case.deploy_platform}   # with metering.overwrite_invocation_logging: true in "
            "platform.yaml, once you know who needs the other one"
            if config
            else case.deploy_platform
        ),
        blind=True,
    )


def _foreign(config: dict[str, Any], group: str | None) -> str:
    bucket = (config.get("s3Config") or {}).get("bucketName")
    places = [f"log group {group}"] if group else []
    places += [f"bucket {bucket}"] if bucket else []
    where = " and ".join(places) or "nowhere"
    return f"somebody else's invocation logging is set up, to {where}: no call is metered"


def _unread(case: Case) -> Iterator[Finding]:
    logs = case.aws.client("logs")
    with translated("reading the log's subscribers (logs:DescribeSubscriptionFilters)"):
        try:
            found = logs.describe_subscription_filters(logGroupName=INVOCATION_LOG_GROUP)
        except logs.exceptions.ResourceNotFoundException:
            found = {"subscriptionFilters": []}
    if not found["subscriptionFilters"]:
        yield Finding(
            item=ITEM,
            about=PLATFORM,
            problem=f"nobody reads {INVOCATION_LOG_GROUP}: no call is metered",
            command=case.deploy_platform,
            blind=True,
        )
