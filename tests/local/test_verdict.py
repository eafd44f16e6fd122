"""What AWS would say, read from what the emulator holds."""

import json

import pytest

from local.simulator import Simulator
from local.token_usage import TokenUsage
from local.traffic import CallRefusedError, Traffic
from local.verdict import call_verdict
from tests.local.model_calls import metric

pytestmark = pytest.mark.emulator
SOURCE = "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.amazon.nova-lite-v1:0"
MODELS = "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0"
TRUST = {"Version": "2012-10-17", "Statement": []}


def policy(effect, resources, **condition):
    statement = {"Effect": effect, "Action": "bedrock:InvokeModel*", "Resource": resources}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def simulator():
    with Simulator() as running:
        yield running


@pytest.fixture
def iam(emulator):
    return emulator.client("iam")


@pytest.fixture
def profile(emulator):
    bedrock = emulator.client("bedrock")
    made = bedrock.create_inference_profile(
        inferenceProfileName="judged", modelSource={"copyFrom": SOURCE}
    )
    yield made["inferenceProfileArn"]
    bedrock.delete_inference_profile(inferenceProfileIdentifier=made["inferenceProfileArn"])


@pytest.fixture
def role(iam, profile):
    made = iam.create_role(
        RoleName="judged-app", Path="/apps/", AssumeRolePolicyDocument=json.dumps(TRUST)
    )
    unless_suspended = {"StringNotEquals": {"aws:ResourceTag/finops:state": "suspended"}}
    iam.put_role_policy(
        RoleName="judged-app",
        PolicyName="grant",
        PolicyDocument=policy("Allow", profile, **unless_suspended),
    )
    iam.put_role_policy(
        RoleName="judged-app",
        PolicyName="models",
        PolicyDocument=policy("Allow", [SOURCE, MODELS]),
    )
    yield made["Role"]["Arn"]
    for attached in iam.list_attached_role_policies(RoleName="judged-app")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="judged-app", PolicyArn=attached["PolicyArn"])
        iam.delete_policy(PolicyArn=attached["PolicyArn"])
    for name in ("grant", "models"):
        iam.delete_role_policy(RoleName="judged-app", PolicyName=name)
    iam.delete_role(RoleName="judged-app")


@pytest.fixture
def judge(emulator, simulator, role, profile):
    def run():
        return call_verdict(emulator.client, simulator, role_arn=role, profile_arn=profile)

    return run


def test_a_tag_on_the_profile_takes_the_grant_away_and_gives_it_back(emulator, judge, profile):
    bedrock = emulator.client("bedrock")
    assert judge().allowed
    bedrock.tag_resource(resourceARN=profile, tags=[{"key": "finops:state", "value": "suspended"}])
    suspended = judge()
    assert suspended.decision == "ImplicitlyDenied"
    assert [refusal.resource for refusal in suspended.refusals] == [profile]
    bedrock.untag_resource(resourceARN=profile, tagKeys=["finops:state"])
    assert judge().allowed


def test_a_call_that_aws_would_refuse_is_not_sent(emulator, simulator, role, profile):
    traffic = Traffic(emulator, simulator)
    traffic.call(role, profile, TokenUsage(input=5))
    emulator.client("bedrock").tag_resource(
        resourceARN=profile, tags=[{"key": "finops:state", "value": "suspended"}]
    )
    with pytest.raises(CallRefusedError) as refused:
        traffic.call(role, profile, TokenUsage(input=7))
    assert refused.value.verdict.decision == "ImplicitlyDenied"
    assert metric(emulator, "InputTokenCount", profile.rpartition("/")[2]) == 5


def test_an_attached_deny_is_named_as_what_refuses_the_call(iam, judge, profile):
    made = iam.create_policy(
        PolicyName="finops-suspension-judged",
        Path="/finops/suspension/",
        PolicyDocument=policy("Deny", profile),
    )
    arn = made["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="judged-app", PolicyArn=arn)
    verdict = judge()
    assert verdict.decision == "ExplicitlyDenied"
    assert [refusal.denied_by for refusal in verdict.refusals] == [(arn,)]


def test_a_permissions_boundary_that_allows_nothing_refuses_the_call(iam, judge):
    nothing = policy("Allow", "arn:aws:bedrock:eu-west-1:111122223333:guardrail/x")
    made = iam.create_policy(PolicyName="boundary", PolicyDocument=nothing)
    arn = made["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="judged-app", PermissionsBoundary=arn)
    assert judge().decision == "ImplicitlyDenied"
    iam.delete_role_permissions_boundary(RoleName="judged-app")
    iam.delete_policy(PolicyArn=arn)
    assert judge().allowed
