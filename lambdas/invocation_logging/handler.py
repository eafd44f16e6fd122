"""The custom resource `InvocationLogging`: sets Bedrock's log of calls, restores what it found.

An account and Region has one such setting. What is found there when this resource is created is
kept in a parameter until the resource is deleted. A schedule has it compared with what is wanted.
"""

import json
import logging
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import boto3

from invocation_logging import watch
from invocation_logging.logic import Wanted
from shared.custom_resource import Work, respond
from shared.invocation_counts import HOUR

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

PERMISSIONS: Final = (
    "bedrock:DeleteModelInvocationLoggingConfiguration",
    "bedrock:GetModelInvocationLoggingConfiguration",
    "bedrock:PutModelInvocationLoggingConfiguration",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "iam:PassRole",
    "ssm:DeleteParameter",
    "ssm:GetParameter",
    "ssm:PutParameter",
)
# Bedrock tries the role at once, and IAM takes a while to know a new one everywhere.
_ATTEMPTS: Final = 12
_SECONDS_BETWEEN: Final = 5.0


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Do what CloudFormation asks and answer it, whatever happens; or look, on a schedule.

    Args:
        event: CloudFormation's request, or `{"watch": <the resource's properties>}`.
        context: Lambda's.
    """
    if "watch" in event:
        _watch(Wanted.parse(event["watch"]), datetime.now(UTC))
        return
    respond(event, context, new_id="finops-invocation-logging", work=_WORK)


def _set(event: Mapping[str, Any]) -> None:
    wanted = Wanted.parse(event["ResourceProperties"])
    current = _current()
    if current is not None and not wanted.is_ours(current):
        wanted.check_replaceable(current)
        _keep(wanted, current)
    _put(wanted.configuration)
    readback = _current()
    if drift := wanted.drift(readback):
        raise RuntimeError(f"the logging configuration does not read back: {'; '.join(drift)}")


def _restore(event: Mapping[str, Any]) -> None:
    wanted = Wanted.parse(event["ResourceProperties"])
    current = _current()
    if current is not None and wanted.is_ours(current):
        found = _found(wanted)
        if found is None:
            boto3.client("bedrock").delete_model_invocation_logging_configuration()
        else:
            _put(found)
        logger.info("restored %s", found)
    elif current is not None:
        logger.info("left alone what somebody has set since: %s", current)
    _forget(wanted)


_WORK: Mapping[str, Work] = {"Create": _set, "Update": _set, "Delete": _restore}


def _watch(wanted: Wanted, now: datetime) -> None:
    """Tell CloudWatch of drift, and of calls of which nothing was delivered."""
    drift = wanted.drift(_current())
    hour = now.replace(minute=0, second=0, microsecond=0) - 2 * HOUR
    missed = watch.undelivered(boto3.client("cloudwatch"), wanted, hour)
    for fault in drift:
        logger.error("the logging configuration has drifted: %s", fault)
    for place, calls in missed.items():
        if calls:
            logger.error("%s calls of hour %s were made, the %s got nothing", calls, hour, place)
    counted = {"LoggingDrift": len(drift), "CallsUndelivered": max(missed.values())}
    sys.stdout.write(watch.embedded_metrics(counted, now) + "\n")


def _current() -> Mapping[str, Any] | None:
    answer = boto3.client("bedrock").get_model_invocation_logging_configuration()
    return answer.get("loggingConfig") or None


def _put(configuration: Mapping[str, Any]) -> None:
    bedrock: Any = boto3.client("bedrock")
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            bedrock.put_model_invocation_logging_configuration(loggingConfig=configuration)
        except bedrock.exceptions.ValidationException:
            if attempt == _ATTEMPTS:
                raise
            logger.info("not accepted yet", exc_info=True)
            time.sleep(_SECONDS_BETWEEN)
        else:
            return


def _keep(wanted: Wanted, current: Mapping[str, Any]) -> None:
    boto3.client("ssm").put_parameter(
        Name=wanted.found_parameter,
        Description="The Bedrock logging configuration that was here before; restored on deletion",
        Overwrite=True,
        Type="String",
        Value=json.dumps(current),
    )


def _found(wanted: Wanted) -> dict[str, Any] | None:
    ssm = boto3.client("ssm")
    try:
        kept = ssm.get_parameter(Name=wanted.found_parameter)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        return None
    found: dict[str, Any] = json.loads(kept)
    return found


def _forget(wanted: Wanted) -> None:
    ssm = boto3.client("ssm")
    try:
        ssm.delete_parameter(Name=wanted.found_parameter)
    except ssm.exceptions.ParameterNotFound:
        logger.info("nothing was kept")
