import json

import pytest

from log_archiver.handler import PERMISSIONS
from tests.runbook_pages import sections

MAPPING, RULE, FUNCTION = (
    "AWS::Lambda::EventSourceMapping",
    "AWS::Events::Rule",
    "AWS::Lambda::Function",
)
BY_EVENT_SOURCES = {
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
}


@pytest.fixture
def platform(full_stacks):
    return full_stacks[1]


def rights(template):
    (role,) = [r for k, r in template["Resources"].items() if "AuditLogArchiverFunctionRole" in k]
    (work,) = [p for p in role["Properties"]["Policies"] if p["PolicyName"] == "work"]
    return work["PolicyDocument"]["Statement"]


def test_the_role_may_do_exactly_what_the_handler_calls(platform):
    granted = {action for s in rights(platform) for action in _list(s["Action"])}
    assert granted == set(PERMISSIONS) | BY_EVENT_SOURCES


def test_every_wildcard_resource_is_of_actions_that_know_none_or_narrowed(platform):
    for statement in rights(platform):
        if "*" in _list(statement["Resource"]):
            assert set(_list(statement["Action"])) <= {
                "cloudwatch:GetMetricData",
                "cloudwatch:ListMetrics",
                "dynamodb:ListStreams",
            }


def test_the_key_of_the_lock_is_used_through_s3_and_by_its_alias_only(platform):
    (use,) = [s for s in rights(platform) if "kms:GenerateDataKey" in _list(s["Action"])]
    assert "999900001111" in json.dumps(use["Resource"])
    condition = use["Condition"]
    assert condition["StringEquals"]["kms:ViaService"] == "s3.eu-west-1.amazonaws.com"
    alias = condition["ForAnyValue:StringEquals"]["kms:ResourceAliases"]
    assert alias == ["alias/finops-audit-111122223333-eu-west-1"]


def test_only_the_journal_of_the_state_table_is_copied(platform, one):
    mapping = one(platform, MAPPING, "Journal")["Properties"]
    pattern = json.loads(mapping["FilterCriteria"]["Filters"][0]["Pattern"])
    assert pattern["dynamodb"]["Keys"]["sk"]["S"] == [{"prefix": "JOURNAL#"}]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_landing_bucket_tells_the_queue_which_admits_it_alone(platform, one):
    bucket = one(platform, "AWS::S3::Bucket", "Landing")["Properties"]
    (told,) = bucket["NotificationConfiguration"]["QueueConfigurations"]
    assert told["Queue"]["Fn::GetAtt"][0].startswith("AuditLogArchiverQueue")
    policy = one(platform, "AWS::SQS::QueuePolicy", "ArchiverQueuePolicy")["Properties"]
    allowed = policy["PolicyDocument"]["Statement"][1]
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
    assert "finops-landing-111122223333-eu-west-1" in json.dumps(allowed["Condition"])


def test_bedrock_delivers_for_this_account_only(platform, one):
    statements = one(platform, "AWS::S3::BucketPolicy", "Landing")["Properties"]
    deliver = statements["PolicyDocument"]["Statement"][1]
    assert deliver["Principal"] == {"Service": "bedrock.amazonaws.com"}
    assert deliver["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}


def test_every_manifest_states_the_lock_as_it_is(default_stacks, full_stacks, one):
    for (_, platform), mode, days in ((default_stacks, "GOVERNANCE", "400"),
                                      (full_stacks, "COMPLIANCE", "1827")):  # fmt: skip
        function = one(platform, FUNCTION, "Archiver")["Properties"]
        environment = function["Environment"]["Variables"]
        assert (environment["LOCK_MODE"], environment["LOCK_DAYS"]) == (mode, days)


def test_content_is_kept_for_a_while_with_the_platforms_key(default_stacks, full_stacks, one):
    content = one(full_stacks[1], "AWS::S3::Bucket", "Content")["Properties"]
    (rule,) = content["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 7
    kinds = [k for k in default_stacks[1]["Resources"] if "Content" in k]
    assert kinds == []


def test_every_alarm_tells_people_and_the_log(platform):
    alarms = {
        key: r["Properties"]
        for key, r in platform["Resources"].items()
        if r["Type"] == "AWS::CloudWatch::Alarm" and "AuditLogWatch" in key
    }
    assert {a["MetricName"] for a in alarms.values()} == {
        "ModelInvocationLogsCloudWatchDeliveryFailure",
        "ModelInvocationLogsS3DeliveryFailure",
        "ModelInvocationLargeDataS3DeliveryFailure",
        "LoggingDrift",
        "CallsUndelivered",
        "Errors",
        "ApproximateNumberOfMessagesVisible",
        "HoursWithoutManifest",
        "UnreadableDeliveries",
    }
    assert all(alarm["AlarmActions"] for alarm in alarms.values())
    (rule,) = [
        r["Properties"]
        for key, r in platform["Resources"].items()
        if r["Type"] == RULE and "AuditLogWatch" in key
    ]
    told = {each["Fn::GetAtt"][0] for each in rule["EventPattern"]["resources"]}
    assert told == set(alarms)


def test_every_alarm_names_its_section_of_the_runbook(platform):
    named = [
        resource["Properties"]["AlarmDescription"].rpartition("Runbook: ")[2]
        for key, resource in platform["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "AuditLogWatch" in key
    ]
    assert len(named) >= 8
    assert {each.partition("#")[0] for each in named} == {"docs/runbooks/audit-log.md"}
    assert {each.partition("#")[2] for each in named} <= set(sections("audit-log.md"))


def _list(value):
    return value if isinstance(value, list) else [value]
