"""The spend meter's function: from invocation log records to the ledger."""

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Final

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config

from shared.reach import Place
from shared.registry import load_registry
from shared.registry_cache import RegistryCache
from spend_meter.former import FormerProfiles
from spend_meter.ledger_writer import LedgerWriter
from spend_meter.month_to_date import MonthToDate
from spend_meter.queues import Queues
from spend_meter.service import Handled, SpendMeter
from spend_meter.settings import Settings
from spend_meter.telemetry import logger, metrics

PERMISSIONS: Final = (
    "bedrock:ListTagsForResource",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "sqs:SendMessage",
    "ssm:GetParameterHistory",
    "ssm:GetParametersByPath",
)
"""Every IAM action the code calls; reading the replayed queue is up to its event source."""

_CLIENT: Final = Config(
    retries={"mode": "standard", "max_attempts": 4}, connect_timeout=2, read_timeout=8
)


@metrics.log_metrics
@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any] | None:
    """Meter a subscription's delivery, or messages of the dead letters.

    Args:
        event: `awslogs.data` of a subscription, or `Records` of SQS.
        context: Lambda's.

    Returns:
        For SQS: the messages that failed, which stay in the queue.
    """
    if "Records" in event:
        return _replay(event, context)
    delivery = event.get("awslogs")
    data = delivery.get("data") if isinstance(delivery, Mapping) else delivery
    _count(_meter(context.invoked_function_arn).deliver(data))
    return None


def _replay(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    # Half of what Powertools takes to import is this; a delivery does without.
    from aws_lambda_powertools.utilities.batch import (  # noqa: PLC0415
        BatchProcessor,
        EventType,
        process_partial_response,
    )

    _count(Handled())
    return dict(
        process_partial_response(
            event=dict(event),
            record_handler=lambda record: _count(
                _meter(context.invoked_function_arn).replay(record["body"])
            ),
            processor=BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False),
            context=context,
        )
    )


def _count(handled: Handled) -> None:
    metrics.add_metric("RecordsMetered", MetricUnit.Count, handled.metered)
    metrics.add_metric("RecordsRejected", MetricUnit.Count, handled.rejected)
    logger.info("handled", metered=handled.metered, rejected=handled.rejected)


@cache
def _meter(function_arn: str) -> SpendMeter:
    settings = Settings.read(os.environ)
    dynamodb = boto3.client("dynamodb", config=_CLIENT)
    ssm = boto3.client("ssm", config=_CLIENT)
    return SpendMeter(
        registry=RegistryCache(
            load=partial(load_registry, ssm),
            seconds=time.monotonic,
            ttl_seconds=settings.registry_ttl_seconds,
        ),
        ledger=LedgerWriter(dynamodb, settings.ledger_table),
        queues=Queues(
            boto3.client("sqs", config=_CLIENT),
            dead_letters_url=settings.dead_letter_queue_url,
            wake_url=settings.wake_queue_url,
        ),
        month_to_date=MonthToDate(dynamodb, settings.ledger_table, clock=time.monotonic),
        now=lambda: datetime.now(UTC),
        former=FormerProfiles(
            bedrock=cache(partial(boto3.client, "bedrock", config=_CLIENT)),
            ssm=ssm,
            place=Place.of_function(function_arn),
            seconds=time.monotonic,
        ),
    )
