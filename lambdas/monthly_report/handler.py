"""On a stated working day: last month's report and chargeback statements, and word of them."""

import json
import mimetypes
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from finops_constructs.cost_data.athena_engine import AthenaEngine
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.report.cards import cards
from finops_constructs.report.files import write_report
from finops_constructs.report.gather import gather
from finops_constructs.report.issue import issue_statements
from finops_constructs.report.money import Money
from finops_constructs.report.report import Report, make_report
from finops_constructs.report.scope import choose_scope
from finops_constructs.report.statement_files import read_statements
from finops_constructs.report.statement_store import S3Statements
from finops_constructs.report.statements import Statement
from monthly_report.logic import month_before, working_day_of_month
from monthly_report.owners import COLUMNS, DETAIL_TYPE, places_of, told_owners
from shared.platform_bus import Target, tell

SERVICE: Final = "monthly-report"
PERMISSIONS: Final = (
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
    "events:PutEvents",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "sns:Publish",
)
"""Every IAM action the code calls; what Athena does with the caller's rights is the lake's."""

logger = Logger(service=SERVICE)
_STATEMENTS: Final = "statements/"
_CLIENT: Final = Config(retries={"mode": "standard", "max_attempts": 6})


@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: Any) -> None:
    """Make the report if today is the day, or if a person asks for a month.

    Args:
        event: `{"month": "2026-10"}` makes that month's again; anything else lets the calendar say.
        context: Lambda's.
    """
    today = datetime.now(UTC).date()
    asked = event.get("month")
    if not asked and not _is_the_day(today):
        return
    month = str(asked or month_before(today))
    engine = AthenaEngine(
        boto3.client("athena", config=_CLIENT),
        workgroup=os.environ["WORKGROUP"],
        database=os.environ["DATABASE"],
        timeout_s=context.get_remaining_time_in_millis() / 1000 / 2,
    )
    made = make_report(
        gather(engine, choose_scope(engine.months(), month=month)),
        money=Money(),
        organization=os.environ["ORGANIZATION"],
        source=f"athena://{os.environ['WORKGROUP']}/{os.environ['DATABASE']}",
        made_on=today,
    )
    where = _store(made, month)
    s3 = boto3.client("s3", config=_CLIENT)
    store = S3Statements(s3, os.environ["BUCKET"], _STATEMENTS)
    fault = _issue(engine, store, month, today)
    statements = _issued(store, month)
    untold = _tell_owners(engine, month, statements)
    _tell_readers(made, month, where, [*_said(statements, fault), *_said_of(untold, month)])


def _is_the_day(today: date) -> bool:
    holidays = {date.fromisoformat(day) for day in json.loads(os.environ["HOLIDAYS"])}
    return working_day_of_month(today, holidays) == int(os.environ["WORKING_DAY"])


def _store(made: Report, month: str) -> str:
    """Put the report's files into the bucket; return the page's key."""
    s3, bucket = boto3.client("s3", config=_CLIENT), os.environ["BUCKET"]
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file in write_report(made, folder):
            key = f"reports/{month}/{file.relative_to(folder)}"
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            s3.put_object(
                Bucket=bucket,
                Key=key,
                Body=file.read_bytes(),
                ContentType=f"{kind}; charset=utf-8",
            )
    return f"reports/{month}/report.html"


def _issue(engine: AthenaEngine, store: S3Statements, month: str, today: date) -> str | None:
    """Issue a month's statements; return why there is nothing to issue."""
    try:
        issue_statements(
            engine,
            store,
            month=month,
            issued_on=today,
            organization=os.environ["ORGANIZATION"],
        )
    except CostDataError as fault:  # charged already, or nothing to charge: the report stands
        logger.warning("no statements issued", reason=str(fault))
        return str(fault)
    return None


def _issued(store: S3Statements, month: str) -> list[Statement]:
    """Return a month's statements, by this run or one before that told nobody of them."""
    try:
        issued, _ = read_statements(store)
    except CostDataError:  # which `_issue` has said
        return []
    return [each for each in issued if each.month == month]


def _said(statements: Sequence[Statement], fault: str | None) -> list[str]:
    lines = [f"No statements were issued: {fault}"] if fault else []
    if statements:
        lines.append(f"Chargeback statements, in s3://{os.environ['BUCKET']}/{_STATEMENTS}:")
    for each in statements:
        owners = ", ".join(sorted({line.owner for line in each.lines if line.owner}))
        lines.append(
            f"- {each.number}, {each.cost_centre}: USD {each.total_usd:,}; "
            f"owner: {owners or 'not in the books'}"
        )
    return lines


def _tell_readers(made: Report, month: str, key: str, statements: Sequence[str]) -> None:
    bucket, region = os.environ["BUCKET"], os.environ["AWS_REGION"]
    link = (
        f"https://{region}.console.aws.amazon.com/s3/object/{bucket}?region={region}&prefix={key}"
    )
    lines = [
        f"AI spend of {made.organization}, {month} ({made.data.status}):",
        *(f"- {card.name}: {card.value}. {card.says}" for card in cards(made)),
        *(f"To decide: {each.what} Owner: {each.owner}." for each in made.decisions),
        f"The report: {link}",
        f"or: aws s3 cp --recursive s3://{bucket}/reports/{month}/ report/",
        *statements,
    ]
    boto3.client("sns", config=_CLIENT).publish(
        TopicArn=os.environ["TOPIC_ARN"],
        Subject=f"AI spend, {month}",
        Message="\n".join(lines),
    )


def _tell_owners(engine: AthenaEngine, month: str, statements: Sequence[Statement]) -> list[Target]:
    """Tell the platforms, whose tenants' alert topics their owners subscribe to.

    Returns:
        Those that could not be told. To fail for them would tell the readers again.
    """
    targets = [Target(**each) for each in json.loads(os.environ["TARGETS"])]
    if not statements or not targets:
        return []
    usage = engine.totals(COLUMNS, months=[month], filters={"charge_kind": ["usage"]})
    places = places_of(usage.records(), targets)
    page = {
        "bucket": os.environ["BUCKET"],
        "region": os.environ["AWS_REGION"],
        "prefix": _STATEMENTS,
    }
    return [
        target
        for target, details in told_owners(statements, places, page).items()
        if not tell(_events, target, DETAIL_TYPE, details, partition=os.environ["PARTITION"])
    ]


def _said_of(untold: Sequence[Target], month: str) -> list[str]:
    if not untold:
        return []
    where = ", ".join(f"{each.account}/{each.region}" for each in untold)
    again = f'call the function again with {{"month": "{month}"}}'
    return [f"Owners of tenants in {where} were not told: see the log, and {again}."]


def _events(region: str) -> Any:
    return boto3.client("events", region_name=region, config=_CLIENT)
