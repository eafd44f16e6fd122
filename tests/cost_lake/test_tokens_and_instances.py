"""A value known at deployment only passes through or is refused; two of a kind live together."""

import json

import pytest
from aws_cdk import Environment, Fn, Stack, Token
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from finops_constructs.budgets.alert_key import AlertKey
from finops_constructs.budgets.alert_topic import AlertTopic
from finops_constructs.cost_lake.cost_allocation_tags import CostAllocationTags
from finops_constructs.cost_lake.cost_export import CostExport
from finops_constructs.cost_lake.cost_lake import CostLake
from finops_constructs.cost_lake.export_bucket import ExportBucket, ExportDestination
from finops_constructs.cost_lake.monthly_report import MonthlyReport
from finops_constructs.cost_lake.tag_activation_role import TagActivationRole
from tests.cost_lake.conftest import quick_app

TEXT = Fn.import_value("V")
NUMBER = Token.as_number({"Ref": "V"})


@pytest.fixture
def stack():
    return Stack(quick_app(), "S", env=Environment(account="111122223333", region="us-east-1"))


def whole(stack):
    text = json.dumps(Template.from_stack(stack).to_json())
    assert '{"Fn::ImportValue": "V"}' in text
    assert "Token[" not in text


def test_accounts_names_and_keys_may_be_tokens(stack):
    ExportBucket(stack, "Bucket", payer_account=TEXT, bucket_name=TEXT)
    to = ExportDestination(bucket_name=TEXT, region=TEXT, owner=TEXT, prefix=TEXT)
    CostExport(stack, "Exports", destination=to)
    TagActivationRole(stack, "Role", trusted_account=TEXT)
    CostAllocationTags(
        stack,
        "Tags",
        tag_keys=["bedrock:tool", TEXT],
        payer_role_arn=TEXT,
        alerts=AlertTopic(stack, "Alerts", wake=False),
    )
    whole(stack)


def lake(stack, **changes):
    return CostLake(
        stack, "Lake", exports=ExportBucket(stack, "Bucket", payer_account="9" * 12), **changes
    )


def test_fails_when_what_must_be_known_at_synthesis_is_a_token(stack):
    with pytest.raises(ValueError, match="scan_limit_gib must be a literal, got a token"):
        lake(stack, scan_limit_gib=NUMBER)
    with pytest.raises(ValueError, match="prefix must be a literal, got a token"):
        ExportBucket(stack, "Other", payer_account="9" * 12, prefix=TEXT)


@pytest.mark.parametrize(
    ("day", "said"),
    [(NUMBER, "must be a literal, got a token"), (16, "must be 1 to 15, got 16")],
    ids=["token", "too late"],
)
def test_fails_when_the_day_of_the_report_is_none(stack, day, said):
    key = AlertKey(stack, "Key").key
    readers = AlertTopic(stack, "Readers", key=key, wake=False)
    with pytest.raises(ValueError, match=said):
        MonthlyReport(
            stack,
            "Report",
            lake=lake(stack),
            readers=readers,
            key=key,
            organization="Bank",
            working_day=day,
        )


def test_who_reads_reports_reads_them_only_and_without_platforms_nobody_is_told(stack):
    key = AlertKey(stack, "Key").key
    report = MonthlyReport(
        stack,
        "Report",
        lake=lake(stack),
        readers=AlertTopic(stack, "Readers", key=key, wake=False),
        key=key,
        organization="Bank",
    )
    (told,) = stack.resolve(report.alarm.alarm_actions)
    assert told["Ref"].startswith("Readers")
    role = iam.Role(stack, "Owner", assumed_by=iam.AccountRootPrincipal())
    report.grant_read(role)
    template = Template.from_stack(stack)
    (policy,) = template.find_resources("AWS::IAM::Policy").values()
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "s3:GetObject"
    assert statement["Resource"]["Fn::Join"][1][1] == "/*"
    assert "events:PutEvents" not in json.dumps(template.find_resources("AWS::IAM::Role"))


def test_two_buckets_and_two_activations_live_in_one_stack(stack):
    alerts = AlertTopic(stack, "Alerts", wake=False)
    for name in ("One", "Two"):
        ExportBucket(stack, f"Bucket{name}", payer_account="9" * 12)
        CostAllocationTags(
            stack,
            f"Tags{name}",
            tag_keys=["a"],
            payer_role_arn="arn:aws:iam::9:role/r",
            alerts=alerts,
        )
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::S3::Bucket", 2)
    template.resource_count_is("Custom::FinOpsCostAllocationTags", 2)
