import pytest

from local.testing import StackError

pytestmark = pytest.mark.emulator
TOPIC = "arn:aws:sns:eu-west-1:111122223333:finops-alerts"
ACCOUNT = "111122223333"
FILTER = {
    "And": [
        {"Tags": {"Key": "bedrock:tool", "Values": ["Writer"]}},
        {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund"]}}},
    ]
}


def budget(*, limit=500, thresholds=(75, 90), name=None, tags=None):
    described = {
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": limit, "Unit": "USD"},
        "FilterExpression": FILTER,
        "Metrics": ["UnblendedCost"],
    }
    if name:
        described["BudgetName"] = name
    return {
        "Type": "AWS::Budgets::Budget",
        "Properties": {
            "Budget": described,
            "NotificationsWithSubscribers": [
                {
                    "Notification": {
                        "NotificationType": "ACTUAL",
                        "ComparisonOperator": "GREATER_THAN",
                        "Threshold": threshold,
                        "ThresholdType": "PERCENTAGE",
                    },
                    "Subscribers": [{"SubscriptionType": "SNS", "Address": TOPIC}],
                }
                for threshold in thresholds
            ],
            "ResourceTags": [{"Key": key, "Value": value} for key, value in (tags or {}).items()],
        },
    }


def thresholds_of(budgets, name):
    listed = budgets.describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName=name)
    return [item["Threshold"] for item in listed["Notifications"]]


def test_a_budget_shows_its_limit_its_filter_and_who_is_told_at_each_threshold(emulator, stack):
    name = stack.apply({"B": budget(tags={"finops:tenant": "writer"})}, name={"Ref": "B"})["name"]
    budgets = emulator.client("budgets")
    shown = budgets.describe_budget(AccountId=ACCOUNT, BudgetName=name, ShowFilterExpression=True)
    assert shown["Budget"]["BudgetLimit"] == {"Amount": "500", "Unit": "USD"}
    assert shown["Budget"]["FilterExpression"] == FILTER
    assert shown["Budget"]["Metrics"] == ["UnblendedCost"]
    listed = budgets.describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName=name)
    for notification in listed["Notifications"]:
        told = budgets.describe_subscribers_for_notification(
            AccountId=ACCOUNT, BudgetName=name, Notification=notification
        )
        assert told["Subscribers"] == [{"SubscriptionType": "SNS", "Address": TOPIC}]
    assert thresholds_of(budgets, name) == [75, 90]
    arn = f"arn:aws:budgets::{ACCOUNT}:budget/{name}"
    tags = budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"]
    assert {"Key": "finops:tenant", "Value": "writer"} in tags


def test_the_limit_and_the_tags_change_in_place(emulator, stack):
    name = {"name": {"Ref": "B"}}
    before = stack.apply({"B": budget(limit=500, tags={"a": "1", "b": "2"})}, **name)
    after = stack.apply({"B": budget(limit=750, tags={"a": "3"})}, **name)
    budgets = emulator.client("budgets")
    assert after == before
    shown = budgets.describe_budget(AccountId=ACCOUNT, BudgetName=after["name"])["Budget"]
    assert shown["BudgetLimit"]["Amount"] == "750"
    assert thresholds_of(budgets, after["name"]) == [75, 90]
    arn = f"arn:aws:budgets::{ACCOUNT}:budget/{after['name']}"
    tags = budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"]
    assert {t["Key"]: t["Value"] for t in tags if not t["Key"].startswith("aws:")} == {"a": "3"}


def test_other_notifications_replace_a_budget_whose_name_was_generated(emulator, stack):
    name = {"name": {"Ref": "B"}}
    before = stack.apply({"B": budget(thresholds=(75,))}, **name)
    after = stack.apply({"B": budget(thresholds=(75, 100))}, **name)
    budgets = emulator.client("budgets")
    assert after != before
    listed = budgets.describe_budgets(AccountId=ACCOUNT)["Budgets"]
    assert [item["BudgetName"] for item in listed] == [after["name"]]
    assert thresholds_of(budgets, after["name"]) == [75, 100]


def test_other_notifications_collide_when_the_budget_has_a_fixed_name(emulator, stack):
    stack.apply({"B": budget(thresholds=(75,), name="fixed")})
    with pytest.raises(StackError, match="already exists"):
        stack.apply({"B": budget(thresholds=(80,), name="fixed")})
    assert thresholds_of(emulator.client("budgets"), "fixed") == [75]


def test_another_fixed_name_replaces_the_budget(emulator, stack):
    stack.apply({"B": budget(name="one")})
    stack.apply({"B": budget(name="two")})
    listed = emulator.client("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"]
    assert [item["BudgetName"] for item in listed] == ["two"]


def test_deleting_the_stack_deletes_the_budget(emulator, stack):
    stack.apply({"B": budget()})
    stack.delete()
    assert not emulator.client("budgets").describe_budgets(AccountId=ACCOUNT).get("Budgets")
