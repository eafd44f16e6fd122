"""What the doctor says of the guard's own parts and registry, and where it may not look."""

from datetime import timedelta
from typing import Any

import pytest

from finops_constructs.doctor.case import Case
from finops_constructs.doctor.examination import _ITEMS, _of_item, could_be_blind
from finops_constructs.doctor.items import guard_parts, prices, registered, trail
from finops_constructs.operations.errors import CredentialsError
from tests.adoption.doctor_case import ARN, BURST_ALARM, GUARD_ALARM, NOW, alarm, case, said, writer
from tests.adoption.fake_aws import ACCOUNT, REGION, FakeAws, FakeClient, NotFoundError, denied


def switch(**changes):
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:finops-kill-switch"
    services = {
        "lambda": {
            "get_function": {"Configuration": {"FunctionArn": arn}},
            "list_event_source_mappings": {
                "EventSourceMappings": [{"UUID": "u-1", "State": "Enabled"}]
            },
        },
        "events": {
            "list_rule_names_by_target": {"RuleNames": ["schedule"]},
            "describe_rule": {
                "Name": "schedule",
                "ScheduleExpression": "rate(5 minutes)",
                "State": "ENABLED",
            },
        },
    }
    for path, value in changes.items():
        service, operation = path.split("__")
        services[service] = services[service] | {operation: value}
    return services


class TestGuardParts:
    def test_a_guard_that_runs_is_calm(self):
        assert said(guard_parts, case(**switch())) == []

    @pytest.mark.parametrize(
        ("changes", "problem"),
        [
            ({"lambda__get_function": NotFoundError()}, "is not there: nothing would be stopped"),
            (
                {
                    "lambda__get_function": {
                        "Configuration": {"FunctionArn": "arn"},
                        "Concurrency": {"ReservedConcurrentExecutions": 0},
                    }
                },
                "reserved concurrency is 0",
            ),
            (
                {
                    "lambda__list_event_source_mappings": {
                        "EventSourceMappings": [{"UUID": "u-1", "State": "Disabled"}]
                    }
                },
                "its queue is not read",
            ),
            ({"events__list_rule_names_by_target": {"RuleNames": []}}, "has no schedule"),
            (
                {
                    "events__describe_rule": {
                        "Name": "schedule",
                        "ScheduleExpression": "rate(5 minutes)",
                        "State": "DISABLED",
                    }
                },
                "schedule of the kill switch is disabled",
            ),
        ],
    )
    def test_each_broken_part_blinds(self, changes, problem):
        ((about, text, blind),) = said(guard_parts, case(**switch(**changes)))
        assert (about, blind) == ("platform", True)
        assert problem in text

    @pytest.mark.parametrize(
        ("alarms", "about", "problem"),
        [
            ([alarm(BURST_ALARM)], "platform", "no alarm on the guard itself"),
            ([alarm(), alarm(BURST_ALARM, AlarmActions=[])], "writer", "nobody is behind alarm"),
            ([alarm(ActionsEnabled=False), alarm(BURST_ALARM)], "platform", "is silenced"),
            ([alarm(StateValue="ALARM"), alarm(BURST_ALARM)], "platform", "is in ALARM"),
            ([alarm()], "writer", "burst alarm of smart is not there"),
        ],
    )
    def test_each_deaf_or_sounding_alarm_blinds(self, alarms, about, problem):
        ((found, text, blind),) = said(guard_parts, case(alarms=alarms, **switch()))
        assert (found, blind) == (about, True)
        assert problem in text

    def test_an_alarm_that_cannot_have_its_data_yet_blinds_nobody(self):
        fresh = alarm(
            StateValue="ALARM",
            TreatMissingData="breaching",
            AlarmConfigurationUpdatedTimestamp=NOW - timedelta(minutes=4),
        )
        ((_, text, blind),) = said(
            guard_parts, case(alarms=[fresh, alarm(BURST_ALARM)], **switch())
        )
        assert text == f"alarms that were just set up sound until they have data: {GUARD_ALARM}"
        assert not blind

    def test_old_prices_and_bursts_are_no_matter_of_the_guards_own_health(self):
        alarms = [
            alarm(StateValue="ALARM", MetricName="PriceAgeDays"),
            alarm(BURST_ALARM, StateValue="ALARM"),
        ]
        assert said(guard_parts, case(alarms=alarms, **switch())) == []

    def test_without_a_platform_nothing_is_watched(self):
        looked_at = case()
        looked_at.entries.platform.pop("commands")
        assert said(guard_parts, looked_at) == [
            ("platform", f"there is no platform in {REGION}: nothing is watched", True)
        ]


def test_entries_that_lead_nowhere_blind():
    there = {
        "list_inference_profiles": {"inferenceProfileSummaries": [{"inferenceProfileArn": ARN}]}
    }
    nothing: Any = {"list_inference_profiles": {"inferenceProfileSummaries": []}}
    assert said(registered, case(bedrock=there)) == []
    ((_, text, blind),) = said(registered, case(bedrock=nothing))
    assert "smart leads to a profile that is not there" in text
    assert blind
    unguarded = writer()
    unguarded.policy = None
    ((_, text, _),) = said(registered, case(tenants={"writer": unguarded}, bedrock=there))
    assert text == "there is no policy entry: nothing would stop it"
    newer = {"writer": writer(policy={"schema_version": 9})}
    ((_, text, _),) = said(registered, case(tenants=newer, bedrock=there))
    assert text == "its policy entry is of schema 9"


class _Refusing(FakeAws):
    def client(self, service, region=None):
        del service, region
        return _RefusingClient()


class _RefusingClient:
    exceptions = FakeClient.exceptions

    def __getattr__(self, name):
        def refuse(*_, **__):
            raise denied(name)

        return refuse


@pytest.mark.parametrize("item", [i for i in _ITEMS if i is not prices], ids=lambda i: i.ITEM)
def test_an_item_that_may_not_look_says_so_and_blinds_where_that_matters(item):
    looked_at = case(slack_workspaces={"writer": ["T1"]})
    looked_at = Case(**{f: getattr(looked_at, f) for f in Case.__slots__} | {"aws": _Refusing()})
    looked_at.tenants["writer"].callers["arn:aws:iam::111122223333:role/a"] = ()
    looked_at.tenants["writer"].replaced["smart/old1"] = {}
    (found,) = _of_item(item, looked_at)
    assert not found.known
    matters = item.ITEM in {
        "guard",
        "invocation-log",
        "registry",
        "callers",
        "alert-channels",
        "cost-tags",
    }
    assert could_be_blind([found]) is matters


def test_credentials_that_ran_out_end_the_examination():
    expired = {"Error": {"Code": "ExpiredTokenException", "Message": "expired"}}
    error = denied()
    error.response = expired
    with pytest.raises(CredentialsError):
        list(_of_item(trail, case(cloudtrail={"describe_trails": error})))
