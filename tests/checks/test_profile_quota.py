import pytest

from finops_constructs.checks.profile_quota import profile_quota
from finops_constructs.checks.rule import Severity

RULE = profile_quota(10)


def stack(profile, count):
    return {f"P{index}": profile() for index in range(count)}


def test_eighty_percent_of_the_quota_is_compliant(assembly, profile):
    assert RULE.find(assembly(stack(profile, 4), stack(profile, 4))) == []


@pytest.mark.parametrize(
    ("count", "severity"), [(9, Severity.WARNING), (10, Severity.WARNING), (11, Severity.ERROR)]
)
def test_fails_when_the_stacks_together_near_the_quota(assembly, profile, count, severity):
    (found,) = RULE.find(assembly(stack(profile, 5), stack(profile, count - 5)))
    assert found.severity is severity
    assert found.detail == f"{count} of 10 in account 111122223333, eu-west-1"


def test_each_region_has_its_own_quota(assembly, profile):
    app = assembly(stack(profile, 6), stack(profile, 6))
    app.templates[1].region = "eu-west-2"
    assert RULE.find(app) == []


def test_an_app_without_profiles_is_not_its_business(assembly):
    assert RULE.find(assembly({"Topic": {"Type": "AWS::SNS::Topic"}})) == []


def test_stacks_of_an_environment_known_only_at_deployment_count_together(assembly, profile):
    app = assembly(stack(profile, 5), stack(profile, 6), account=None, region=None)
    assert [f.detail for f in RULE.find(app)] == ["11 of 10 in account unknown, unknown Region"]
