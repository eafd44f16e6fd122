import datetime as dt

import pytest

from local.controls import ControlError, Controls
from tests.local.queues import messages, queue

pytestmark = pytest.mark.emulator
ACCOUNT = "111122223333"


def notification(threshold, kind="PERCENTAGE"):
    return {
        "Notification": {
            "NotificationType": "ACTUAL",
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": threshold,
            "ThresholdType": kind,
        },
        "Subscribers": [{"SubscriptionType": "SNS", "Address": {"Ref": "Topic"}}],
    }


AT_75_AND_100 = (notification(75), notification(100))


@pytest.fixture
def budget(stack):
    def run(limit=500, notifications=AT_75_AND_100):
        described = {
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": limit, "Unit": "USD"},
            "BudgetName": "finops-writer",
        }
        return stack.apply(
            {
                "Wake": queue("budget-wake"),
                "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "budget"}},
                "Subscription": {
                    "Type": "AWS::SNS::Subscription",
                    "Properties": {
                        "TopicArn": {"Ref": "Topic"},
                        "Protocol": "sqs",
                        "Endpoint": {"Fn::GetAtt": ["Wake", "Arn"]},
                    },
                },
                "Budget": {
                    "Type": "AWS::Budgets::Budget",
                    "Properties": {
                        "Budget": described,
                        "NotificationsWithSubscribers": list(notifications),
                    },
                },
            },
            name={"Ref": "Budget"},
        )["name"]

    return run


def history(emulator, name, **wanted):
    told = emulator.client("budgets").describe_budget_performance_history(
        AccountId=ACCOUNT, BudgetName=name, **wanted
    )["BudgetPerformanceHistory"]
    return {
        amounts["TimePeriod"]["Start"].astimezone(dt.UTC).strftime("%Y-%m"): amounts[
            "ActualAmount"
        ]["Amount"]
        for amounts in told["BudgetedAndActualAmountsList"]
    }


def shown(emulator, name):
    read = emulator.client("budgets").describe_budget(AccountId=ACCOUNT, BudgetName=name)
    return read["Budget"]["CalculatedSpend"]["ActualSpend"]["Amount"]


def test_a_budget_of_which_nothing_was_said_has_no_history(emulator, budget):
    name = budget()
    assert history(emulator, name) == {}
    assert shown(emulator, name) == "0"


def test_last_months_figure_lingers_in_the_budget_and_the_history_tells_its_month(emulator, budget):
    name = budget()
    controls = Controls(emulator)
    controls.set_budget_spend(name, "501.20", "2026-10")
    assert shown(emulator, name) == "501.20"
    assert history(emulator, name) == {"2026-10": "501.20"}
    controls.set_budget_spend(name, "3", "2026-11")
    assert shown(emulator, name) == "3"
    assert history(emulator, name) == {"2026-10": "501.20", "2026-11": "3"}
    november = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    assert history(emulator, name, TimePeriod={"Start": november}) == {"2026-11": "3"}


def test_each_threshold_is_told_once_a_month_in_the_words_of_aws(emulator, budget):
    name = budget()
    controls = Controls(emulator)
    assert controls.set_budget_spend(name, "375", "2026-10") == 0
    assert controls.set_budget_spend(name, "375.01", "2026-10") == 1
    assert controls.set_budget_spend(name, "600", "2026-10") == 1
    assert controls.set_budget_spend(name, "700", "2026-10") == 0
    assert controls.set_budget_spend(name, "400", "2026-11") == 1
    told = messages(emulator, "budget-wake", 3)
    assert {message["Subject"] for message in told} == {
        "AWS Budgets: finops-writer has exceeded your alert threshold"
    }
    whole = next(m["Message"] for m in told if "$600.00" in m["Message"])
    assert whole.startswith("AWS Budget Notification ")
    for line in (
        "Budget Name: finops-writer",
        "Budgeted Amount: $500.00",
        "Alert Threshold: > $500.00",
        "ACTUAL Amount: $600.00",
    ):
        assert line in whole.splitlines()


def test_an_absolute_threshold_is_told_too(emulator, budget):
    name = budget(notifications=(notification(20, "ABSOLUTE_VALUE"),))
    assert Controls(emulator).set_budget_spend(name, "20.5") == 1
    (told,) = messages(emulator, "budget-wake")
    assert "Alert Threshold: > $20.00" in told["Message"]


def test_another_limit_keeps_the_spend_and_another_budget_of_the_name_does_not(
    emulator, budget, stack
):
    Controls(emulator).set_budget_spend(budget(), "10", "2026-11")
    assert shown(emulator, budget(limit=750)) == "10"
    stack.delete()
    name = budget()
    assert (shown(emulator, name), history(emulator, name)) == ("0", {})


def test_spend_that_makes_no_sense_is_refused(emulator, budget):
    controls = Controls(emulator)
    with pytest.raises(ControlError, match="no budget elsewhere"):
        controls.set_budget_spend("elsewhere", "1")
    name = budget()
    for amount, month in (("ten", "2026-11"), ("10", "2026-13")):
        with pytest.raises(ControlError, match="is no spend"):
            controls.set_budget_spend(name, amount, month)
