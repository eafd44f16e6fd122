import json
from decimal import Decimal

import pytest
from aws_cdk import CfnParameter
from aws_cdk.assertions import Template

from finops_constructs import (
    AlertTopic,
    ApplicationInferenceProfile,
    BurstAlarm,
    CacheMetricNames,
    CostBudget,
    TokenRates,
)
from tests.stacks_under_test import SONNET, TAGS, flat, new_stack, only, resources

ALARM = "AWS::CloudWatch::Alarm"
MODEL = "eu.amazon.nova-lite-v1:0"


def budget(stack, tenant="writer", **changes):
    props = {"tenant": tenant, "cost_tags": TAGS, "monthly_limit_usd": 600} | changes
    alerts = AlertTopic(stack, f"Alerts-{tenant}", key=None)
    return CostBudget(stack, f"Budget-{tenant}", alerts=alerts, **props)


def profile(stack, alias="smart", tenant="writer", **changes):
    props = {"model": SONNET} | changes
    return ApplicationInferenceProfile(
        stack, f"Profile-{tenant}-{alias}", tenant=tenant, alias=alias, cost_tags=TAGS, **props
    )


def metrics(alarm):
    return {
        query["MetricStat"]["Metric"]["MetricName"]: query["MetricStat"]
        for query in alarm["Metrics"]
        if "MetricStat" in query
    }


def entry(stack, name="/finops/writer/profiles/smart"):
    (value,) = [
        each["Properties"]["Value"]
        for each in resources(stack, "AWS::SSM::Parameter").values()
        if each["Properties"]["Name"] == name
    ]
    return json.loads(flat(value))


def test_five_minutes_may_cost_a_twelfth_of_the_hourly_cap():
    stack = new_stack()
    BurstAlarm(stack, "Burst", profile=profile(stack), budget=budget(stack), hourly_cap_usd=12)
    alarm = only(stack, ALARM)
    assert alarm["Threshold"] == 1
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert {each["Period"] for each in metrics(alarm).values()} == {300}
    assert {each["Stat"] for each in metrics(alarm).values()} == {"Sum"}


def test_the_older_of_two_periods_is_enough_because_it_is_complete():
    stack = new_stack()
    BurstAlarm(stack, "Burst", profile=profile(stack), budget=budget(stack))
    alarm = only(stack, ALARM)
    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (2, 1)


def test_the_default_cap_is_the_months_money_in_a_day_and_is_shown():
    stack = new_stack()
    burst = BurstAlarm(stack, "Burst", profile=profile(stack), budget=budget(stack))
    assert burst.hourly_cap_usd == Decimal("25.00")
    alarm = only(stack, ALARM)
    assert alarm["Threshold"] == pytest.approx(25 / 12)
    assert "hourly cap of 25.00 USD" in alarm["AlarmDescription"]
    assert "docs/runbooks/burst.md" in alarm["AlarmDescription"]


def test_it_reads_the_profiles_own_tokens_and_pays_for_priced_kinds_only():
    stack = new_stack()
    own = profile(stack, cache_metrics=CacheMetricNames("CacheRead", "CacheWrite"))
    BurstAlarm(stack, "Burst", profile=own, budget=budget(stack))
    found = metrics(only(stack, ALARM))
    assert set(found) == {"InputTokenCount", "OutputTokenCount", "CacheRead", "CacheWrite"}
    for stat in found.values():
        (dimension,) = stat["Metric"]["Dimensions"]
        assert dimension["Name"] == "ModelId"
        assert dimension["Value"]["Fn::GetAtt"][1] == "InferenceProfileId"
    plain = new_stack("Plain")
    cheap = profile(plain, price=TokenRates(input=1, output=0))
    BurstAlarm(plain, "Burst", profile=cheap, budget=budget(plain))
    assert set(metrics(only(plain, ALARM))) == {"InputTokenCount"}


def test_exactly_the_expression_alarms_and_it_prices_the_dearer_cache_write():
    stack = new_stack()
    rates = TokenRates(input=3, output=15, cache_write_5m=Decimal("3.75"), cache_write_1h=6)
    BurstAlarm(stack, "Burst", profile=profile(stack, price=rates), budget=budget(stack))
    shown = [q for q in only(stack, ALARM)["Metrics"] if q["ReturnData"]]
    assert [q["Expression"] for q in shown] == [
        "FILL(input,0)*0.000003+FILL(output,0)*0.000015+FILL(cachewrite,0)*0.000006"
    ]


def test_no_traffic_is_no_burst():
    stack = new_stack()
    BurstAlarm(stack, "Burst", profile=profile(stack), budget=budget(stack))
    assert only(stack, ALARM)["TreatMissingData"] == "notBreaching"


def test_it_tells_the_tenants_topic_which_wakes_the_kill_switch():
    stack = new_stack()
    BurstAlarm(stack, "Burst", profile=profile(stack), budget=budget(stack))
    (action,) = only(stack, ALARM)["AlarmActions"]
    assert action["Ref"].startswith("Alertswriter")


def test_the_registry_names_the_alarm_and_the_cap():
    stack = new_stack()
    BurstAlarm(stack, "Burst", profile=profile(stack), budget=budget(stack))
    assert entry(stack)["burst_alarm_name"] == "finops-burst-eu-west-1-writer-smart"
    assert only(stack, ALARM)["AlarmName"] == "finops-burst-eu-west-1-writer-smart"
    assert entry(stack)["hourly_cap_usd"] == "25.00"


def test_every_alias_of_a_tenant_has_an_alarm_of_its_own():
    stack = new_stack()
    shared = budget(stack)
    for alias in ("smart", "quick"):
        BurstAlarm(stack, f"Burst-{alias}", profile=profile(stack, alias), budget=shared)
    Template.from_stack(stack).resource_count_is(ALARM, 2)
    assert entry(stack, "/finops/writer/profiles/quick")["burst_alarm_name"].endswith("quick")


def test_alarms_of_two_regions_have_two_names():
    names = []
    for region in ("eu-west-1", "eu-central-1"):
        stack = new_stack(region=region)
        BurstAlarm(stack, "Burst", profile=profile(stack), budget=budget(stack))
        names.append(only(stack, ALARM)["AlarmName"])
    assert len(set(names)) == 2


def test_fails_when_the_budget_is_another_tenants():
    stack = new_stack()
    with pytest.raises(ValueError, match="the profile is 'writer''s, the budget 'chat''s"):
        BurstAlarm(stack, "Burst", profile=profile(stack), budget=budget(stack, "chat"))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"metered": False}, "is not metered"),
        ({"price": TokenRates(input=0, output=0)}, "is free"),
    ],
)
def test_fails_when_there_is_no_spend_to_watch(changes, why):
    stack = new_stack()
    with pytest.raises(ValueError, match=f"alias 'smart' {why}"):
        BurstAlarm(stack, "Burst", profile=profile(stack, **changes), budget=budget(stack))


def test_fails_when_another_stack_registers_the_profile():
    stack = new_stack()
    arn = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123"
    imported = ApplicationInferenceProfile.from_profile_arn(
        stack, "Old", profile_arn=arn, tenant="writer", alias="smart", model=SONNET
    )
    with pytest.raises(ValueError, match="define its burst alarm there"):
        BurstAlarm(stack, "Burst", profile=imported, budget=budget(stack))


def test_fails_when_the_cap_is_known_at_deployment_only():
    stack = new_stack()
    cap = CfnParameter(stack, "Cap", type="Number").value_as_number
    with pytest.raises(ValueError, match="hourly_cap_usd must be a literal"):
        BurstAlarm(stack, "B", profile=profile(stack), budget=budget(stack), hourly_cap_usd=cap)


@pytest.mark.parametrize("cap", [0, -1, float("nan"), Decimal("1e12")])
def test_fails_when_the_cap_is_no_sum_that_can_be_spent(cap):
    stack = new_stack()
    with pytest.raises(ValueError, match="hourly_cap_usd must be above 0"):
        BurstAlarm(stack, "B", profile=profile(stack), budget=budget(stack), hourly_cap_usd=cap)
