import pytest

from finops_constructs.enforcement.platform_release import PlatformRelease
from tests.platform_under_test import by_id, platform_parts
from tests.stacks_under_test import resources

RELEASE = "Custom::FinOpsPlatformRelease"


@pytest.fixture(scope="module")
def stack():
    parts = platform_parts()
    PlatformRelease(parts.stack, "Release", switch=parts.switch)
    return parts.stack


@pytest.fixture(scope="module")
def template(stack):
    return {
        logical_id: resource
        for kind in (
            RELEASE,
            "AWS::DynamoDB::Table",
            "AWS::Events::Rule",
            "AWS::IAM::Role",
            "AWS::Lambda::EventSourceMapping",
            "AWS::Lambda::Function",
            "AWS::Lambda::Url",
        )
        for logical_id, resource in resources(stack, kind).items()
    }


def depends_on(template, logical_id):
    return template[logical_id].get("DependsOn", [])


def the_release(template):
    (found,) = [k for k, r in template.items() if r["Type"] == RELEASE]
    return found


@pytest.mark.parametrize(
    "prefix", ["SwitchWakeUps", "SwitchSchedule", "SwitchChanges", "SwitchReconciled"]
)
def test_what_calls_the_switch_is_deleted_before_the_tenants_are_let_go_of(template, prefix):
    (source,) = [k for k in template if k.startswith(prefix)]
    assert the_release(template) in depends_on(template, source)


@pytest.mark.parametrize("prefix", ["SwitchState", "SwitchFunction", "SwitchCommands"])
def test_functions_and_state_are_deleted_afterwards(template, prefix):
    needed = depends_on(template, the_release(template))
    assert [each for each in needed if each.startswith(prefix)]


def test_the_switch_can_be_kept_from_running_again(stack):
    properties = by_id(stack, RELEASE, "Release")
    assert properties["KillSwitchFunctionName"]["Ref"].startswith("SwitchFunction")
    assert properties["SuspensionPolicyPath"] == "/finops/suspension/eu-west-1/"


def test_cloudformation_waits_longer_than_the_function_may_take(stack):
    function = by_id(stack, "AWS::Lambda::Function", "ReleaseFunction")
    assert by_id(stack, RELEASE, "Release")["ServiceTimeout"] > function["Timeout"]


def test_teardown_depends_on_no_layer(stack):
    function = by_id(stack, "AWS::Lambda::Function", "ReleaseFunction")
    assert "Layers" not in function
    assert function["Handler"] == "platform_release.handler.handler"
