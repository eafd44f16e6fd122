import pytest

from finops_constructs.operations.drill_report import Verdict
from finops_constructs.operations.verdicts import role_verdict
from tests.operations.fake_aws import PREFIX, ROLE, FakeAws, denied

PROFILES = [f"{PREFIX}fast", f"{PREFIX}smart"]


@pytest.fixture
def aws():
    return FakeAws()


def _verdict(aws):
    check = role_verdict(aws.client("iam"), role_arn=ROLE, tenant="writer", profile_arns=PROFILES)
    assert check.name == "role writer-app is refused a suspended profile"
    return check.verdict, check.detail


def test_a_role_refused_when_suspended_and_allowed_when_active_holds(aws):
    verdict, detail = _verdict(aws)
    assert verdict is Verdict.HELD
    assert detail == "allowed on 2 of 2 while active, on none suspended"


def test_a_role_granted_one_alias_only_holds_for_that_one(aws):
    aws.simulate = lambda state, arn: (
        "allowed" if state == "active" and arn.endswith("smart") else "implicitDeny"
    )
    assert _verdict(aws) == (Verdict.HELD, "allowed on 1 of 2 while active, on none suspended")


def test_a_role_still_allowed_on_one_profile_fails_and_names_it(aws):
    aws.simulate = lambda state, arn: (
        "allowed" if state == "active" or arn.endswith("smart") else "explicitDeny"
    )
    verdict, detail = _verdict(aws)
    assert verdict is Verdict.FAILED
    assert f"still allowed on {PREFIX}smart" in detail


def test_a_simulator_that_does_not_heed_tags_proves_nothing_either_way(aws):
    aws.simulate = lambda *_: "allowed"
    aws.heeds_tags = False
    verdict, detail = _verdict(aws)
    assert verdict is Verdict.NOT_AVAILABLE
    assert "does not heed aws:ResourceTag" in detail


def test_a_simulator_that_cannot_be_checked_is_not_believed_when_it_allows(aws):
    aws.simulate = lambda *_: "allowed"
    aws.failing["simulate_custom_policy"] = denied("iam:SimulateCustomPolicy")
    verdict, detail = _verdict(aws)
    assert verdict is Verdict.NOT_AVAILABLE
    assert "could not be checked" in detail


def test_a_refusal_to_simulate_is_not_available_with_the_reason(aws):
    aws.failing["simulate_principal_policy"] = denied("iam:SimulatePrincipalPolicy")
    verdict, detail = _verdict(aws)
    assert verdict is Verdict.NOT_AVAILABLE
    assert "iam:SimulatePrincipalPolicy" in detail


def test_a_role_that_may_call_nothing_anyway_proves_nothing(aws):
    aws.simulate = lambda *_: "implicitDeny"
    verdict, detail = _verdict(aws)
    assert verdict is Verdict.NOT_AVAILABLE
    assert "none of the tenant's profiles" in detail


def test_a_question_left_unanswered_is_not_taken_for_a_refusal(aws):
    client = aws.client("iam")
    whole = client._simulate_principal_policy

    def half(**arguments):
        return {"EvaluationResults": whole(**arguments)["EvaluationResults"][:2]}

    client._simulate_principal_policy = half
    check = role_verdict(client, role_arn=ROLE, tenant="writer", profile_arns=PROFILES)
    assert check.verdict is Verdict.NOT_AVAILABLE
    assert check.detail == "the simulator left out 2 of 4 questions"
