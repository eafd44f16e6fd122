"""The cross-check's function: every hour, the invocation log against CloudWatch's token metrics."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config

from cross_check.checked import Checked
from cross_check.service import CrossCheck
from cross_check.settings import Settings
from cross_check.telemetry import logger, metrics
from shared.registry import load_registry

PERMISSIONS: Final = (
    "cloudwatch:GetMetricData",
    "dynamodb:GetItem",
    "dynamodb:UpdateItem",
    "sqs:SendMessage",
    "ssm:GetParametersByPath",
)
"""Every IAM action the code calls."""

_CLIENT: Final = Config(
    retries={"mode": "standard", "max_attempts": 6}, connect_timeout=2, read_timeout=20
)


class IncompleteError(RuntimeError):
    """Some profiles could not be compared; the next run, or Lambda's retry, does it again."""


@metrics.log_metrics
@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: Any) -> None:  # noqa: ARG001 - the clock calls
    """Compare the last two full hours of every profile.

    Raises:
        IncompleteError: After all others were compared, if some profile could not be.
    """
    checked = _cross_check().run(load_registry(_client("ssm")))
    _report(checked)
    if checked.failed:
        raise IncompleteError(f"not compared: {', '.join(checked.failed)}")


def _report(checked: Checked) -> None:
    logger.info("compared with CloudWatch", **_for_the_log(checked))
    if checked.cache_tokens_missing:
        logger.warning(
            "body-less records do not tell cache tokens: CloudWatch's figure counts for them",
            aliases=checked.cache_tokens_missing,
        )
    for name, unit, value in (
        (
            "CrossCheckDifferencePercent",
            MetricUnit.Percent,
            float(checked.largest_difference_percent),
        ),
        ("SilentProfiles", MetricUnit.Count, len(checked.silent)),
        ("CacheTokensMissing", MetricUnit.Count, len(checked.cache_tokens_missing)),
    ):
        metrics.add_metric(name, unit, value)


def _for_the_log(checked: Checked) -> dict[str, Any]:
    found = asdict(checked)
    return found | {
        "compared": len(checked.compared),
        "largest_difference_percent": f"{checked.largest_difference_percent:.1f}",
    }


@cache
def _cross_check() -> CrossCheck:
    settings = Settings.read(os.environ)
    return CrossCheck(
        cloudwatch=_client("cloudwatch"),
        dynamodb=_client("dynamodb"),
        sqs=_client("sqs"),
        ledger=settings.ledger_table,
        wake_url=settings.wake_queue_url,
        now=lambda: datetime.now(UTC),
    )


@cache
def _client(service: Any) -> Any:
    return boto3.client(service, config=_CLIENT)
