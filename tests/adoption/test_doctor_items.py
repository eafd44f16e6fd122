"""Each item of the doctor: what it says, what it says when it cannot look, and when it is calm."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from finops_constructs.doctor.case import Case
from finops_constructs.doctor.examination import _ITEMS, _of_item, could_be_blind
from finops_constructs.doctor.items import (
    alert_channels,
    cost_tags,
    guard_parts,
    invocation_log,
    models,
    prices,
    quotas,
    registered,
    slack,
    trail,
)
from finops_constructs.doctor.registry import Entries, TenantEntries
from finops_constructs.operations.errors import CredentialsError
from tests.adoption.fake_aws import ACCOUNT, REGION, FakeAws, FakeClient, NotFoundError, denied

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:finops-writer"
ARN = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:application-inference-profile/abc"
GUARD_ALARM = f"finops-platform-{ACCOUNT}-{REGION}-SwitchErrors"
BURST_ALARM = f"finops-burst-{REGION}-writer-smart"


def alarm(name=GUARD_ALARM, **changes):
    return {
        "AlarmName": name,
        "AlarmActions": [TOPIC],
        "ActionsEnabled": True,
        "StateValue": "OK",
        "MetricName": "Errors",
        "Period": 300,
        "EvaluationPeriods": 1,
        "TreatMissingData": "notBreaching",
        "AlarmConfigurationUpdatedTimestamp": NOW - timedelta(days=9),
        **changes,
    }


def writer(policy=None, **profile):
    return TenantEntries(
        policy={
            "schema_version": 1,
            "cost_tags": {"bedrock:tool": "Writer"},
            "budget_name": "writer",
            "alert_topic_arn": TOPIC,
            "owner": {"team": "Content", "email": "c@example.com"},
            **(policy or {}),
        },
        profiles={
            "smart": {
                "profile_arn": ARN,
                "profile_id": "abc",
                "base_model_id": "anthropic.claude-sonnet-5-5",
                "price": {"as_of": "2026-11-20"},
                "burst_alarm_name": BURST_ALARM,
                **profile,
            }
        },
    )


def case(*, tenant=None, tenants=None, alarms=None, payer=None, slack_workspaces=None, **services):
    platform = {"commands": {"function_name": "finops-commands"}}
    aws: Any = FakeAws(**services)
    return Case(
        aws=aws,
        payer=payer,
        account=ACCOUNT,
        tenant=tenant,
        entries=Entries(
            tenants={"writer": writer()} if tenants is None else tenants,
            platform=platform,
            unreadable=(),
        ),
        alarms=(alarm(), alarm(BURST_ALARM)) if alarms is None else tuple(alarms),
        slack_workspaces=slack_workspaces or {},
        now=NOW,
    )


def said(item, looked_at):
    return [(f.about, f.problem, f.blind) for f in item.examine(looked_at)]


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
        assert "cannot have its data yet" in text
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


def listed(*tags):
    return {"list_cost_allocation_tags": {"CostAllocationTags": list(tags)}}


def tag(status, updated="2026-01-01T00:00:00Z"):
    return {"TagKey": "bedrock:tool", "Status": status, "LastUpdatedDate": updated}


def budget(spent):
    actual = {"ActualSpend": {"Amount": spent, "Unit": "USD"}}
    return {"describe_budgets": {"Budgets": [{"BudgetName": "writer", "CalculatedSpend": actual}]}}


class TestCostTags:
    def test_active_tags_are_calm(self):
        assert said(cost_tags, case(ce=listed(tag("Active")))) == []

    @pytest.mark.parametrize(
        ("tags", "problem"), [((), "not known to billing yet"), ((tag("Inactive"),), "not active")]
    )
    def test_a_tag_that_is_not_active_blinds_and_says_how_to_activate_it(self, tags, problem):
        (found,) = cost_tags.examine(case(ce=listed(*tags)))
        assert found.blind
        assert problem in found.problem
        assert found.command.endswith("TagKey=bedrock:tool,Status=Active")

    def test_the_payer_account_is_asked_if_its_profile_is_given(self):
        payer = FakeAws(ce=listed(tag("Inactive")))
        looked_at = case(payer=payer, ce=listed(tag("Active")))
        assert [blind for *_, blind in said(cost_tags, looked_at)] == [True]

    def test_a_tag_activated_within_48_hours_is_told_and_blinds_nobody(self):
        fresh = tag("Active", "2026-11-25T12:00:01Z")
        ((_, text, blind),) = said(cost_tags, case(ce=listed(fresh)))
        assert "not complete before 2026-11-27 12:00 UTC" in text
        assert not blind
        assert said(cost_tags, case(ce=listed(tag("Active", "2026-11-24T11:59:00Z")))) == []

    def test_where_the_payer_cannot_be_asked_a_budget_with_a_figure_proves_the_tags(self):
        refused = {"list_cost_allocation_tags": denied()}
        assert said(cost_tags, case(ce=refused, budgets=budget("3.20"))) == []
        (found,) = cost_tags.examine(case(ce=refused, budgets=budget("0")))
        assert (found.blind, found.known) == (True, False)
        assert "--payer-profile" in found.command


def subscriptions(*given):
    return {
        "list_subscriptions": {
            "Subscriptions": [
                {
                    "TopicArn": TOPIC,
                    "Protocol": protocol,
                    "Endpoint": f"{protocol}@example.com",
                    "SubscriptionArn": "arn:x" if confirmed else "PendingConfirmation",
                }
                for protocol, confirmed in given
            ]
        }
    }


class TestAlertChannels:
    @pytest.mark.parametrize(
        ("given", "blind"),
        [
            ([("email", True), ("sqs", True)], []),
            ([("https", True)], []),
            ([("sqs", True), ("lambda", True)], [True]),
            ([], [True]),
            ([("email", False)], [True]),
            ([("email", False), ("sms", True)], [False]),
        ],
    )
    def test_a_topic_needs_a_person_who_said_yes(self, given, blind):
        looked_at = case(sns=subscriptions(*given))
        assert [each for *_, each in said(alert_channels, looked_at)] == blind


class TestInvocationLog:
    def log(self, group, filters=("meter",)):
        config = {"loggingConfig": {"cloudWatchConfig": {"logGroupName": group}}} if group else {}
        return case(
            bedrock={"get_model_invocation_logging_configuration": config},
            logs={"describe_subscription_filters": {"subscriptionFilters": list(filters)}},
        )

    @pytest.mark.parametrize(
        ("group", "filters", "problem"),
        [
            (None, (), "invocations are not logged"),
            (
                "/corp/log",
                (),
                "somebody else's invocation logging is set up, to log group /corp/log",
            ),
            ("/finops/bedrock-invocations", (), "nobody reads /finops/bedrock-invocations"),
        ],
    )
    def test_what_keeps_calls_from_the_meter_blinds(self, group, filters, problem):
        ((_, text, blind),) = said(invocation_log, self.log(group, filters))
        assert problem in text
        assert blind

    def test_our_own_log_that_is_read_is_calm(self):
        assert said(invocation_log, self.log("/finops/bedrock-invocations")) == []


def trails(*, logging=True, **selectors):
    return {
        "describe_trails": {"trailList": [{"TrailARN": "t"}]},
        "get_trail_status": {"IsLogging": logging},
        "get_event_selectors": selectors,
    }


def fields(**values):
    return {
        "AdvancedEventSelectors": [
            {"FieldSelectors": [{"Field": f, "Equals": v} for f, v in values.items()]}
        ]
    }


@pytest.mark.parametrize(
    ("cloudtrail", "calm"),
    [
        (trails(EventSelectors=[{"IncludeManagementEvents": True, "ReadWriteType": "All"}]), True),
        (trails(**fields(eventCategory=["Management"])), True),
        (trails(**fields(eventCategory=["Management"], readOnly=["true"])), False),
        (trails(**fields(eventCategory=["Data"])), False),
        (trails(EventSelectors=[{"IncludeManagementEvents": False}]), False),
        (
            trails(EventSelectors=[{"IncludeManagementEvents": True, "ReadWriteType": "ReadOnly"}]),
            False,
        ),
        (trails(logging=False, EventSelectors=[{"IncludeManagementEvents": True}]), False),
        ({"describe_trails": {"trailList": []}}, False),
    ],
)
def test_a_trail_counts_if_it_logs_changes(cloudtrail, calm):
    found = said(trail, case(cloudtrail=cloudtrail))
    assert [blind for *_, blind in found] == ([] if calm else [False])


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ({}, []),
        ({"price": {"as_of": "2026-10-27"}}, []),
        ({"price": {"as_of": "2026-10-26"}}, [("prices are of 2026-10-26, 31 days old", False)]),
        ({"price": None}, [("smart has no price: its spend counts for nothing", True)]),
        ({"price": None, "metered": False}, []),
    ],
)
def test_prices_age_and_may_be_missing(profile, expected):
    found = said(prices, case(tenants={"writer": writer(**profile)}))
    assert [(problem, blind) for _, problem, blind in found] == expected


def available(agreement="AVAILABLE", authorised="AUTHORIZED"):
    return {
        "get_foundation_model_availability": {
            "agreementAvailability": {"status": agreement},
            "authorizationStatus": authorised,
            "entitlementAvailability": "AVAILABLE",
        }
    }


def test_a_model_without_access_is_told_once_for_all_who_use_it():
    tenants = {name: writer() for name in ("reader", "writer")}
    assert said(models, case(tenants=tenants, bedrock=available())) == []
    refused = available("NOT_AVAILABLE", "NOT_AUTHORIZED")
    ((about, text, blind),) = said(models, case(tenants=tenants, bedrock=refused))
    assert (about, blind) == ("reader (and 1 more)", False)
    assert "the agreement is NOT_AVAILABLE, the account is not authorised" in text


def quota(name, value):
    return {"QuotaName": name, "QuotaCode": "L-1", "Value": value}


def quotas_of(*listed_ones, throttled=()):
    return {
        "service_quotas": {"list_service_quotas": {"Quotas": list(listed_ones)}},
        "cloudwatch": {
            "get_metric_data": {"MetricDataResults": [{"Id": "t0", "Values": list(throttled)}]}
        },
    }


SONNET = "Cross-region model inference tokens per minute for Anthropic Claude Sonnet"


@pytest.mark.parametrize(
    ("services", "problem"),
    [
        (quotas_of(quota(f"{SONNET} 5.5", 100)), None),
        (quotas_of(quota(f"{SONNET} 5.5", 0)), "is 0: anthropic.claude-sonnet-5-5 refuses"),
        (quotas_of(quota(f"{SONNET} 4", 0)), None),
        (quotas_of(quota("Inference profiles per account", 1)), "1 of 1 application inference"),
        (quotas_of(quota("Inference profiles per account", 1000)), None),
        (quotas_of(throttled=[3, 0, 4]), "7 calls of smart were throttled within 7 days"),
        (quotas_of(throttled=[0]), None),
    ],
)
def test_a_quota_is_told_if_it_is_too_low(services, problem):
    found = said(quotas, case(**services))
    assert [blind for *_, blind in found] == ([] if problem is None else [False])
    assert all(problem in text for _, text, _ in found)


def channels(state=None, topics=(TOPIC,)):
    told = {"State": state, "StateReason": "removed"} if state else {}
    channel = {"SlackChannelId": "C1", "SlackTeamId": "T1", "SnsTopicArns": list(topics), **told}
    return {
        "chatbot": {
            "describe_slack_channel_configurations": {"SlackChannelConfigurations": [channel]},
            "describe_slack_workspaces": {"SlackWorkspaces": [{"SlackTeamId": "T1"}]},
        }
    }


def test_a_disabled_channel_and_an_unauthorised_workspace_are_told():
    assert said(slack, case(**channels())) == []
    assert said(slack, case(**channels("ENABLED"))) == []
    assert said(slack, case(**channels("DISABLED", topics=["somebody-else"]))) == []
    ((_, text, blind),) = said(slack, case(**channels("DISABLED")))
    assert (text, blind) == ("Slack channel C1 gets nothing: removed", False)
    wanted = {"writer": ["T1"], "reader": ["T2"]}
    ((about, text, _),) = said(slack, case(slack_workspaces=wanted, **channels()))
    assert about == "reader"
    assert "workspace T2 is not authorised" in text


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
