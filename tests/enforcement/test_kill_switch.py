import json

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from tests.platform_under_test import by_id, platform_parts, resource_by_id
from tests.stacks_under_test import flat, only, resources

FUNCTION, MAPPING = "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"
RULE, PERMISSION = "AWS::Events::Rule", "AWS::Lambda::Permission"
OTHER_ACCOUNT = "444455556666"


@pytest.fixture(scope="module")
def stack():
    return platform_parts().stack


def queue_statement(stack, sid):
    policy = by_id(stack, "AWS::SQS::QueuePolicy", "WakeQueuePolicy")
    (found,) = [s for s in policy["PolicyDocument"]["Statement"] if s.get("Sid") == sid]
    return found


def test_the_state_is_kept_restorable_and_streamed(stack):
    state = resource_by_id(stack, "AWS::DynamoDB::Table", "SwitchState")
    assert state["DeletionPolicy"] == "RetainExceptOnCreate"
    properties = state["Properties"]
    assert properties["TableName"] == "finops-state"
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert "TimeToLiveSpecification" not in properties


def test_it_reads_the_wake_queue_two_batches_at_a_time_and_returns_what_failed(stack):
    wake = by_id(stack, MAPPING, "SwitchWakeUps")
    assert wake["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert wake["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert wake["EventSourceArn"]["Fn::GetAtt"][0].startswith("WakeQueue")


def test_a_batch_is_not_seen_twice_while_the_switch_works(stack):
    queues = resources(stack, "AWS::SQS::Queue").values()
    (queue,) = [q["Properties"] for q in queues if q["Properties"]["QueueName"] == "finops-wake"]
    assert queue["VisibilityTimeout"] == 6 * by_id(stack, FUNCTION, "SwitchFunction")["Timeout"]


def test_it_runs_every_five_minutes_whatever_happens(stack):
    rule = by_id(stack, RULE, "SwitchSchedule")
    assert rule["ScheduleExpression"] == "rate(5 minutes)"
    (target,) = rule["Targets"]
    assert json.loads(target["Input"]) == {"wake": "schedule"}
    permission = by_id(stack, PERMISSION, "SwitchSchedulePermission")
    assert permission["SourceArn"]["Fn::GetAtt"][0].startswith("SwitchSchedule")


def test_changes_of_profiles_and_of_callers_policies_wake_it_through_the_queue(stack):
    rule = by_id(stack, RULE, "SwitchChanges")
    assert rule["EventPattern"]["source"] == ["aws.bedrock", "aws.iam"]
    assert {"TagResource", "UntagResource", "DetachRolePolicy"} <= set(
        rule["EventPattern"]["detail"]["eventName"]
    )
    (target,) = rule["Targets"]
    assert target["Arn"]["Fn::GetAtt"][0].startswith("WakeQueue")


def test_the_queue_admits_that_rule_and_no_other(stack):
    admitted = queue_statement(stack, "AdmitRules")
    assert admitted["Principal"] == {"Service": "events.amazonaws.com"}
    assert admitted["Action"] == "sqs:SendMessage"
    (source,) = admitted["Condition"]["ArnLike"]["aws:SourceArn"]
    assert source["Fn::GetAtt"][0].startswith("SwitchChanges")


def test_a_reconciled_bill_goes_to_the_switch_itself_because_a_wake_up_is_not_believed(stack):
    rule = by_id(stack, RULE, "SwitchReconciled")
    assert rule["EventPattern"] == {
        "account": ["111122223333"],
        "detail-type": ["finops.reconciled", "finops.statement-issued"],
        "source": ["finops-constructs"],
    }
    (target,) = rule["Targets"]
    assert target["Arn"]["Fn::GetAtt"][0].startswith("SwitchFunction")
    Template.from_stack(stack).resource_count_is("AWS::Events::EventBusPolicy", 0)


def test_the_bus_admits_bills_and_statements_of_the_cost_account_and_nothing_else_of_it():
    stack = platform_parts(cost_account=OTHER_ACCOUNT).stack
    rule = by_id(stack, RULE, "SwitchReconciled")
    assert rule["EventPattern"]["account"] == [OTHER_ACCOUNT]
    policy = only(stack, "AWS::Events::EventBusPolicy")
    assert policy["EventBusName"] == "default"
    statement = policy["Statement"]
    assert flat(statement["Principal"]["AWS"]).endswith(f":iam::{OTHER_ACCOUNT}:root")
    assert statement["Action"] == "events:PutEvents"
    assert statement["Condition"]["ForAllValues:StringEquals"] == {
        "events:detail-type": ["finops.reconciled", "finops.statement-issued"],
        "events:source": "finops-constructs",
    }
    assert set(statement["Condition"]["Null"].values()) == {"false"}


def test_the_own_account_needs_no_admission_to_its_bus():
    stack = platform_parts(cost_account="111122223333").stack
    Template.from_stack(stack).resource_count_is("AWS::Events::EventBusPolicy", 0)


def test_runs_that_failed_three_times_are_kept_with_the_wake_ups_given_up(stack):
    failures = by_id(stack, "AWS::Lambda::EventInvokeConfig", "SwitchFailures")
    assert failures["MaximumRetryAttempts"] == 2
    destination = failures["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination["Fn::GetAtt"][0].startswith("WakeQueueDeadLetters")


def test_it_may_encrypt_for_topics_with_any_key_but_through_sns_only(stack):
    role = by_id(stack, "AWS::IAM::Role", "SwitchFunctionRole")
    (statement,) = [
        s
        for policy in role["Policies"]
        for s in policy["PolicyDocument"]["Statement"]
        if "kms:Decrypt" in s["Action"]
    ]
    assert statement["Condition"] == {
        "StringEquals": {"kms:ViaService": "sns.eu-west-1.amazonaws.com"}
    }


def test_the_commands_function_is_called_by_a_url_that_iam_authorises(stack):
    url = only(stack, "AWS::Lambda::Url")
    assert url["AuthType"] == "AWS_IAM"
    assert url["TargetFunctionArn"]["Fn::GetAtt"][0].startswith("SwitchCommands")
    permissions = resources(stack, PERMISSION).values()
    assert "lambda:InvokeFunctionUrl" not in [p["Properties"]["Action"] for p in permissions]


def test_the_cli_finds_the_commands_function_in_the_registry(stack):
    entry = only(stack, "AWS::SSM::Parameter")
    assert entry["Name"] == "/finops/_platform/commands"
    value = json.loads(flat(entry["Value"]))
    assert value["schema_version"] == 1
    assert "FunctionUrl" in value["function_url"]
    assert value["function_name"].startswith("${SwitchCommands")


def test_an_operator_of_any_kind_can_be_let_to_give_commands():
    parts = platform_parts()
    user = iam.User(parts.stack, "Ops")
    grant = parts.switch.grant_operate(user)
    assert grant.success
    actions = [
        s["Action"] for s in only(parts.stack, "AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    ]
    assert sorted(actions) == [
        "lambda:InvokeFunction",
        "lambda:InvokeFunctionUrl",
        "ssm:GetParameter",
    ]


def test_two_regions_of_one_account_differ_in_what_they_may_attach():
    paths = []
    for region in ("eu-west-1", "eu-west-2"):
        role = by_id(platform_parts(region=region).stack, "AWS::IAM::Role", "SwitchFunctionRole")
        assert role["Path"] == f"/finops/{region}/"
        paths.append(f"policy/finops/suspension/{region}/*" in json.dumps(role["Policies"]))
    assert paths == [True, True]


@pytest.mark.parametrize(("given", "said"), [({}, "7"), ({"replaced_idle_days": 30}, "30")])
def test_the_days_after_which_an_idle_replaced_profile_goes_are_the_platforms(given, said):
    function = by_id(platform_parts(**given).stack, FUNCTION, "SwitchFunction")
    assert function["Environment"]["Variables"]["REPLACED_IDLE_DAYS"] == said
