"""SimulatePrincipalPolicy, as `finops drill` asks it."""

import json

import pytest

pytestmark = pytest.mark.emulator
PROFILE = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123"
TAG = "aws:ResourceTag/finops:state"


def policy(effect, **condition):
    statement = {"Effect": effect, "Action": "bedrock:InvokeModel*", "Resource": PROFILE}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def iam(emulator):
    return emulator.client("iam")


@pytest.fixture
def role(iam):
    made = iam.create_role(RoleName="canary", AssumeRolePolicyDocument="{}")
    unless_suspended = {"StringNotEquals": {TAG: "suspended"}}
    iam.put_role_policy(
        RoleName="canary", PolicyName="grant", PolicyDocument=policy("Allow", **unless_suspended)
    )
    yield made["Role"]["Arn"]
    iam.delete_role_policy(RoleName="canary", PolicyName="grant")
    iam.delete_role(RoleName="canary")


def simulate(iam, role, *, state=None, actions=("bedrock:InvokeModel",), **more):
    entry = {"ContextKeyName": TAG, "ContextKeyValues": [state], "ContextKeyType": "string"}
    answer = iam.simulate_principal_policy(
        PolicySourceArn=role,
        ActionNames=list(actions),
        ResourceArns=[PROFILE],
        ContextEntries=[entry] if state else [],
        **more,
    )
    return [
        (result["EvalActionName"], result["EvalDecision"]) for result in answer["EvaluationResults"]
    ]


def test_the_tag_in_the_request_decides_about_a_grant_that_asks_for_it(iam, role):
    actions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    decided = simulate(iam, role, actions=actions)
    assert decided == [(action, "allowed") for action in actions]
    assert simulate(iam, role, state="suspended")[0][1] == "implicitDeny"
    assert simulate(iam, role, state="active")[0][1] == "allowed"


def test_an_attached_deny_is_explicit_and_named(iam, role):
    arn = iam.create_policy(PolicyName="suspension", PolicyDocument=policy("Deny"))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="canary", PolicyArn=arn)
    answer = iam.simulate_principal_policy(
        PolicySourceArn=role, ActionNames=["bedrock:InvokeModel"], ResourceArns=[PROFILE]
    )
    (result,) = answer["EvaluationResults"]
    assert result["EvalDecision"] == "explicitDeny"
    assert [each["SourcePolicyId"] for each in result["MatchedStatements"]] == [arn]
    iam.detach_role_policy(RoleName="canary", PolicyArn=arn)
    iam.delete_policy(PolicyArn=arn)


def test_a_policy_given_with_the_request_counts_too(iam, role):
    assert simulate(iam, role, PolicyInputList=[policy("Deny")])[0][1] == "explicitDeny"


def test_a_role_that_is_not_there_and_an_action_that_is_none_are_refused(iam, role):
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        simulate(iam, role.replace("canary", "nobody"))
    with pytest.raises(iam.exceptions.InvalidInputException, match=r"invalid\.action"):
        simulate(iam, role, actions=["bedrock:Converse"])


@pytest.mark.parametrize("state", ["suspended", "active"])
def test_policies_alone_are_simulated_on_every_resource(iam, state):
    entry = {"ContextKeyName": TAG, "ContextKeyValues": [state], "ContextKeyType": "string"}
    documents = [
        policy("Allow").replace(PROFILE, "*"),
        policy("Deny", StringEquals={TAG: "suspended"}).replace(PROFILE, "*"),
    ]
    answer = iam.simulate_custom_policy(
        PolicyInputList=documents, ActionNames=["bedrock:InvokeModel"], ContextEntries=[entry]
    )
    (result,) = answer["EvaluationResults"]
    assert result["EvalResourceName"] == "*"
    assert result["EvalDecision"] == ("explicitDeny" if state == "suspended" else "allowed")
