import json

import pytest
from aws_cdk import App
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from finops_constructs import ApplicationInferenceProfile, Guard, GuardExemptions, TenantGuard
from tests.stacks_under_test import SONNET, TAGS, flat, new_stack, only, resources

ROLE_ARN = "arn:aws:iam::111122223333:role/apps/writer-app"


def profile(stack, tenant="writer", **changes):
    return ApplicationInferenceProfile(
        stack,
        f"Smart-{tenant}",
        tenant=tenant,
        alias="smart",
        cost_tags=TAGS,
        model=SONNET,
        **changes,
    )


def new_role(stack, id="Role"):
    return iam.Role(stack, id, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def denies(stack):
    found = []
    for kind in ("AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
        for each in resources(stack, kind).values():
            statements = each["Properties"]["PolicyDocument"]["Statement"]
            if any(s.get("Sid") == "FinOpsBareModel" for s in statements):
                found.append((kind, each["Properties"]))
    return found


def callers(stack):
    return [
        json.loads(flat(each["Properties"]["Value"]))
        for each in resources(stack, "AWS::SSM::Parameter").values()
        if "/callers/" in each["Properties"]["Name"]
    ]


def test_a_role_made_in_cdk_is_registered_and_gets_the_standing_deny_as_a_managed_policy():
    stack = new_stack()
    profile(stack).grant_invoke(new_role(stack))
    ((kind, deny),) = denies(stack)
    assert kind == "AWS::IAM::ManagedPolicy"
    assert deny["Path"] == "/finops/standing-deny/eu-west-1/"
    assert flat(deny["Roles"][0]).startswith("${Role")
    (caller,) = callers(stack)
    assert caller["tenant"] == "writer"
    assert caller["role_arn"].endswith("Arn}")


def test_a_role_given_by_its_arn_gets_the_standing_deny_inline():
    stack = new_stack()
    profile(stack).grant_invoke(iam.Role.from_role_arn(stack, "App", ROLE_ARN))
    ((kind, deny),) = denies(stack)
    assert kind == "AWS::IAM::RolePolicy"
    assert deny["RoleName"] == "writer-app"
    assert deny["PolicyName"] == "finops-standing-deny-eu-west-1-writer"
    assert callers(stack)[0]["role_arn"] == ROLE_ARN


def test_a_construct_that_runs_as_a_role_can_be_granted():
    stack = new_stack()
    function = lambda_.Function(
        stack,
        "Fn",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(e, c): pass"),
    )
    grant = profile(stack).grant_invoke(function)
    assert grant.success
    assert len(denies(stack)) == 1


def test_several_grants_to_one_role_register_it_once():
    stack = new_stack()
    role = new_role(stack)
    first = profile(stack)
    first.grant_invoke(role)
    ApplicationInferenceProfile(
        stack,
        "Fast",
        tenant="writer",
        alias="fast",
        cost_tags=TAGS,
        model="eu.amazon.nova-lite-v1:0",
    ).grant_invoke(role)
    assert len(callers(stack)) == len(denies(stack)) == 1


def test_with_guard_observe_nothing_is_denied_and_the_caller_is_still_registered():
    stack = new_stack()
    profile(stack, guard="observe").grant_invoke(new_role(stack))
    assert denies(stack) == []
    assert len(callers(stack)) == 1


def test_a_role_of_another_stack_is_held_in_that_stack():
    app = App()
    models, apps = new_stack("Models", app=app), new_stack("Apps", app=app)
    role = new_role(apps)
    profile(models).grant_invoke(role)
    assert len(denies(apps)) == len(callers(apps)) == 1
    assert denies(models) == []
    assert only(apps, "Custom::FinOpsTenantRelease")["RoleNames"] == [
        {"Ref": next(iter(resources(apps, "AWS::IAM::Role")))}
    ]


def test_the_release_comes_before_everything_it_lets_go_of():
    stack = new_stack()
    profile(stack).grant_invoke(new_role(stack))
    (release,) = resources(stack, "Custom::FinOpsTenantRelease").values()
    depends = set(release["DependsOn"])
    for kind in (
        "AWS::Bedrock::ApplicationInferenceProfile",
        "AWS::IAM::ManagedPolicy",
        "AWS::SSM::Parameter",
    ):
        assert set(resources(stack, kind)) <= depends
    assert {
        name for name in resources(stack, "AWS::IAM::Role") if name.startswith("Role")
    } <= depends
    assert release["Properties"]["Owner"] == "true"


def test_the_release_function_may_detach_one_policy_only():
    stack = new_stack()
    profile(stack)
    (policy,) = [
        p["Properties"]
        for p in resources(stack, "AWS::IAM::RolePolicy").values()
        if p["Properties"]["PolicyName"] == "release-writer"
    ]
    (detach,) = [
        s for s in policy["PolicyDocument"]["Statement"] if s["Action"] == "iam:DetachRolePolicy"
    ]
    assert flat(detach["Condition"]["ArnEquals"]["iam:PolicyARN"]).endswith(
        "policy/finops/suspension/eu-west-1/finops-suspension-eu-west-1-writer"
    )


def test_a_shared_role_may_call_both_tenants_and_says_so_in_the_registry():
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "App", ROLE_ARN)
    profile(stack).grant_invoke(role, shared_with=["chat"])
    ((_, deny),) = denies(stack)
    (foreign,) = [
        s for s in deny["PolicyDocument"]["Statement"] if s["Sid"] == "FinOpsForeignProfile"
    ]
    assert foreign["Condition"] == {
        "StringNotEquals": {"aws:ResourceTag/finops:tenant": ["writer", "chat"]}
    }
    assert callers(stack)[0]["shared_with"] == ["chat"]


def test_fails_when_a_role_is_granted_with_two_different_shares():
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "App", ROLE_ARN)
    smart = profile(stack)
    smart.grant_invoke(role)
    with pytest.raises(ValueError, match="shared_with"):
        smart.grant_invoke(role, shared_with=["chat"])


def test_fails_when_a_role_is_shared_with_what_can_be_no_tenant():
    stack = new_stack()
    with pytest.raises(ValueError, match=r"Role: tenant must be 2 to 32 .*, got 'Chat Bot'"):
        profile(stack).grant_invoke(new_role(stack), shared_with=["Chat Bot"])


def test_fails_when_the_role_is_of_another_account():
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "App", "arn:aws:iam::999922223333:role/app")
    with pytest.raises(
        ValueError, match="role of account 999922223333, this stack is in 111122223333"
    ):
        profile(stack).grant_invoke(role)


@pytest.mark.parametrize(
    "grantee",
    [
        lambda stack: iam.User(stack, "User"),
        lambda stack: iam.Group(stack, "Group"),
        lambda _: iam.ServicePrincipal("lambda.amazonaws.com"),
        lambda _: iam.AccountPrincipal("111122223333"),
    ],
)
def test_fails_when_the_grantee_is_no_role(grantee):
    stack = new_stack()
    with pytest.raises(ValueError, match="must be an IAM role"):
        profile(stack).grant_invoke(grantee(stack))


def test_fails_when_two_constructs_of_a_tenant_disagree_about_the_guard():
    stack = new_stack()
    profile(stack, guard=Guard.OBSERVE)
    with pytest.raises(ValueError, match=r"guard 'enforce' for tenant 'writer'.*'observe'"):
        TenantGuard.of(stack, "writer", guard=Guard.ENFORCE)


def test_fails_when_exemptions_come_after_a_grant():
    stack = new_stack()
    profile(stack).grant_invoke(new_role(stack))
    with pytest.raises(ValueError, match="before the first grant"):
        TenantGuard.of(stack, "writer").exempt(GuardExemptions(mantle=True))


def test_fails_when_a_tenant_has_more_profiles_than_one_policy_can_name():
    guard = TenantGuard.of(new_stack(), "writer")
    arn = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/"
    for number in range(56):
        guard.own_profile(f"{arn}{number}")
    with pytest.raises(ValueError, match="more than one suspension policy holds"):
        guard.own_profile(f"{arn}59")
