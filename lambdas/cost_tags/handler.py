"""Activates cost allocation tags in the payer account, as soon as AWS has seen them.

As a custom resource it never fails a deployment: a key that no resource carries yet cannot be
activated, and that is so on the first day of every organisation. The schedule tries again.
"""

import json
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import BotoCoreError, ClientError

from cost_tags.logic import calls, inactive_since, longest_days, plan
from shared.custom_resource import respond

SERVICE: Final = "cost-tags"
PERMISSIONS: Final = (
    "ssm:DeleteParameter",
    "ssm:GetParameter",
    "ssm:PutParameter",
    "sts:AssumeRole",
)
"""Every IAM action the code calls; Cost Explorer's are the payer's role's (`TAG_ACTIONS`)."""

logger = Logger(service=SERVICE)
metrics = Metrics(namespace="FinOpsConstructs", service=SERVICE)
_AWS_ERRORS = (BotoCoreError, ClientError)
# Cost Explorer has one endpoint.
_CE_REGION: Final = "us-east-1"


@metrics.log_metrics
@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: Any) -> None:
    """Activate what can be activated; measure what cannot.

    Args:
        event: A request of CloudFormation, or anything else, such as the schedule.
        context: Lambda's.
    """
    if "RequestType" not in event:
        _run()
        return

    def work(request: Mapping[str, Any]) -> None:
        if request["RequestType"] == "Delete":
            # The tags stay active: without them the bill loses its owners.
            _forget()
        else:
            _run()

    steps = dict.fromkeys(("Create", "Update", "Delete"), work)
    respond(event, context, new_id="cost-allocation-tags", work=steps)


def _run() -> None:
    wanted: list[str] = json.loads(os.environ["TAG_KEYS"])
    today = datetime.now(UTC).date()
    try:
        missing = _activate(wanted)
    except _AWS_ERRORS:
        logger.exception("cost allocation tags not reachable")
        missing = set(wanted)
    try:
        since = _remember(missing, today)
    except _AWS_ERRORS:
        logger.exception("cannot remember since when tags are inactive")
        since = {}
    metrics.add_metric("InactiveCostTags", MetricUnit.Count, len(missing))
    metrics.add_metric("CostTagDaysInactive", MetricUnit.Count, longest_days(since, today))


def _activate(wanted: list[str]) -> set[str]:
    """Activate tags; return the keys that are not active afterwards."""
    ce = _cost_explorer()
    listed = _pages(ce.list_cost_allocation_tags, "CostAllocationTags", TagKeys=wanted)
    history = _pages(ce.list_cost_allocation_tag_backfill_history, "BackfillRequests")
    since = os.environ.get("BACKFILL_FROM")
    todo = plan(wanted, listed, history, backfill_from=date.fromisoformat(since) if since else None)
    refused: set[str] = set()
    for keys in calls(todo.activate):
        answer = ce.update_cost_allocation_tags_status(
            CostAllocationTagsStatus=[{"TagKey": key, "Status": "Active"} for key in keys]
        )
        for error in answer.get("Errors", ()):
            refused.add(error["TagKey"])
            logger.error("tag not activated", key=error["TagKey"], reason=error.get("Message"))
    if todo.activate:
        logger.info("cost allocation tags activated", keys=sorted(set(todo.activate) - refused))
    if todo.backfill:
        _backfill(ce, since)
    return {*todo.waiting, *refused}


def _backfill(ce: Any, since: str | None) -> None:
    try:
        ce.start_cost_allocation_tag_backfill(BackfillFrom=f"{since}T00:00:00Z")
        logger.info("backfill of cost allocation tags asked for", since=since)
    except ClientError as error:  # at most one a day; the next run asks again
        logger.warning("backfill refused", reason=error.response["Error"]["Message"])


def _pages(call: Any, name: str, **request: Any) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    while True:
        answer = call(**request)
        found += answer.get(name, ())
        if not answer.get("NextToken"):
            return found
        request["NextToken"] = answer["NextToken"]


def _remember(missing: set[str], today: date) -> dict[str, str]:
    """Return, and keep, since when keys are missing."""
    ssm, name = boto3.client("ssm"), os.environ["STATE_PARAMETER"]
    try:
        before = json.loads(ssm.get_parameter(Name=name)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        before = None
    since = inactive_since(before or {}, missing, today)
    if since != before:
        text = json.dumps(since)
        ssm.put_parameter(Name=name, Value=text, Type="String", Overwrite=True)
    return since


def _forget() -> None:
    try:
        boto3.client("ssm").delete_parameter(Name=os.environ["STATE_PARAMETER"])
    except _AWS_ERRORS:
        logger.warning("nothing to forget, or it cannot be forgotten", exc_info=True)


def _cost_explorer() -> Any:
    role = os.environ["PAYER_ROLE_ARN"]
    lent = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="finops-cost-tags")
    credentials = lent["Credentials"]
    return boto3.client(
        "ce",
        region_name=_CE_REGION,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
