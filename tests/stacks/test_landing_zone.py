import json

import pytest

from finops_constructs.stacks.organisation import build_app
from tests.organisation_under_test import folder, tenant

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ZONE = {
    "permissions_boundary": "platform/bank-boundary",
    "role_path": "/bank/finops/",
    "name_prefix": "eb-",
    "cdk_qualifier": "bankcdk",
    "mandatory_tags": {"data-class": "internal"},
    "environments": [
        {
            "account": "111122223333",
            "region": "eu-west-1",
            "kms_key_arn": KEY,
            "vpc": {"subnet_ids": ["subnet-0a1b2c3d"], "security_group_ids": ["sg-0a1b2c3d"]},
        }
    ],
}
SLACK = {"slack": [{"workspace_id": "T0EXAMPLE", "channel_id": "C0EXAMPLE"}]}


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    out = tmp_path_factory.mktemp("landing-zone")
    config = folder(tenant(guard="enforce", alerts=SLACK), landing_zone=ZONE, alerts=SLACK)
    build_app(config, outdir=str(out)).synth()
    return [json.loads(path.read_text()) for path in sorted(out.glob("*.template.json"))]


def every(templates, kind):
    found = [
        r["Properties"] for t in templates for r in t["Resources"].values() if r["Type"] == kind
    ]
    assert found
    return found


def test_every_role_is_bounded_placed_and_named_as_demanded(templates):
    for role in every(templates, "AWS::IAM::Role"):
        assert (
            role["PermissionsBoundary"] == "arn:aws:iam::111122223333:policy/platform/bank-boundary"
        )
        # The self-test's role lies beside the others, where the kill switch may stop it.
        assert role["Path"] in {"/bank/finops/eu-west-1/", "/bank/finops-canary/"}
        assert role["RoleName"].startswith("eb-")
        assert len(role["RoleName"]) <= 64


def test_every_function_runs_in_the_vpc_and_is_named_as_demanded(templates):
    for function in every(templates, "AWS::Lambda::Function"):
        assert function["VpcConfig"] == {
            "SubnetIds": ["subnet-0a1b2c3d"],
            "SecurityGroupIds": ["sg-0a1b2c3d"],
        }
        assert function["FunctionName"].startswith("eb-")


def test_the_role_of_a_function_in_a_vpc_may_make_its_network_interfaces(templates):
    assert "ec2:CreateNetworkInterface" in json.dumps(every(templates, "AWS::IAM::Role"))


@pytest.mark.parametrize(
    "kind",
    ["AWS::IAM::Role", "AWS::Lambda::Function", "AWS::SNS::Topic", "AWS::SQS::Queue"],
)
def test_everything_that_takes_tags_has_the_mandatory_ones(templates, kind):
    for each in every(templates, kind):
        assert {"Key": "data-class", "Value": "internal"} in each["Tags"]


def test_profiles_have_the_mandatory_tags_beside_their_cost_tags(templates):
    for each in every(templates, "AWS::Bedrock::ApplicationInferenceProfile"):
        assert {"Key": "data-class", "Value": "internal"} in each["Tags"]


def test_an_existing_key_gets_the_alias_and_no_key_is_defined(templates):
    kinds = [r["Type"] for t in templates for r in t["Resources"].values()]
    assert "AWS::KMS::Key" not in kinds
    (alias,) = every(templates, "AWS::KMS::Alias")
    assert (alias["AliasName"], alias["TargetKeyId"]) == (
        "alias/finops",
        KEY,
    )


def test_assets_go_through_the_bootstrap_stack_of_the_qualifier(templates):
    for template in templates:
        version = template["Parameters"]["BootstrapVersion"]["Default"]
        assert version == "/cdk-bootstrap/bankcdk/version"
