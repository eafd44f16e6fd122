"""The daily job: what the bill says, told to the right platform in the form it believes."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from kill_switch.reconciled import parse_reconciled
from reconciliation import handler as module
from reconciliation.logic import months_to_reconcile, reconciled
from shared.platform_bus import Target, tell
from tests.cost_lake.bill import AS_OF, write_bill
from tests.cost_lake.fake_athena import FakeAthena

HOME = Target(account="111122223333", region="eu-west-1")
OTHER = Target(account="111122223333", region="eu-west-2")
THROUGH = {"2026-11": datetime(2026, 11, 24)}  # noqa: DTZ001 - as Athena gives it


def row(tenant, usd, target=HOME, month="2026-11", day=3):
    return {
        "usage_date": date.fromisoformat(f"{month}-{day:02}"),
        "billing_period": month,
        "tenant": tenant,
        "account_id": target.account,
        "region": target.region,
        "cost_usd": Decimal(usd),
    }


def test_this_month_and_the_last_are_asked_for():
    assert months_to_reconcile(date(2026, 1, 3)) == ("2025-12", "2026-01")


def test_each_platform_is_told_of_its_tenants_with_all_that_is_billed_to_them():
    elsewhere = Target(account="9" * 12, region="us-east-1")
    rows = [row("writer", "1.5"), row("writer", "2", elsewhere), row("lab", "7", OTHER)]
    events = reconciled([*rows, row(None, "99")], THROUGH, [HOME, OTHER])
    assert {target: [e["tenant"] for e in told] for target, told in events.items()} == {
        HOME: ["writer"],
        OTHER: ["lab"],
    }
    assert events[HOME][0]["billed_usd"] == "3.5"


def test_the_kill_switch_believes_the_form_and_a_bill_below_nothing_is_none():
    events = reconciled([row("writer", "-3")], THROUGH, [HOME])
    tenant, record = parse_reconciled(events[HOME][0], datetime(2026, 11, 25, tzinfo=UTC))
    assert tenant == "writer"
    assert record.billed
    assert record.billed.amount_usd == 0
    assert record.billed.as_of == datetime(2026, 11, 24, tzinfo=UTC)


def test_days_are_told_each_with_all_that_is_billed_for_it():
    rows = [row("writer", "1.5"), row("writer", "2", OTHER), row("writer", "4", day=5)]
    (detail,) = reconciled(rows, THROUGH, [HOME])[HOME]
    assert detail["days"] == {"2026-11-03": "3.5", "2026-11-05": "4"}
    _, record = parse_reconciled(detail, datetime(2026, 11, 25, 6, tzinfo=UTC))
    assert record.billed
    assert record.billed.days
    assert record.billed.days.billed == {"2026-11-03": Decimal("3.5"), "2026-11-05": Decimal(4)}
    assert record.billed.days.through == date(2026, 11, 23)


def test_a_month_without_data_is_not_told():
    assert reconciled([row("writer", "1", month="2026-10")], THROUGH, [HOME]) == {}


def test_until_the_new_month_bills_something_the_last_is_told():
    through = {**THROUGH, "2026-10": datetime(2026, 11, 1)}  # noqa: DTZ001 - as Athena gives it
    rows = [row("writer", "1", month="2026-10"), row("lab", "2", month="2026-10"), row("lab", "3")]
    told = reconciled(rows, through, [HOME])[HOME]
    assert [(e["tenant"], e["period"]) for e in told] == [("lab", "2026-11"), ("writer", "2026-10")]


def test_events_are_sent_in_tens():
    details = [{"tenant": str(number)} for number in range(21)]
    events = Events()
    assert tell(lambda _region: events, HOME, "finops.x", details, partition="aws")
    assert events.calls == [10, 10, 1]


class Events:
    """PutEvents of each Region; `refuses` fails entries, `breaks` fails the call."""

    def __init__(self):
        self.sent = []
        self.calls = []
        self.refuses = 0

    def put_events(self, Entries):  # noqa: N803 - AWS's name
        self.sent += Entries
        self.calls.append(len(Entries))
        return {"FailedEntryCount": self.refuses}


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bill")
    return write_bill(folder), FakeAthena(folder, AS_OF)


@pytest.fixture
def told(lake, monkeypatch):
    events = Events()
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("WORKGROUP", "finops")
    monkeypatch.setenv("DATABASE", "finops")
    monkeypatch.setenv("PARTITION", "aws")
    monkeypatch.setenv("TARGETS", json.dumps([{"account": "111122223333", "region": "eu-west-1"}]))
    monkeypatch.setattr(module, "months_to_reconcile", lambda _today: ("2026-10", "2026-11"))
    clients = {"athena": lake[1], "events": events}
    monkeypatch.setattr(module, "_client", lambda service, _region: clients[service])
    return events


CONTEXT = SimpleNamespace(
    get_remaining_time_in_millis=lambda: 60_000,
    function_name="f",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:eu-west-1:111122223333:function:f",
    aws_request_id="1",
)


def test_what_is_told_is_the_metered_usage_to_the_last_digit(told, lake):
    module.handler({}, CONTEXT)
    ledger = lake[0]
    found = {
        (detail["tenant"], detail["period"]): Decimal(detail["billed_usd"])
        for detail in (json.loads(each["Detail"]) for each in told.sent)
    }
    assert found["writer", "2026-11"] == Decimal(ledger["2026-11"]["by_tenant"]["writer"]["usage"])
    for detail in (json.loads(each["Detail"]) for each in told.sent):
        assert sum(map(Decimal, detail["days"].values())) == Decimal(detail["billed_usd"])
    assert ("writer", "2026-10") not in found
    assert {each["EventBusName"] for each in told.sent} == {
        "arn:aws:events:eu-west-1:111122223333:event-bus/default"
    }
    assert {(each["Source"], each["DetailType"]) for each in told.sent} == {
        ("finops-constructs", "finops.reconciled")
    }


def test_a_platform_that_could_not_be_told_fails_the_run_after_the_others(told):
    told.refuses = 1
    with pytest.raises(module.NotToldError, match="111122223333/eu-west-1"):
        module.handler({}, CONTEXT)
