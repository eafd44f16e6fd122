"""The monthly report: on its working day, stored, charged once, and told."""

import json
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from kill_switch.statements import parse_statement
from monthly_report import handler as module
from monthly_report.logic import month_before, working_day_of_month
from tests.cost_lake.bill import AS_OF, write_bill
from tests.cost_lake.fake_athena import FakeAthena

REGION = "eu-west-1"
CONTEXT = SimpleNamespace(
    get_remaining_time_in_millis=lambda: 600_000,
    function_name="f",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:eu-west-1:111122223333:function:f",
    aws_request_id="1",
)


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2026, 12, 1), 1),
        (date(2026, 12, 7), 5),
        (date(2026, 12, 5), None),
        (date(2027, 1, 1), None),
        (date(2027, 1, 4), 1),
    ],
)
def test_working_days_are_counted_without_weekends_and_holidays(day, number):
    assert working_day_of_month(day, {date(2027, 1, 1)}) == number


@given(st.dates(), st.integers(1, 15), st.sets(st.dates(), max_size=3))
def test_every_month_has_each_working_day_at_most_once(day, wanted, holidays):
    days = [day.replace(day=number) for number in range(1, 29)]
    assert sum(working_day_of_month(each, holidays) == wanted for each in days) <= 1


def test_the_month_before_january_is_december():
    assert month_before(date(2027, 1, 8)) == "2026-12"


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bill")
    write_bill(folder)
    return FakeAthena(folder, AS_OF)


@pytest.fixture
def aws(lake, monkeypatch):
    with mock_aws():
        real = boto3.client
        s3 = real("s3", region_name=REGION)
        s3.create_bucket(Bucket="kept", CreateBucketConfiguration={"LocationConstraint": REGION})
        topic = real("sns", region_name=REGION).create_topic(Name="readers")["TopicArn"]
        said = []

        class Sns:
            def publish(self, **message):
                said.append(message)

        class Events:
            refuses = 0

            def put_events(self, Entries):  # noqa: N803 - AWS's name
                told.extend(Entries)
                return {"FailedEntryCount": self.refuses}

        told: list[dict[str, str]] = []
        events = Events()
        clients = {"athena": lake, "s3": s3, "sns": Sns(), "events": events}
        monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
        for name, value in {
            "AWS_REGION": REGION,
            "BUCKET": "kept",
            "DATABASE": "finops",
            "HOLIDAYS": "[]",
            "ORGANIZATION": "Example Bank",
            "PARTITION": "aws",
            "TARGETS": json.dumps([{"account": "111122223333", "region": REGION}]),
            "TOPIC_ARN": topic,
            "WORKGROUP": "finops",
            "WORKING_DAY": "5",
        }.items():
            monkeypatch.setenv(name, value)
        yield SimpleNamespace(s3=s3, said=said, told=told, events=events)


def keys(aws):
    listed = aws.s3.list_objects_v2(Bucket="kept").get("Contents", ())
    return {each["Key"] for each in listed}


def test_a_months_report_and_statements_are_stored_and_told(aws):
    module.handler({"month": "2026-10"}, CONTEXT)
    there = keys(aws)
    assert {"reports/2026-10/report.html", "reports/2026-10/report.json"} <= there
    assert "reports/2026-10/tables/showback.csv" in there
    assert "statements/CB-2026-10.json" in there
    page = aws.s3.get_object(Bucket="kept", Key="reports/2026-10/report.html")
    assert page["ContentType"] == "text/html; charset=utf-8"
    (message,) = aws.said
    assert message["Subject"] == "AI spend, 2026-10"
    assert "prefix=reports/2026-10/report.html" in message["Message"]
    assert "CB-2026-10-001" in message["Message"]


def test_a_month_made_again_is_not_charged_again(aws):
    module.handler({"month": "2026-10"}, CONTEXT)
    before = json.loads(
        aws.s3.get_object(Bucket="kept", Key="statements/CB-2026-10.json")["Body"].read()
    )
    module.handler({"month": "2026-10"}, CONTEXT)
    after = json.loads(
        aws.s3.get_object(Bucket="kept", Key="statements/CB-2026-10.json")["Body"].read()
    )
    assert before == after
    assert "charged already" in aws.said[-1]["Message"]


def statements(aws):
    month = aws.s3.get_object(Bucket="kept", Key="statements/CB-2026-10.json")["Body"].read()
    return {each["number"]: each for each in json.loads(month)["statements"]}


def test_readers_are_told_whose_each_statement_is(aws):
    module.handler({"month": "2026-10"}, CONTEXT)
    lines = aws.said[0]["Message"].splitlines()
    for number, each in statements(aws).items():
        (line,) = [line for line in lines if line.startswith(f"- {number}, ")]
        assert f"{each['cost_centre']}: USD {Decimal(each['total_usd']):,}" in line
        owners = {line["owner"] for line in each["lines"] if line["owner"]}
        assert all(owner in line for owner in owners)


def test_each_platform_is_told_for_each_tenant_its_own_lines_of_each_statement(aws):
    module.handler({"month": "2026-10"}, CONTEXT)
    issued = statements(aws)
    assert {each["DetailType"] for each in aws.told} == {"finops.statement-issued"}
    details = [json.loads(each["Detail"]) for each in aws.told]
    assert "writer" in {each["tenant"] for each in details}
    assert len({(each["tenant"], each["number"]) for each in details}) == len(details)
    for each in details:
        own = [x for x in issued[each["number"]]["lines"] if x["tenant"] == each["tenant"]]
        assert [Decimal(x["usd"]) for x in each["lines"]] == [Decimal(x["charge_usd"]) for x in own]
        assert Decimal(each["usd"]) == sum(Decimal(x["charge_usd"]) for x in own)
        others = {x["tenant"] for every in issued.values() for x in every["lines"]}
        assert not [name for name in others - {each["tenant"]} if f'"{name}"' in json.dumps(each)]
        _, notice = parse_statement(each, "999988887777")
        assert f"s3://kept/statements/{each['number']}.html" in notice.text


def test_readers_are_told_that_owners_were_not_and_another_call_tells_them(aws):
    aws.events.refuses = 1
    module.handler({"month": "2026-10"}, CONTEXT)
    untold = "Owners of tenants in 111122223333/eu-west-1 were not told"
    assert untold in aws.said[0]["Message"]
    first = list(aws.told)
    aws.events.refuses = 0
    module.handler({"month": "2026-10"}, CONTEXT)
    assert aws.told == first * 2
    assert untold not in aws.said[1]["Message"]


def test_a_broken_chain_of_statements_is_said_and_nobody_is_charged(aws):
    module.handler({"month": "2026-09"}, CONTEXT)
    key = "statements/CB-2026-09.json"
    aws.s3.put_object(Bucket="kept", Key=key, Body=b"{}")
    aws.told.clear()
    module.handler({"month": "2026-10"}, CONTEXT)
    assert "No statements were issued: CB-2026-09.json" in aws.said[-1]["Message"]
    assert aws.told == []


@pytest.mark.parametrize(("today", "made"), [(6, False), (7, True), (8, False)])
def test_the_calendar_says_when(aws, monkeypatch, today, made):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 12, today, 7, 30, tzinfo=tz)

    monkeypatch.setattr(module, "datetime", Clock)
    monkeypatch.setattr(module, "month_before", lambda _today: "2026-10")
    module.handler({"report": "schedule"}, CONTEXT)
    assert ("reports/2026-10/report.html" in keys(aws)) is made
