import json
import re
from pathlib import Path

import pytest

from canary.settings import Settings
from finops_constructs.enforcement.canary import CANARY_ALIAS, PlatformCanary
from finops_constructs.enforcement.names import CANARY_TENANT
from shared import canary_tenant
from shared.registry import parse_registry
from tests.platform_under_test import by_id, platform_parts
from tests.stacks_under_test import resources

ROOT = Path(__file__).parents[2]
ARN = "arn:aws:lambda:eu-west-1:111122223333:function:finops-canary"
PARTS = ("**Means.**", "**See.**", "**Do.**", "**By hand.**", "**Worked.**")


@pytest.fixture(scope="module")
def stack():
    parts = platform_parts()
    PlatformCanary(
        parts.stack,
        "Canary",
        model="eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        meter=parts.meter,
        switch=parts.switch,
        alerts=parts.alerts,
    )
    return parts.stack


def flat(value):
    if isinstance(value, str):
        return value
    return "".join(p if isinstance(p, str) else "token" for p in value["Fn::Join"][1])


def alarms(stack):
    found = resources(stack, "AWS::CloudWatch::Alarm")
    return {key: each["Properties"] for key, each in found.items() if key.startswith("Canary")}


def test_the_functions_and_the_constructs_mean_the_same_tenant():
    assert (CANARY_TENANT, CANARY_ALIAS) == (
        canary_tenant.CANARY_TENANT,
        canary_tenant.CANARY_ALIAS,
    )


def test_its_entries_are_those_of_a_tenant_that_is_stopped_at_a_dollar(stack):
    entries = {
        flat(each["Properties"]["Name"]): flat(each["Properties"]["Value"])
        for key, each in resources(stack, "AWS::SSM::Parameter").items()
        if key.startswith("Canary")
    }
    registry = parse_registry(entries)
    assert registry.faults == ()
    policy = registry.policies[CANARY_TENANT]
    assert policy.mode == "enforce"
    assert policy.monthly_limit_usd == 1
    profile = registry.profiles[CANARY_TENANT][CANARY_ALIAS]
    assert profile.metered
    assert profile.price_as_of is None
    assert len(registry.callers[CANARY_TENANT]) == 1


def test_nobody_may_assume_its_role_and_the_switch_may_touch_it(stack):
    role = by_id(stack, "AWS::IAM::Role", "CanaryCaller")
    effects = {s["Effect"] for s in role["AssumeRolePolicyDocument"]["Statement"]}
    assert effects == {"Deny"}
    assert not role["Path"].startswith("/finops/")
    assert "Policies" not in role


def test_its_function_is_told_what_its_code_reads(stack):
    function = by_id(stack, "AWS::Lambda::Function", "CanaryFunction")
    variables = function["Environment"]["Variables"]
    settings = Settings.read({name: str(value) for name, value in variables.items()}, ARN)
    assert (settings.account, settings.region) == ("111122223333", "eu-west-1")
    assert function["Timeout"] > 240 + 120 + 2 * 120


def test_it_runs_daily_and_an_alarm_tells_if_it_does_not(stack):
    rule = by_id(stack, "AWS::Events::Rule", "CanarySchedule")
    assert re.fullmatch(r"cron\(\d+ \d+ \* \* \? \*\)", rule["ScheduleExpression"])
    missing = by_id(stack, "AWS::CloudWatch::Alarm", "CanaryCanaryNotRunning")
    assert missing["TreatMissingData"] == "breaching"
    assert missing["Period"] * missing["EvaluationPeriods"] == 30 * 3600


def test_every_hop_has_an_alarm_and_every_alarm_its_section(stack):
    names = {each["MetricName"] for each in alarms(stack).values()}
    assert names == {
        "CanaryFailed",
        "CanaryRuns",
        "CanaryMeteredSeconds",
        "CanaryStoppedSeconds",
        "CanaryResumedSeconds",
    }
    page = (ROOT / "docs" / "runbooks" / "canary.md").read_text(encoding="utf-8")
    for each in alarms(stack).values():
        path, _, section = each["AlarmDescription"].rpartition("Runbook: ")[2].partition("#")
        assert path == "docs/runbooks/canary.md"
        assert f"\n## {section}\n" in page


@pytest.mark.parametrize("page", ["guard.md", "canary.md"])
def test_every_section_says_what_it_means_how_to_see_do_do_by_hand_and_know(page):
    text = (ROOT / "docs" / "runbooks" / page).read_text(encoding="utf-8")
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        places = [section.find(part) for part in PARTS]
        assert -1 not in places, section.splitlines()[0]
        assert places == sorted(places)


@pytest.mark.parametrize("page", ["burst.md", "false-stop.md", "runaway-by-hand.md"])
def test_every_page_says_the_same_of_itself(page):
    text = (ROOT / "docs" / "runbooks" / page).read_text(encoding="utf-8")
    for part in ("**What it means.**", "**See it.**", "**Do", "**It worked when**"):
        assert part in text


def test_its_rights_are_to_look_to_log_and_to_order(stack):
    role = by_id(stack, "AWS::IAM::Role", "CanaryFunctionRole")
    text = json.dumps(role["Policies"])
    for action in ("TagResource", "AttachRolePolicy", "PutItem", "UpdateItem", "PutParameter"):
        assert action not in text
