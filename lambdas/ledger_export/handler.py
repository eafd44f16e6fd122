"""Every day: what the ledger says was spent, written into the cost lake beside the bill."""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config

from ledger_export.logic import FOLDER, as_csv, estimates, months_to_export
from shared.ledger import plain_item
from shared.reach import Place

SERVICE: Final = "ledger-export"
PERMISSIONS: Final = ("dynamodb:Scan", "s3:PutObject")
"""Every IAM action the code calls."""
_CLIENT: Final = Config(retries={"mode": "standard", "max_attempts": 6}, connect_timeout=3)

logger = Logger(service=SERVICE)
metrics = Metrics(namespace="FinOpsConstructs", service=SERVICE)


@metrics.log_metrics
@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: Any) -> None:  # noqa: ARG001 - the clock calls
    """Write this month's file and last month's over those of yesterday.

    A tenant that is gone is still in the ledger, so that the table is scanned, not asked tenant by
    tenant. Nothing is written unless all of it could be read.
    """
    place = Place.of_function(context.invoked_function_arn)
    months = months_to_export(datetime.now(UTC).date())
    sums = estimates(_items(months), months)
    s3 = boto3.client("s3", region_name=os.environ["BUCKET_REGION"], config=_CLIENT)
    for month, rows in sums.items():
        s3.put_object(
            Bucket=os.environ["BUCKET"],
            Key=f"{FOLDER}/{place.account}-{place.region}-{month}.csv",
            Body=as_csv(rows, f"{place.account}/{place.region}").encode(),
            ContentType="text/csv; charset=utf-8",
            ExpectedBucketOwner=os.environ["BUCKET_ACCOUNT"],
        )
    exported = {month: len(rows) for month, rows in sums.items()}
    metrics.add_metric("ExportedEstimates", MetricUnit.Count, sum(exported.values()))
    logger.info("estimates exported", rows=exported)


def _items(months: tuple[str, ...]) -> Iterator[dict[str, str | int]]:
    """Read the items by alias of the months; the table filters, so that little is sent."""
    names = {f":month{number}": {"S": f"A#{month}"} for number, month in enumerate(months)}
    pages = (
        boto3.client("dynamodb", config=_CLIENT)
        .get_paginator("scan")
        .paginate(
            TableName=os.environ["LEDGER_TABLE"],
            FilterExpression=" OR ".join(f"begins_with(sk, {name})" for name in names),
            ExpressionAttributeValues=names,
        )
    )
    for page in pages:
        for item in page["Items"]:
            yield plain_item(item)
