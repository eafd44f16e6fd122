"""The exports: what AWS's validation needs, where it needs it."""

import pytest
from aws_cdk import Environment, Stack

from finops_constructs.cost_data.columns import CUR_COLUMNS
from finops_constructs.cost_lake.cost_export import CostExport
from finops_constructs.cost_lake.export_bucket import ExportBucket, ExportDestination
from tests.cost_lake.conftest import of_type, quick_app

PAYER = "999988887777"
DESTINATION = ExportDestination(bucket_name="b", region="eu-west-1", owner="111122223333")


def stack(region="us-east-1"):
    env = Environment(account=PAYER, region=region) if region else None
    return Stack(quick_app(), "Billing", env=env)


def exports(template):
    found = of_type(template, "AWS::BCMDataExports::Export").values()
    return {each["Export"]["Name"]: each["Export"] for each in found}


def test_cur_has_an_explicit_list_of_columns_resources_and_principals(billing):
    query = exports(billing)["finops-cur2"]["DataQuery"]
    selected = query["QueryStatement"].removeprefix("SELECT ").split(" FROM ")[0].split(", ")
    assert selected == [column.name for column in CUR_COLUMNS]
    settings = query["TableConfigurations"]["COST_AND_USAGE_REPORT"]
    assert settings["INCLUDE_RESOURCES"] == "TRUE"
    assert settings["INCLUDE_IAM_PRINCIPAL_DATA"] == "TRUE"
    assert settings["TIME_GRANULARITY"] == "HOURLY"


def test_focus_has_an_explicit_list_of_columns_too(billing):
    query = exports(billing)["finops-focus"]["DataQuery"]
    assert "*" not in query["QueryStatement"]
    assert "BilledCost" in query["QueryStatement"]
    assert query["QueryStatement"].endswith(" FROM FOCUS_1_2_AWS")


def test_both_are_parquet_written_over_in_the_bucket_of_another_account_and_region(billing):
    for export in exports(billing).values():
        to = export["DestinationConfigurations"]["S3Destination"]
        assert to["S3Bucket"] == "finops-cost-data-111122223333-eu-west-1"
        assert (to["S3Region"], to["S3BucketOwner"]) == ("eu-west-1", "111122223333")
        assert to["S3OutputConfigurations"] == {
            "Compression": "PARQUET",
            "Format": "PARQUET",
            "OutputType": "CUSTOM",
            "Overwrite": "OVERWRITE_REPORT",
        }


def test_the_bucket_admits_the_exports_of_the_payer_to_its_root(cost):
    policies = of_type(cost, "AWS::S3::BucketPolicy").values()
    (statement,) = [
        each
        for policy in policies
        for each in policy["PolicyDocument"]["Statement"]
        if each["Sid"] == "AllowDataExports"
    ]
    assert statement["Principal"]["Service"] == [
        "bcm-data-exports.amazonaws.com",
        "billingreports.amazonaws.com",
    ]
    assert statement["Action"] == ["s3:GetBucketPolicy", "s3:PutObject"]
    whole, objects = statement["Resource"]
    assert objects == {"Fn::Join": ["", [whole, "/*"]]}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": PAYER}
    assert statement["Condition"]["StringLike"]["aws:SourceArn"] == [
        f"arn:aws:bcm-data-exports:us-east-1:{PAYER}:export/*",
        f"arn:aws:cur:us-east-1:{PAYER}:definition/*",
    ]


@pytest.mark.parametrize(
    ("region", "got"), [("eu-west-1", "eu-west-1"), (None, "known at deployment only")]
)
def test_fails_when_the_stack_is_not_in_us_east_1(region, got):
    with pytest.raises(ValueError, match=rf"kept in us-east-1 only, got .*{got}"):
        CostExport(stack(region), "Exports", destination=DESTINATION)


def test_fails_when_the_prefix_has_a_slash_at_an_end():
    with pytest.raises(ValueError, match="no slash at its ends, got 'a/'"):
        ExportBucket(stack(), "Exports", payer_account=PAYER, prefix="a/")


def test_an_export_waits_for_the_policy_of_a_bucket_of_its_stack():
    own = stack()
    exported = CostExport(own, "Export", destination=ExportBucket(own, "B", payer_account=PAYER))
    names = [each.node.path for each in exported.cur.obtain_dependencies()]
    assert names == ["Billing/B/Policy"]


def test_the_payer_account_has_no_function_and_no_data(billing):
    kinds = {resource["Type"] for resource in billing["Resources"].values()}
    assert kinds <= {"AWS::BCMDataExports::Export", "AWS::IAM::Role", "AWS::CDK::Metadata"}
