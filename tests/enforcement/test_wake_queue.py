import pytest

from finops_constructs import WakeQueue
from tests.stacks_under_test import flat, new_stack, resources


def statements(stack, sid):
    return [
        statement
        for policy in resources(stack, "AWS::SQS::QueuePolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Sid"] == sid
    ]


@pytest.fixture
def stack():
    stack = new_stack()
    WakeQueue(stack, "Wake")
    return stack


def test_it_admits_the_finops_topics_of_its_account_and_region_and_no_rule(stack):
    (topics,) = statements(stack, "AdmitTopics")
    (source,) = topics["Condition"]["ArnLike"]["aws:SourceArn"]
    assert flat(source).endswith(":sns:eu-west-1:111122223333:finops-*")
    assert topics["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
    assert statements(stack, "AdmitRules") == []


def test_it_admits_the_rules_it_is_told_of():
    stack = new_stack()
    WakeQueue(stack, "Wake").admit_rules(["arn:aws:events:eu-west-1:111122223333:rule/look"])
    (rules,) = statements(stack, "AdmitRules")
    assert rules["Principal"] == {"Service": "events.amazonaws.com"}
    assert rules["Condition"]["ArnLike"]["aws:SourceArn"] == [
        "arn:aws:events:eu-west-1:111122223333:rule/look"
    ]


def test_both_queues_are_encrypted_and_refuse_plain_text(stack):
    assert len(statements(stack, "DenyPlainText")) == 2
    for queue in resources(stack, "AWS::SQS::Queue").values():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True


def test_what_failed_five_times_is_kept_fourteen_days(stack):
    queues = [each["Properties"] for each in resources(stack, "AWS::SQS::Queue").values()]
    names = {queue["QueueName"]: queue for queue in queues}
    assert names["finops-wake"]["RedrivePolicy"]["maxReceiveCount"] == 5
    assert names["finops-wake-dead-letters"]["MessageRetentionPeriod"] == 14 * 24 * 3600
