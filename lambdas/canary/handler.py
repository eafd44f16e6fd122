"""The self-test's function: once a day, and whenever somebody invokes it."""

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config

from canary import commands_url, service
from canary.commands_url import Commands
from canary.service import Canary
from canary.settings import Settings

PERMISSIONS: Final = tuple(sorted({*commands_url.PERMISSIONS, *service.PERMISSIONS}))
"""Every IAM action the code calls."""
_CLIENT: Final = Config(
    retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=3, read_timeout=10
)

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:  # noqa: ARG001 - Lambda's
    """Run the self-test and return what came of it.

    Args:
        event: Whatever woke it.
        context: Lambda's.
    """
    outcome = _canary(context.invoked_function_arn).run()
    logger.info("self-test", result=outcome.result, seconds=outcome.seconds, why=outcome.why)
    if outcome.result != "paused":
        metrics.add_metric("CanaryRuns", MetricUnit.Count, 1)
        metrics.add_metric("CanaryFailed", MetricUnit.Count, int(outcome.result == "failed"))
    for hop, seconds in outcome.seconds.items():
        metrics.add_metric(f"Canary{hop}Seconds", MetricUnit.Seconds, seconds)
    return {"result": outcome.result, "seconds": outcome.seconds, "why": outcome.why}


def _canary(function_arn: str) -> Canary:
    settings = Settings.read(os.environ, function_arn)
    return Canary(
        settings=settings,
        client=_client,
        commands=Commands(
            settings.commands_url, settings.region, boto3.Session().get_credentials()
        ),
        now=lambda: datetime.now(UTC),
        seconds=time.monotonic,
        sleep=time.sleep,
    )


@cache
def _client(service_name: str) -> Any:
    return boto3.client(service_name, config=_CLIENT)  # type: ignore[call-overload]
