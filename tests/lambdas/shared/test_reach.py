import pytest

from shared.reach import Place, policy_fault, profile_fault, role_fault

PLACE = Place.of_function("arn:aws:lambda:eu-west-1:111122223333:function:finops-kill-switch")
POLICY = (
    "arn:aws:iam::111122223333:policy/finops/suspension/eu-west-1/"
    "finops-suspension-eu-west-1-writer"
)
PROFILE = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/ab12"
ROLE = "arn:aws:iam::111122223333:role/apps/writer"


def test_the_tenants_own_things_are_within_reach():
    assert Place(partition="aws", region="eu-west-1", account="111122223333") == PLACE
    assert profile_fault(PROFILE, PLACE) is None
    assert policy_fault(POLICY, PLACE, "writer") is None
    assert role_fault(ROLE, PLACE) is None


@pytest.mark.parametrize(
    "arn",
    [
        PROFILE.replace("eu-west-1", "eu-west-2"),
        PROFILE.replace("111122223333", "999999999999"),
        PROFILE.replace("application-inference-profile", "inference-profile"),
        PROFILE.replace("arn:aws:", "arn:aws-cn:"),
        f"{PROFILE}/x",
        f"{PROFILE}*",
        "",
    ],
)
def test_other_profiles_are_not(arn):
    assert profile_fault(arn, PLACE)


@pytest.mark.parametrize(
    "arn",
    [
        POLICY.replace("/eu-west-1/", "/eu-west-2/"),
        POLICY.replace("-writer", "-reader"),
        POLICY.replace("/finops/suspension/eu-west-1/", "/"),
        POLICY.replace("111122223333", "aws"),
        f"{POLICY}2",
        "arn:aws:iam::aws:policy/AdministratorAccess",
    ],
)
def test_other_policies_are_not(arn):
    assert policy_fault(arn, PLACE, "writer")


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::111122223333:role/finops/eu-west-1/switch",
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/x",
        "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/x",
        "arn:aws:iam::999999999999:role/apps/writer",
        "arn:aws:iam::111122223333:user/kim",
    ],
)
def test_the_guards_own_roles_and_aws_s_are_not(arn):
    assert role_fault(arn, PLACE)


def test_a_role_whose_path_only_looks_alike_is_within_reach():
    assert role_fault("arn:aws:iam::111122223333:role/finops-app/x", PLACE) is None
    assert role_fault("arn:aws:iam::111122223333:role/apps/finops/x", PLACE) is None
