"""The constructs in stacks that learn account and Region at deployment only."""

import json

import cdk_nag
import pytest
from aws_cdk import App, Stack, Validations
from cfnlint import api as cfnlint

from finops_constructs import (
    AlertKey,
    AlertTopic,
    ApplicationInferenceProfile,
    BurstAlarm,
    CostBudget,
    InvocationLogging,
    KillSwitch,
    SpendMeter,
    WakeQueue,
)
from finops_constructs.enforcement.guard_alarms import GuardAlarms
from finops_constructs.enforcement.platform_release import PlatformRelease
from tests.stacks_under_test import SONNET, TAGS


def define_platform(stack):
    key = AlertKey(stack, "Key").key
    queue = WakeQueue(stack, "Queue")
    alerts = AlertTopic(stack, "Alerts", key=key, wake=False)
    meter = SpendMeter(stack, "Meter", wake_queue=queue, encryption_key=key)
    InvocationLogging(stack, "Logging", log_group=meter.log_group)
    switch = KillSwitch(
        stack, "Switch", wake_queue=queue, meter=meter, alerts=alerts, cost_account="444455556666"
    )
    PlatformRelease(stack, "Release", switch=switch)
    GuardAlarms(stack, "Guard", meter=meter, switch=switch, wake_queue=queue, alerts=alerts)


def define_tenant(stack):
    budget = CostBudget(
        stack,
        "Budget",
        tenant="writer",
        cost_tags=TAGS,
        monthly_limit_usd=500,
        alerts=AlertTopic(stack, "Alerts"),
    )
    profile = ApplicationInferenceProfile(
        stack, "Smart", tenant="writer", alias="smart", cost_tags=TAGS, model=SONNET
    )
    BurstAlarm(stack, "Burst", profile=profile, budget=budget)


@pytest.fixture(scope="module")
def assembly(tmp_path_factory):
    out = tmp_path_factory.mktemp("assembly")
    app = App(outdir=str(out), builtin_cloud_formation_validation=False)
    define_platform(Stack(app, "Platform"))
    define_tenant(Stack(app, "Tenant"))
    Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(), cdk_nag.NIST80053R5Checks())
    app.synth()
    return out


@pytest.mark.parametrize("stack", ["Platform", "Tenant"])
def test_cfn_lint_finds_no_error_and_no_unknown_iam_action(assembly, stack):
    template = (assembly / f"{stack}.template.json").read_text()
    matches = cfnlint.lint(template, ["eu-west-1"])
    assert [str(m) for m in matches if m.rule.id.startswith("E") or m.rule.id == "W3037"] == []


def test_cdk_nag_finds_nothing_without_a_reason(assembly):
    report = json.loads((assembly / "validation-report.json").read_text())
    assert {each["conclusion"] for each in report["pluginReports"]} == {"success"}


def test_the_burst_alarm_is_named_after_the_region_it_is_deployed_in(assembly):
    template = json.loads((assembly / "Tenant.template.json").read_text())
    (name,) = [
        r["Properties"]["AlarmName"]
        for r in template["Resources"].values()
        if r["Type"] == "AWS::CloudWatch::Alarm"
    ]
    assert name == {"Fn::Join": ["", ["finops-burst-", {"Ref": "AWS::Region"}, "-writer-smart"]]}
