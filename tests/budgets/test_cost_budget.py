import json
from decimal import Decimal
from typing import Any

import pytest
from aws_cdk import CfnParameter
from aws_cdk.assertions import Template
from constructs import Construct

from finops_constructs import AlertTopic, CostBudget, CostTags, TenantOwner
from tests.stacks_under_test import TAGS, flat, new_stack, only, resources

BUDGET = "AWS::Budgets::Budget"


def budget(stack, **changes):
    alerts = AlertTopic(stack, "Alerts", emails=["finops@example.com"])
    props: dict[str, Any] = {
        "tenant": "writer",
        "cost_tags": TAGS,
        "monthly_limit_usd": 500,
        "alerts": alerts,
    }
    return CostBudget(stack, "Budget", **(props | changes))


def notifications(stack):
    return [
        (n["Notification"]["NotificationType"], n["Notification"]["Threshold"])
        for n in only(stack, BUDGET)["NotificationsWithSubscribers"]
    ]


def policy_entry(stack):
    (entry,) = [
        each["Properties"]
        for each in resources(stack, "AWS::SSM::Parameter").values()
        if each["Properties"]["Name"] == "/finops/writer/policy"
    ]
    return json.loads(flat(entry["Value"]))


def test_the_budget_filters_by_every_cost_tag_and_never_by_service():
    stack = new_stack()
    budget(stack)
    data = only(stack, BUDGET)["Budget"]
    *tags, credit = data["FilterExpression"]["And"]
    assert {t["Tags"]["Key"]: t["Tags"]["Values"] for t in tags} == {
        key: [value] for key, value in TAGS.values
    }
    assert "SERVICE" not in json.dumps(data)
    assert credit["Not"]["Dimensions"]["Values"] == ["Credit", "Refund"]
    assert data["Metrics"] == ["UnblendedCost"]
    assert (data["TimeUnit"], data["BudgetType"]) == ("MONTHLY", "COST")


def test_the_budget_has_no_fixed_name_because_new_notifications_replace_it():
    stack = new_stack()
    budget(stack)
    assert "BudgetName" not in only(stack, BUDGET)["Budget"]


def test_people_are_told_at_75_90_and_100_percent_and_of_a_forecast_above_the_limit():
    stack = new_stack()
    budget(stack)
    assert notifications(stack) == [
        ("ACTUAL", 75),
        ("ACTUAL", 90),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]
    for each in only(stack, BUDGET)["NotificationsWithSubscribers"]:
        (subscriber,) = each["Subscribers"]
        assert subscriber["SubscriptionType"] == "SNS"


def test_thresholds_can_be_changed_and_the_forecast_left_out():
    stack = new_stack()
    budget(stack, alert_percentages=[50, 80], stop_percentage=80, forecast_alert=False)
    assert notifications(stack) == [("ACTUAL", 50), ("ACTUAL", 80)]


def test_the_tag_key_prefix_can_be_configured_because_awss_documents_leave_it_open():
    stack = new_stack()
    budget(stack, tag_key_prefix="user:")
    first = only(stack, BUDGET)["Budget"]["FilterExpression"]["And"][0]
    assert first["Tags"]["Key"] == "user:bedrock:tool"


def test_the_budget_puts_its_tenant_under_the_switch_in_shadow_mode():
    stack = new_stack()
    budget(stack, owner=TenantOwner(team="Content", email="c@example.com", cost_centre="CC-1"))
    entry = policy_entry(stack)
    assert entry["mode"] == "shadow"
    assert entry["guard"] == "enforce"
    assert entry["monthly_limit_usd"] == "500"
    assert entry["stop_percentage"] == 100
    assert entry["owner"] == {"team": "Content", "email": "c@example.com", "cost_centre": "CC-1"}
    assert entry["suspension_policy_arn"].endswith("finops-suspension-eu-west-1-writer")
    assert entry["budget_name"].startswith("${Budget")


def test_two_tenants_in_one_stack_have_a_budget_each_and_one_tenant_has_one():
    stack = new_stack()
    alerts = AlertTopic(stack, "Alerts")
    for tenant in ("writer", "chat"):
        CostBudget(stack, tenant, tenant=tenant, cost_tags=TAGS, monthly_limit_usd=5, alerts=alerts)
    Template.from_stack(stack).resource_count_is(BUDGET, 2)
    with pytest.raises(ValueError, match="tenant 'chat' has its budget in this stack already"):
        CostBudget(
            new_child(stack), "B", tenant="chat", cost_tags=TAGS, monthly_limit_usd=5, alerts=alerts
        )


def new_child(stack):
    return Construct(stack, "Child")


def test_strings_known_at_deployment_only_pass_through():
    stack = new_stack()
    text = CfnParameter(stack, "P").value_as_string
    tags = CostTags(tool=text, project="Alpha", environment="prod")
    budget(stack, cost_tags=tags, display_name=text)
    assert "${P}" in policy_entry_text(stack)
    first = only(stack, BUDGET)["Budget"]["FilterExpression"]["And"][0]
    assert first["Tags"]["Values"] == [{"Ref": "P"}]


def test_what_stops_a_tenant_beside_its_limit_is_in_the_policy_entry():
    stack = new_stack()
    budget(
        stack,
        hard_cap_percentage=110,
        daily_cap_usd=Decimal("80.50"),
        approval_timeout_minutes=30,
        approval_on_timeout="hold",
        cool_down_minutes=120,
    )
    entry = policy_entry(stack)
    assert (entry["hard_cap_percentage"], entry["daily_cap_usd"]) == (110, "80.50")
    assert entry["approval"] == {"timeout_minutes": 30, "on_timeout": "hold"}
    assert entry["cool_down_minutes"] == 120


def test_by_default_there_is_no_daily_cap_and_only_a_person_resumes():
    stack = new_stack()
    budget(stack)
    entry = policy_entry(stack)
    assert (entry["hard_cap_percentage"], entry["daily_cap_usd"]) == (120, None)
    assert entry["approval"] == {"timeout_minutes": 60, "on_timeout": "stop"}
    assert entry["cool_down_minutes"] is None


@pytest.mark.parametrize(
    ("limit", "hourly"), [(500, "20.83"), (Decimal("0.10"), "0.01"), (2500, "104.17")]
)
def test_the_hourly_cap_is_by_default_the_months_money_in_a_day(limit, hourly):
    assert budget(new_stack(), monthly_limit_usd=limit).default_hourly_cap_usd() == Decimal(hourly)


def test_fails_when_the_default_hourly_cap_would_be_computed_from_a_token():
    stack = new_stack()
    limit = CfnParameter(stack, "N", type="Number").value_as_number
    with pytest.raises(ValueError, match="give hourly_cap_usd"):
        budget(stack, monthly_limit_usd=limit).default_hourly_cap_usd()


def test_money_keeps_its_cents_in_the_policy_entry():
    stack = new_stack()
    budget(stack, monthly_limit_usd=Decimal("0.10"))
    assert policy_entry(stack)["monthly_limit_usd"] == "0.10"
    assert only(stack, BUDGET)["Budget"]["BudgetLimit"] == {"Amount": 0.1, "Unit": "USD"}


def test_an_adopted_budget_is_tagged_and_registered_but_never_recreated():
    stack = new_stack()
    budget(stack, adopt_budget="old-budget")
    Template.from_stack(stack).resource_count_is(BUDGET, 0)
    adopted = only(stack, "Custom::FinOpsTenantRelease")["AdoptedBudget"]
    assert flat(adopted["Arn"]).endswith(":budgets::111122223333:budget/old-budget")
    assert adopted["Tags"]["finops:tenant"] == "writer"
    assert policy_entry(stack)["budget_name"] == "old-budget"


def test_tokens_pass_for_every_number():
    stack = new_stack()
    number = CfnParameter(stack, "N", type="Number").value_as_number
    budget(
        stack,
        monthly_limit_usd=number,
        alert_percentages=[number],
        stop_percentage=number,
        hard_cap_percentage=number,
        daily_cap_usd=number,
    )
    assert only(stack, BUDGET)["Budget"]["BudgetLimit"]["Amount"] == {"Ref": "N"}
    assert policy_entry_text(stack).count("${N}") == 5


def policy_entry_text(stack):
    return next(
        flat(each["Properties"]["Value"])
        for each in resources(stack, "AWS::SSM::Parameter").values()
        if each["Properties"]["Name"] == "/finops/writer/policy"
    )


@pytest.mark.parametrize("limit", [0, -1, float("nan"), float("inf"), 1e12, Decimal("NaN")])
def test_fails_when_the_limit_is_no_sum_that_can_be_spent(limit):
    with pytest.raises(ValueError, match=r"Chat/Budget: monthly_limit_usd must be above 0"):
        budget(new_stack(), monthly_limit_usd=limit)


@pytest.mark.parametrize(
    ("alerts", "stop"),
    [([90, 75], 100), ([75, 75], 100), ([75, 120], 100), ([0], 100), (list(range(1, 9)), 100)],
)
def test_fails_when_the_thresholds_are_out_of_order_or_too_many(alerts, stop):
    with pytest.raises(ValueError, match=r"alert_percentages must be at most 7 ascending"):
        budget(new_stack(), alert_percentages=alerts, stop_percentage=stop)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"hard_cap_percentage": 99}, r"hard_cap_percentage must be from stop_percentage \(100\)"),
        ({"daily_cap_usd": 0}, "daily_cap_usd must be above 0"),
        ({"approval_timeout_minutes": 4}, "approval_timeout_minutes must be 5 to 1440 minutes"),
        ({"cool_down_minutes": 1441}, "cool_down_minutes must be 5 to 1440 minutes, got 1441"),
        ({"approval_on_timeout": "wait"}, "approval_on_timeout must be one of stop, hold"),
    ],
)
def test_fails_when_what_stops_the_tenant_makes_no_sense(wrong, message):
    with pytest.raises(ValueError, match=message):
        budget(new_stack(), **wrong)


def test_fails_when_the_mode_is_unknown_and_names_the_known_ones():
    with pytest.raises(ValueError, match="mode must be one of shadow, approve, enforce, got 'off'"):
        budget(new_stack(), mode="off")
