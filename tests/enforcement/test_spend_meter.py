import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from finops_constructs import SpendMeter, WakeQueue
from tests.platform_under_test import by_id, platform_parts, resource_by_id
from tests.stacks_under_test import flat, new_stack, only, resources

FUNCTION, MAPPING = "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"


@pytest.fixture(scope="module")
def stack():
    return platform_parts().stack


def statement(stack, sid):
    (found,) = [
        s for s in only(stack, "AWS::KMS::Key")["KeyPolicy"]["Statement"] if s.get("Sid") == sid
    ]
    return found


def test_calls_are_logged_into_an_encrypted_group_with_its_own_retention(stack):
    group = by_id(stack, "AWS::Logs::LogGroup", "MeterLogs")
    assert group["LogGroupName"] == "/finops/bedrock-invocations"
    assert group["RetentionInDays"] == 30
    assert group["KmsKeyId"] == {
        "Fn::GetAtt": [next(iter(resources(stack, "AWS::KMS::Key"))), "Arn"]
    }


def test_the_key_lets_cloudwatch_logs_use_it_for_this_log_group_only(stack):
    allowed = statement(stack, "AllowInvocationLogs")
    assert allowed["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    (group,) = allowed["Condition"]["ArnEquals"].values()
    assert flat(group).endswith(
        ":logs:eu-west-1:111122223333:log-group:/finops/bedrock-invocations"
    )


def test_the_meter_is_subscribed_to_every_record_and_may_be_called_by_this_group_only(stack):
    subscription = only(stack, "AWS::Logs::SubscriptionFilter")
    assert subscription["FilterPattern"] == ""
    permission = by_id(stack, "AWS::Lambda::Permission", "MeterLogsPermission")
    assert permission["Principal"] == "logs.amazonaws.com"
    assert permission["SourceAccount"] == "111122223333"
    assert permission["SourceArn"]["Fn::GetAtt"][0].startswith("MeterLogs")


def test_the_subscription_waits_for_the_permission(stack):
    (subscription,) = resources(stack, "AWS::Logs::SubscriptionFilter").values()
    assert any(each.startswith("MeterLogsPermission") for each in subscription["DependsOn"])


def test_the_ledger_is_kept_restorable_and_paid_per_request(stack):
    ledger = resource_by_id(stack, "AWS::DynamoDB::Table", "MeterLedger")
    assert ledger["DeletionPolicy"] == "RetainExceptOnCreate"
    assert ledger["UpdateReplacePolicy"] == "Retain"
    properties = ledger["Properties"]
    assert properties["TableName"] == "finops-ledger"
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["TimeToLiveSpecification"] == {
        "AttributeName": "expires_at",
        "Enabled": True,
    }
    assert [k["AttributeName"] for k in properties["KeySchema"]] == ["pk", "sk"]


def test_what_cannot_be_metered_is_kept_fourteen_days_and_told_by_tls_only(stack):
    queue = by_id(stack, "AWS::SQS::Queue", "MeterDeadLetters")
    assert queue["QueueName"] == "finops-meter-dead-letters"
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    policy = by_id(stack, "AWS::SQS::QueuePolicy", "MeterDeadLettersPolicy")
    (deny,) = policy["PolicyDocument"]["Statement"]
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_batch_that_fails_three_times_goes_to_the_dead_letters(stack):
    failures = by_id(stack, "AWS::Lambda::EventInvokeConfig", "MeterFailures")
    assert failures["MaximumRetryAttempts"] == 2
    destination = failures["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination["Fn::GetAtt"][0].startswith("MeterDeadLetters")


def test_replay_is_there_and_switched_off_until_an_operator_wants_it(stack):
    replay = by_id(stack, MAPPING, "MeterReplay")
    assert replay["Enabled"] is False
    assert replay["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert replay["EventSourceArn"]["Fn::GetAtt"][0].startswith("MeterDeadLetters")


def test_a_reader_of_the_dead_letters_has_six_times_the_meters_time(stack):
    queue = by_id(stack, "AWS::SQS::Queue", "MeterDeadLetters")
    meter = by_id(stack, FUNCTION, "MeterFunction")
    assert queue["VisibilityTimeout"] == 6 * meter["Timeout"]


def test_the_cross_check_runs_once_an_hour(stack):
    rule = by_id(stack, "AWS::Events::Rule", "MeterCrossCheckSchedule")
    assert rule["ScheduleExpression"] == "cron(20 * * * ? *)"
    permission = by_id(stack, "AWS::Lambda::Permission", "MeterCrossCheckSchedulePermission")
    assert permission["SourceArn"]["Fn::GetAtt"][0].startswith("MeterCrossCheckSchedule")


def test_without_a_key_the_log_group_has_cloudwatchs_own_encryption():
    stack = new_stack()
    SpendMeter(stack, "Meter", wake_queue=WakeQueue(stack, "Queue"), log_retention_days=7)
    group = by_id(stack, "AWS::Logs::LogGroup", "MeterLogs")
    assert "KmsKeyId" not in group
    assert group["RetentionInDays"] == 7


def test_a_key_of_another_stack_is_used_as_it_is():
    stack = new_stack()
    arn = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
    key = kms.Key.from_key_arn(stack, "Key", arn)
    SpendMeter(stack, "Meter", wake_queue=WakeQueue(stack, "Queue"), encryption_key=key)
    assert by_id(stack, "AWS::Logs::LogGroup", "MeterLogs")["KmsKeyId"] == arn
    Template.from_stack(stack).resource_count_is("AWS::KMS::Key", 0)


def test_the_meter_of_another_region_speaks_of_that_region():
    stack = platform_parts(region="eu-central-1").stack
    allowed = statement(stack, "AllowInvocationLogs")
    assert allowed["Principal"] == {"Service": "logs.eu-central-1.amazonaws.com"}
    (layer,) = by_id(stack, FUNCTION, "MeterFunction")["Layers"]
    assert flat(layer).startswith("arn:aws:lambda:eu-central-1:017000801446:layer:")
