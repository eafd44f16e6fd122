import pytest

from finops_constructs.checks.caller_standing_deny import CALLER_STANDING_DENY
from finops_constructs.enforcement.statements import GuardExemptions, standing_deny_statements

ROLE_ARN = "arn:aws:iam::111122223333:role/apps/writer-app"


@pytest.fixture
def deny():
    def build(kind="AWS::IAM::RolePolicy", tenants=("writer",), **attached):
        statements = standing_deny_statements(
            partition="aws", tenants=list(tenants), role_arn=ROLE_ARN, exempt=GuardExemptions()
        )
        return {
            "Type": kind,
            "Properties": {"PolicyDocument": {"Statement": statements}, **attached},
        }

    return build


@pytest.fixture
def tenant(entry, profile):
    def build(guard="enforce"):
        return {"P": profile(), "Policy": entry("writer/policy", guard=guard)}

    return build


@pytest.fixture
def grant(policy):
    return policy(Resource={"Fn::GetAtt": ["P", "InferenceProfileArn"]}, Roles=[{"Ref": "Role"}])


def test_a_registered_role_with_the_standing_deny_is_compliant(
    assembly, tenant, entry, deny, details
):
    caller = entry("writer/callers/1", role_arn=ROLE_ARN)
    stack = {**tenant(), "C": caller, "D": deny(RoleName="writer-app")}
    assert details(CALLER_STANDING_DENY, assembly(stack)) == {}


def test_fails_when_a_registered_role_has_no_standing_deny(assembly, tenant, entry, details):
    stack = {**tenant(), "C": entry("writer/callers/1", role_arn=ROLE_ARN)}
    assert details(CALLER_STANDING_DENY, assembly(stack)) == {
        "C": "role writer-app calls writer, whose guard is enforce"
    }


def test_fails_when_the_standing_deny_is_another_tenants(assembly, tenant, entry, deny, details):
    caller = entry("writer/callers/1", role_arn=ROLE_ARN)
    stack = {**tenant(), "C": caller, "D": deny(tenants=["chatbot"], RoleName="writer-app")}
    assert list(details(CALLER_STANDING_DENY, assembly(stack))) == ["C"]


def test_a_role_of_two_tenants_is_held_by_a_deny_that_names_both(
    assembly, tenant, entry, deny, details
):
    caller = entry("writer/callers/1", role_arn=ROLE_ARN, shared_with=["chatbot"])
    stack = {
        **tenant(),
        "C": caller,
        "D": deny(tenants=["chatbot", "writer"], RoleName="writer-app"),
    }
    assert details(CALLER_STANDING_DENY, assembly(stack)) == {}


def test_fails_when_a_granted_role_is_held_by_nothing(assembly, tenant, grant, details):
    stack = {**tenant(), "Role": {"Type": "AWS::IAM::Role"}, "Grant": grant}
    assert details(CALLER_STANDING_DENY, assembly(stack)) == {
        "Grant": "role ${Role} calls writer, whose guard is enforce"
    }


def test_a_granted_role_is_held_by_a_managed_policy(assembly, tenant, grant, deny, details):
    held = deny("AWS::IAM::ManagedPolicy", Roles=[{"Ref": "Role"}])
    stack = {**tenant(), "Role": {"Type": "AWS::IAM::Role"}, "Grant": grant, "D": held}
    assert details(CALLER_STANDING_DENY, assembly(stack)) == {}


def test_a_role_is_held_by_a_managed_policy_it_lists_itself(assembly, tenant, grant, deny, details):
    role = {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [{"Ref": "D"}]}}
    stack = {**tenant(), "Role": role, "Grant": grant, "D": deny("AWS::IAM::ManagedPolicy")}
    assert details(CALLER_STANDING_DENY, assembly(stack)) == {}


def test_a_role_made_under_a_name_is_the_role_of_that_arn(assembly, tenant, entry, deny, details):
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "writer-app"}}
    stack = {**tenant(), "Role": role, "D": deny(RoleName={"Ref": "Role"})}
    other = {"C": entry("writer/callers/1", role_arn=ROLE_ARN)}
    assert details(CALLER_STANDING_DENY, assembly(stack, other)) == {}


def test_a_role_of_the_same_name_in_another_account_is_another_role(
    assembly, tenant, entry, deny, details
):
    caller = entry("writer/callers/1", role_arn="arn:aws:iam::999999999999:role/writer-app")
    stack = {**tenant(), "C": caller, "D": deny(RoleName="writer-app")}
    assert list(details(CALLER_STANDING_DENY, assembly(stack))) == ["C"]


def test_an_observing_guard_is_not_its_business(assembly, tenant, entry, details):
    stack = {**tenant("observe"), "C": entry("writer/callers/1", role_arn=ROLE_ARN)}
    assert details(CALLER_STANDING_DENY, assembly(stack)) == {}


def test_another_tenants_enforcing_guard_says_nothing_of_this_one(assembly, tenant, entry, details):
    stack = {**tenant("observe"), "C": entry("writer/callers/1", role_arn=ROLE_ARN)}
    other = {"Other": entry("chatbot/policy", guard="enforce")}
    assert details(CALLER_STANDING_DENY, assembly(stack, other)) == {}


def test_fails_when_an_allow_looks_like_the_standing_deny(assembly, tenant, entry, policy, details):
    allow = policy(
        Resource="*",
        Condition={"StringNotEquals": {"aws:ResourceTag/finops:tenant": "writer"}},
        RoleName="writer-app",
    )
    stack = {**tenant(), "C": entry("writer/callers/1", role_arn=ROLE_ARN), "A": allow}
    assert list(details(CALLER_STANDING_DENY, assembly(stack))) == ["C"]


def test_a_guard_known_only_at_deployment_is_not_reported(assembly, tenant, entry, details):
    stack = {**tenant(), "C": entry("writer/callers/1", role_arn=ROLE_ARN)}
    parts = ['{"guard":"', {"Ref": "Guard"}, '"}']
    stack["Policy"]["Properties"]["Value"] = {"Fn::Join": ["", parts]}
    assert details(CALLER_STANDING_DENY, assembly(stack)) == {}


def test_a_role_arn_known_only_at_deployment_is_followed(assembly, tenant, entry, deny, details):
    caller = entry("writer/callers/1")
    parts = ['{"role_arn":"', {"Fn::GetAtt": ["Role", "Arn"]}, '"}']
    caller["Properties"]["Value"] = {"Fn::Join": ["", parts]}
    stack = {**tenant(), "Role": {"Type": "AWS::IAM::Role"}, "C": caller}
    assert list(details(CALLER_STANDING_DENY, assembly(stack))) == ["C"]
    stack["D"] = deny("AWS::IAM::ManagedPolicy", Roles=[{"Ref": "Role"}])
    assert details(CALLER_STANDING_DENY, assembly(stack)) == {}
