"""Every day: what the bill says of each tenant, told to the platform where the tenant lives."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config

from finops_constructs.cost_data.athena_engine import AthenaEngine
from reconciliation.logic import COLUMNS, DETAIL_TYPE, months_to_reconcile, reconciled
from shared.platform_bus import Target, tell

SERVICE: Final = "reconciliation"
PERMISSIONS: Final = (
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
    "events:PutEvents",
)
"""Every IAM action the code calls; what Athena does with the caller's rights is the lake's."""

logger = Logger(service=SERVICE)
metrics = Metrics(namespace="FinOpsConstructs", service=SERVICE)
_CLIENT: Final = Config(retries={"mode": "standard", "max_attempts": 6}, connect_timeout=3)
_LEFT_S: Final = 20


class NotToldError(RuntimeError):
    """Some platform could not be told; Lambda tries again, and so does the next day."""


@metrics.log_metrics
@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: Any) -> None:  # noqa: ARG001 - the clock calls
    """Ask the lake and send the events.

    Raises:
        NotToldError: After all others were told, if some platform could not be.
    """
    targets = [Target(**each) for each in json.loads(os.environ["TARGETS"])]
    months = months_to_reconcile(datetime.now(UTC).date())
    engine = AthenaEngine(
        _client("athena", os.environ["AWS_REGION"]),
        workgroup=os.environ["WORKGROUP"],
        database=os.environ["DATABASE"],
        timeout_s=context.get_remaining_time_in_millis() / 1000 - _LEFT_S,
    )
    usage = {"charge_kind": ["usage"]}
    rows = list(engine.totals(COLUMNS, months=months, filters=usage).records())
    ends = engine.data_through(months)
    told, failed = 0, []
    for target, details in reconciled(rows, ends, targets).items():
        if tell(_events, target, DETAIL_TYPE, details, partition=os.environ["PARTITION"]):
            told += len(details)
        else:
            failed.append(f"{target.account}/{target.region}")
    metrics.add_metric("ReconciledTenants", MetricUnit.Count, told)
    logger.info("bills told", events=told, months=list(ends))
    if failed:
        raise NotToldError(f"not told: {', '.join(failed)}")


def _events(region: str) -> Any:
    return _client("events", region)


@cache
def _client(service: Any, region: str) -> Any:
    return boto3.client(service, region_name=region, config=_CLIENT)
