"""What the doctor says of trails, prices, models, quotas and Slack."""

import pytest

from finops_constructs.doctor.items import models, prices, quotas, replaced_profiles, slack, trail
from tests.adoption.doctor_case import ARN, TOPIC, case, said, writer


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


OLD = ARN.replace("abc", "old1")


def replaced_of(*items):
    entries = writer()
    entries.replaced["smart/old1"] = {
        "profile_arn": OLD,
        "model_source": "eu.old-model",
        "replaced_at": "2026-11-20T10:00:00+00:00",
    }
    role_items = [
        {k: {"S": v} if isinstance(v, str) else {"N": str(v)} for k, v in i.items()} for i in items
    ]
    dynamodb = {"query": lambda **_: {"Items": role_items}}
    return case(tenants={"writer": entries}, dynamodb=dynamodb)


def test_a_replaced_profile_is_told_with_who_still_calls_it():
    item = {"sk": "R#2026-11-25#batch", "replaced#old1": 4}
    (found,) = replaced_profiles.examine(replaced_of(item))
    assert found.problem == (
        f"alias smart led to {OLD} (eu.old-model) until 2026-11-20; it is still called by "
        "batch (4 calls, last on 2026-11-25)"
    )
    assert "/finops/writer/profiles/smart" in found.command
    assert (found.owner, found.blind) == ("Content (c@example.com)", False)


def test_a_replaced_profile_that_nobody_calls_asks_nothing_of_a_person():
    (found,) = replaced_profiles.examine(replaced_of({"sk": "R#2026-11-25#batch", "calls": 4}))
    assert found.problem.endswith("; no call lately")
    assert (found.owner, found.blind) == ("nobody", False)


def test_without_a_replaced_profile_the_ledger_is_not_read():
    assert list(replaced_profiles.examine(case())) == []
