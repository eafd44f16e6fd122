import pytest

from local.testing import StackError, TestStack
from tests.local.functions import function

pytestmark = pytest.mark.emulator
NAMED = {
    "a log group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/finops/x"}},
    "a queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "finops-x"}},
    "a topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "finops-x"}},
    "a rule": {
        "Type": "AWS::Events::Rule",
        "Properties": {"Name": "finops-x", "ScheduleExpression": "rate(1 hour)"},
    },
    "a function": function("def handler(event, context): pass", FunctionName="finops-x"),
}


@pytest.mark.parametrize("resource", NAMED.values(), ids=NAMED)
def test_a_name_that_is_taken_is_refused_and_what_has_it_stays(emulator, stack, resource):
    stack.apply({"First": resource})
    second = TestStack(emulator, "second")
    with pytest.raises(StackError, match="already exists"):
        second.apply({"Second": resource})
    second.delete()
    stack.apply({"First": resource}, found={"Ref": "First"})


def test_what_was_retained_is_in_the_way_of_its_successor(stack):
    kept = NAMED["a log group"] | {"DeletionPolicy": "Retain"}
    stack.apply({"Log": kept})
    stack.delete()
    with pytest.raises(StackError, match="already exists"):
        stack.apply({"Log": kept})
