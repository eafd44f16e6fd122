import json
from types import SimpleNamespace

import pytest

from kill_switch import handler as function
from kill_switch.reconciled import NotReconciledError
from tests.lambdas.platform_under_test import FUNCTION_ARN, STATE

CONTEXT = SimpleNamespace(
    function_name="finops-kill-switch",
    memory_limit_in_mb=512,
    invoked_function_arn=FUNCTION_ARN,
    aws_request_id="r-1",
    get_remaining_time_in_millis=lambda: 300_000,
)


@pytest.fixture(autouse=True)
def switch(platform, monkeypatch):
    monkeypatch.setattr(function, "_switch", lambda _: platform.switch)
    # Powertools reads the variable when the module is imported, before a test can set it.
    monkeypatch.setattr(function.metrics.provider, "namespace", "FinOpsConstructs")
    return platform.switch


def messages(*bodies):
    return {
        "Records": [
            {
                "messageId": str(number),
                "eventSource": "aws:sqs",
                "body": body if isinstance(body, str) else json.dumps(body),
            }
            for number, body in enumerate(bodies)
        ]
    }


def metrics_of(capsys):
    found: dict[str, list[float]] = {}
    for line in capsys.readouterr().out.splitlines():
        if "CloudWatchMetrics" in line:
            said = json.loads(line)
            found |= {name: value for name, value in said.items() if isinstance(value, list)}
    return found


def reconciled(**detail):
    base = {"tenant": "writer", "period": "2026-11", "billed_usd": "612.50"}
    return {
        "detail-type": "finops.reconciled",
        "source": "finops-constructs",
        "detail": base | {"as_of": "2026-11-25T04:00:00+00:00"} | detail,
    }


def test_the_schedule_looks_at_everybody_and_measures(platform, capsys):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.put("/finops/broken/policy", "{")
    platform.add_profile("orphan", "lost")
    assert function.handler({"wake": "schedule"}, CONTEXT) is None
    assert platform.stopped("writer") == {"smart", "fast"}
    found = metrics_of(capsys)
    assert found["RegistryFaults"] == [1.0]
    assert found["UnguardedProfiles"] == [1.0]
    assert found["ActionFailures"] == [0.0]
    assert found["SpendUnknown"] == [0.0]
    assert found["UnconfirmedSuspensions"] == [0.0]
    assert found["PriceAgeDays"][0] >= 0


def test_the_schedule_goes_by_the_registry_as_it_is_now(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    function.handler(messages({"wake": "meter", "tenants": ["writer"]}), CONTEXT)
    platform.put_policy("writer", limit=1000)
    function.handler({"wake": "schedule"}, CONTEXT)
    assert platform.stopped("writer") == set()


def test_a_message_makes_it_look_at_the_tenants_it_names_alone(platform):
    for tenant in ("writer", "reader"):
        platform.add_tenant(tenant, roles=(f"{tenant}-app",))
        platform.spend(tenant, 512)
    answer = function.handler(messages({"wake": "meter", "tenants": ["writer"]}), CONTEXT)
    assert answer == {"batchItemFailures": []}
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.stopped("reader") == set()


@pytest.mark.parametrize(
    "body",
    [
        "not JSON at all",
        '{"wake": "meter", "tenants": []}',
        "[" * 100_000,
        '{"Type": "Notification", "Message": "AWS Budget Notification\\nBudget Name: other"}',
        '"text"',
        '{"wake": "meter", "tenants": "writer"}',
    ],
)
def test_a_garbled_message_makes_it_look_at_everybody(platform, body):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    function.handler(messages(body), CONTEXT)
    assert platform.stopped("writer") == {"smart", "fast"}


@pytest.mark.parametrize(
    "body",
    [
        {"Type": "Notification", "Message": "AWS Budget\nBudget Name: budget-writer\n"},
        {"Type": "Notification", "Message": '{"AlarmName": "finops-burst-eu-west-1-writer-smart"}'},
        {
            "detail": {
                "requestParameters": {
                    "resourceARN": "arn:aws:bedrock:eu-west-1:123456789012:"
                    "application-inference-profile/writersmart"
                }
            }
        },
    ],
)
def test_an_alert_about_a_tenant_makes_it_look_there_and_stops_nobody_by_itself(platform, body):
    platform.add_tenant("writer")
    platform.add_tenant("reader", roles=("reader-app",))
    platform.spend("reader", 512)
    function.handler(messages(body), CONTEXT)
    assert platform.stopped("writer") == set()
    assert platform.stopped("reader") == set()


def test_what_cloudtrail_tells_of_others_is_no_reason_to_look_at_everybody(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    elsewhere = {
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {"eventName": "AttachRolePolicy", "requestParameters": {"roleName": "x"}},
    }
    assert function.handler(messages(elsewhere), CONTEXT) == {"batchItemFailures": []}
    assert platform.stopped("writer") == set()


def test_its_own_notices_come_back_by_the_topics_and_wake_nobody(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    own = {
        "Type": "Notification",
        "Message": "Writer (writer): suspended",
        "MessageAttributes": {"finops-notice": {"Type": "String", "Value": "x"}},
    }
    assert function.handler(messages(own), CONTEXT) == {"batchItemFailures": []}
    assert platform.stopped("writer") == set()


def test_only_messages_whose_tenants_turn_failed_come_again(platform):
    platform.add_tenant("writer")
    platform.add_tenant("reader", roles=("reader-app",))
    item = {"pk": {"S": "writer"}, "sk": {"S": "STATE"}, "doc": {"S": "?"}, "version": {"N": "1"}}
    platform.services("dynamodb").put_item(TableName=STATE, Item=item)
    answer = function.handler(
        messages(
            {"wake": "meter", "tenants": ["writer"]},
            {"wake": "meter", "tenants": ["reader"]},
        ),
        CONTEXT,
    )
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}


def test_a_scheduled_run_with_a_failed_turn_fails_after_everybody_else_had_theirs(platform):
    platform.add_tenant("writer")
    platform.add_tenant("reader", roles=("reader-app",))
    platform.spend("reader", 512)
    item = {"pk": {"S": "writer"}, "sk": {"S": "STATE"}, "doc": {"S": "?"}, "version": {"N": "1"}}
    platform.services("dynamodb").put_item(TableName=STATE, Item=item)
    with pytest.raises(RuntimeError, match="no turn for writer"):
        function.handler({}, CONTEXT)
    assert platform.stopped("reader") == {"smart", "fast"}


def test_an_unreadable_registry_fails_loudly_or_goes_on_with_what_was_read(platform, capsys):
    platform.add_tenant("writer")
    platform.services.break_call("ssm", "get_paginator", "ThrottlingException")
    with pytest.raises(Exception, match="ThrottlingException"):
        function.handler({}, CONTEXT)
    platform.services.mend()
    function.handler({}, CONTEXT)
    platform.spend("writer", 512)
    platform.services.break_call("ssm", "get_paginator", "ThrottlingException")
    platform.later(minutes=5)
    capsys.readouterr()
    function.handler({}, CONTEXT)
    assert platform.stopped("writer") == {"smart", "fast"}
    assert metrics_of(capsys)["RegistryFaults"] == [1.0]


def test_a_reconciled_bill_of_this_month_stops_and_an_older_one_changes_nothing(platform):
    platform.add_tenant("writer")
    function.handler(reconciled(period="2026-10", billed_usd="900"), CONTEXT)
    assert platform.stopped("writer") == set()
    function.handler(reconciled(), CONTEXT)
    assert platform.stopped("writer") == {"smart", "fast"}
    function.handler(reconciled(billed_usd="1", as_of="2026-11-24T04:00:00+00:00"), CONTEXT)
    billed = platform.switch.table.read("writer", "2026-11").billed["reconciled"].billed
    assert billed is not None
    assert str(billed.amount_usd) == "612.50"


@pytest.mark.parametrize(
    "wrong",
    [
        {"billed_usd": "NaN"},
        {"billed_usd": "-1"},
        {"billed_usd": None},
        {"period": "2026-13"},
        {"period": "November"},
        {"as_of": "2026-11-25"},
        {"as_of": 7},
        {"tenant": ""},
        {"tenant": None},
        {"as_of": "2026-11-26T12:00:00+00:00"},
        {"days": {"2026-10-31": "1"}},
        {"days": {"2026-11-01": "-1"}},
        {"days": {"2026-11-01": "NaN"}},
        {"days": {"first": "1"}},
        {"days": 7},
    ],
)
def test_a_bill_that_makes_no_sense_is_refused_loudly(platform, wrong):
    platform.add_tenant("writer")
    with pytest.raises(NotReconciledError):
        function.handler(reconciled(**wrong), CONTEXT)


def test_a_bill_of_an_unknown_tenant_is_not_stored(platform):
    function.handler(reconciled(tenant="nobody"), CONTEXT)
    assert platform.switch.table.read("nobody", "2026-11").billed == {}


def test_permissions_are_sorted_and_name_every_action_once():
    assert list(function.PERMISSIONS) == sorted(set(function.PERMISSIONS))
    assert "iam:AttachRolePolicy" in function.PERMISSIONS
