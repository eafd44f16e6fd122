"""What happens to a deployed tenant: another model, suspension, teardown, recreation."""

import json
import shutil

import pytest

from finops_constructs.estate.reader import read_tenants
from finops_constructs.stacks.organisation import build_app
from local.cdk import Cdk
from local.emulator import Emulator
from tests.organisation_under_test import folder, tenant

pytestmark = pytest.mark.emulator
REGION = "eu-west-1"
NOVA = "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.amazon.nova-lite-v1:0"
TRUST = {"Version": "2012-10-17", "Statement": []}


@pytest.fixture(scope="module")
def aws():
    with Emulator() as emulator:
        iam = emulator.client("iam")
        iam.create_role(
            RoleName="writer-app", Path="/apps/", AssumeRolePolicyDocument=json.dumps(TRUST)
        )
        yield emulator


@pytest.fixture(scope="module")
def cdk(aws, tmp_path_factory):
    cli = Cdk(aws, tmp_path_factory.mktemp("logs"), show=False)
    cli.bootstrap([REGION])
    return cli


@pytest.fixture
def deploy(cdk, tmp_path):
    def run(*tenants):
        shutil.rmtree(tmp_path / "cdk.out", ignore_errors=True)
        build_app(folder(*tenants), outdir=str(tmp_path / "cdk.out")).synth()
        cdk.deploy(tmp_path / "cdk.out")
        return tmp_path / "cdk.out"

    return run


def found(aws):
    return {each.id: each for each in read_tenants(aws.client, [REGION])}


def test_a_tenant_gets_another_model_is_suspended_destroyed_and_created_again(aws, cdk, deploy):
    first = tenant(guard="enforce")
    deploy(first)
    before = found(aws)["writer"]
    assert before.problems == []

    models = {
        "smart": {"model": "eu.anthropic.claude-sonnet-5-5"},
        "fast": {"model": "eu.amazon.nova-lite-v1:0"},
    }
    deploy(tenant(guard="enforce", models=models))
    after = found(aws)["writer"]
    assert after.problems == []
    assert after.entries["smart"]["profile_arn"] != before.entries["smart"]["profile_arn"]
    assert after.entries["fast"]["profile_arn"] == before.entries["fast"]["profile_arn"]
    assert after.entries["smart"]["model_source"] == "eu.anthropic.claude-sonnet-5-5"

    iam = aws.client("iam")
    suspension = after.policy["suspension_policy_arn"]
    iam.attach_role_policy(RoleName="writer-app", PolicyArn=suspension)
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_policy(PolicyArn=suspension)
    assembly = deploy(tenant(guard="enforce", models=models))
    assert attached(iam) == [suspension], "a redeploy must not lift a suspension"

    cdk.destroy(assembly, "finops-writer")
    assert found(aws) == {}
    assert attached(iam) == []
    assert iam.list_role_policies(RoleName="writer-app")["PolicyNames"] == []
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_policy(PolicyArn=suspension)

    deploy(first)
    assert found(aws)["writer"].problems == []


def attached(iam):
    policies = iam.list_attached_role_policies(RoleName="writer-app")["AttachedPolicies"]
    return [policy["PolicyArn"] for policy in policies]


def test_an_adopted_profile_and_budget_are_tagged_and_outlive_their_tenant(aws, cdk, deploy):
    bedrock, budgets = aws.client("bedrock", REGION), aws.client("budgets", "us-east-1")
    arn = bedrock.create_inference_profile(
        inferenceProfileName="old-chat",
        modelSource={"copyFrom": NOVA},
    )["inferenceProfileArn"]
    budgets.create_budget(
        AccountId=aws.account,
        Budget={
            "BudgetName": "old-budget",
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "500", "Unit": "USD"},
        },
    )
    assembly = deploy(
        tenant(
            "chat",
            callers=[],
            models={"smart": {"model": "eu.amazon.nova-lite-v1:0", "profile_arn": arn}},
            budget={"monthly_limit_usd": "500", "adopt_budget": "old-budget"},
        )
    )
    chat = found(aws)["chat"]
    assert [profile.arn for profile in chat.profiles] == [arn]
    assert chat.profiles[0].tags["bedrock:tool"] == "chat"
    assert chat.budget.name == "old-budget"

    cdk.destroy(assembly, "finops-chat")
    tags = bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
    assert {tag["key"] for tag in tags} == {
        "bedrock:tool",
        "bedrock:project",
        "bedrock:environment",
    }
    assert budgets.describe_budget(AccountId=aws.account, BudgetName="old-budget")["Budget"]


def test_a_profile_that_no_policy_guards_is_reported_as_unguarded(aws, cdk, deploy):
    bedrock = aws.client("bedrock", REGION)
    bedrock.create_inference_profile(
        inferenceProfileName="stray",
        modelSource={"copyFrom": NOVA},
        tags=[{"key": "finops:tenant", "value": "nobody"}],
    )
    problems = found(aws)["nobody"].problems
    assert problems[0].startswith("unguarded: no policy entry")
