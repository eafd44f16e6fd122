import json

import pytest
from botocore.exceptions import ClientError

from local.testing import StackError, TestStack

pytestmark = pytest.mark.emulator
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def document(resource="*"):
    statement = {"Effect": "Deny", "Action": "bedrock:InvokeModel", "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def role_policy(role, name="finops-standing-deny-writer", resource="*"):
    properties = {"RoleName": role, "PolicyName": name, "PolicyDocument": document(resource)}
    return {"Type": "AWS::IAM::RolePolicy", "Properties": properties}


def managed_policy(name, resource="*", **more):
    properties = {
        "Path": "/finops/suspension/eu-west-1/",
        "ManagedPolicyName": name,
        "PolicyDocument": document(resource),
        **more,
    }
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}


@pytest.fixture
def iam(emulator):
    return emulator.client("iam")


@pytest.fixture
def role(iam, stack):
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=json.dumps(TRUST))
    yield "app"
    stack.delete()
    for attached in iam.list_attached_role_policies(RoleName="app")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="app", PolicyArn=attached["PolicyArn"])
    iam.delete_role(RoleName="app")


def inline(iam, role="app"):
    return iam.list_role_policies(RoleName=role)["PolicyNames"]


def attached(iam, role="app"):
    listed = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    return [item["PolicyName"] for item in listed]


def test_a_role_policy_is_put_on_a_role_that_exists_changed_renamed_and_removed(iam, role, stack):
    stack.apply({"D": role_policy(role)})
    stack.apply({"D": role_policy(role, resource="arn:aws:bedrock:*:*:x")})
    read = iam.get_role_policy(RoleName=role, PolicyName="finops-standing-deny-writer")
    assert read["PolicyDocument"]["Statement"][0]["Resource"] == "arn:aws:bedrock:*:*:x"
    stack.apply({"D": role_policy(role, name="renamed")})
    assert inline(iam) == ["renamed"]
    stack.delete()
    assert inline(iam) == []


def test_a_role_policy_on_a_role_that_does_not_exist_fails_and_names_the_role(stack):
    with pytest.raises(StackError, match="The role with name nobody cannot be found"):
        stack.apply({"D": role_policy("nobody")})


def test_a_role_policy_does_not_take_over_one_of_the_same_name(iam, role, stack):
    stack.apply({"D": role_policy(role)})
    with pytest.raises(StackError, match="already exists"):
        stack.apply({"D": role_policy(role), "E": role_policy(role)})
    assert inline(iam) == ["finops-standing-deny-writer"]


def test_inline_policies_beyond_what_iam_allows_a_role_are_refused(iam, role, stack):
    long = ["arn:aws:bedrock:*:*:" + "x" * 1000] * 11
    with pytest.raises(StackError, match="Maximum policy size of 10240 bytes exceeded"):
        stack.apply({"D": role_policy(role, resource=long)})
    with pytest.raises(ClientError, match="Maximum policy size"):
        iam.put_role_policy(
            RoleName=role, PolicyName="x", PolicyDocument=json.dumps(document(long))
        )


def test_an_inline_policy_resource_reaches_the_role_it_names(iam, role, stack):
    properties = {"PolicyName": "grant", "Roles": [role], "PolicyDocument": document()}
    stack.apply({"G": {"Type": "AWS::IAM::Policy", "Properties": properties}})
    assert inline(iam) == ["grant"]
    stack.delete()
    assert inline(iam) == []


def test_a_managed_policy_is_attached_to_the_roles_its_template_names(iam, role, stack):
    stack.apply({"P": managed_policy("deny", Roles=[role])})
    assert attached(iam) == ["deny"]
    stack.apply({"P": managed_policy("deny")})
    assert attached(iam) == []


def test_a_managed_policy_for_a_role_that_does_not_exist_fails(stack):
    with pytest.raises(StackError, match="The role with name nobody cannot be found"):
        stack.apply({"P": managed_policy("deny", Roles=["nobody"])})


def test_a_suspended_tenants_policy_cannot_be_deleted_until_it_is_detached(iam, role, stack):
    arn = stack.apply({"P": managed_policy("writer")}, arn={"Ref": "P"})["arn"]
    iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    with pytest.raises(ClientError) as refused:
        iam.delete_policy(PolicyArn=arn)
    assert refused.value.response["Error"]["Code"] == "DeleteConflict"
    with pytest.raises(StackError, match="Cannot delete a policy attached to entities"):
        stack.delete()
    iam.detach_role_policy(RoleName=role, PolicyArn=arn)
    stack.delete()
    assert iam.list_policies(Scope="Local", PathPrefix="/finops/")["Policies"] == []


def test_managed_policies_of_one_name_collide_whatever_their_path_region_and_case(emulator, stack):
    stack.apply({"P": managed_policy("writer")})
    other = TestStack(emulator, "other", region="eu-west-2")
    with pytest.raises(StackError, match="policy called Writer already exists"):
        other.apply({"P": managed_policy("Writer", Path="/elsewhere/")})
    other.delete()


def test_a_managed_policy_beyond_what_iam_allows_is_refused(stack):
    with pytest.raises(StackError, match="quota for PolicySize: 6144"):
        stack.apply({"P": managed_policy("long", resource=["arn:aws:" + "x" * 700] * 10)})


def test_a_role_cannot_be_deleted_while_a_policy_from_outside_is_attached(iam, stack):
    properties = {"RoleName": "made-here", "AssumeRolePolicyDocument": TRUST}
    role = {"Type": "AWS::IAM::Role", "Properties": properties}
    stack.apply({"R": role})
    made = iam.create_policy(PolicyName="outside", PolicyDocument=json.dumps(document()))
    arn = made["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="made-here", PolicyArn=arn)
    with pytest.raises(StackError, match="must detach all policies first"):
        stack.delete()
    iam.detach_role_policy(RoleName="made-here", PolicyArn=arn)
    stack.delete()
    iam.delete_policy(PolicyArn=arn)


@pytest.fixture
def ten_attached(iam, role):
    arns = [
        iam.create_policy(PolicyName=f"own-{number}", PolicyDocument=json.dumps(document()))[
            "Policy"
        ]["Arn"]
        for number in range(11)
    ]
    for arn in arns[:10]:
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    yield arns
    for arn in arns:
        for entity in iam.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]:
            iam.detach_role_policy(RoleName=entity["RoleName"], PolicyArn=arn)
        iam.delete_policy(PolicyArn=arn)


def test_a_role_takes_ten_managed_policies_and_refuses_the_eleventh(iam, role, stack, ten_attached):
    with pytest.raises(ClientError, match="quota for PoliciesPerRole: 10") as refused:
        iam.attach_role_policy(RoleName=role, PolicyArn=ten_attached[10])
    assert refused.value.response["Error"]["Code"] == "LimitExceeded"
    with pytest.raises(StackError, match="quota for PoliciesPerRole: 10"):
        stack.apply({"P": managed_policy("one-too-many", Roles=[role])})
    iam.attach_role_policy(RoleName=role, PolicyArn=ten_attached[0])
    assert len(attached(iam)) == 10
    iam.detach_role_policy(RoleName=role, PolicyArn=ten_attached[0])
    iam.attach_role_policy(RoleName=role, PolicyArn=ten_attached[10])


def test_a_policy_names_the_roles_it_is_attached_to(iam, role, ten_attached):
    listed = iam.list_entities_for_policy(PolicyArn=ten_attached[3], EntityFilter="Role")
    assert [entity["RoleName"] for entity in listed["PolicyRoles"]] == [role]
    assert iam.list_entities_for_policy(PolicyArn=ten_attached[10])["PolicyRoles"] == []


def test_a_policy_that_is_not_there_cannot_be_attached(iam, role):
    with pytest.raises(iam.exceptions.NoSuchEntityException, match="not attachable"):
        iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::111122223333:policy/gone")
    iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
