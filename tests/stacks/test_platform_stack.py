import json
import re

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from cross_check.settings import Settings as CrossCheckSettings
from finops_constructs._function_code import function_code_path
from finops_constructs.estate.standing_cost import standing_cost, total
from finops_constructs.stacks.platform_stack import PlatformStack
from kill_switch.settings import Settings as SwitchSettings
from spend_meter.settings import Settings as MeterSettings
from tests.organisation_under_test import ACCOUNT, platform
from tests.platform_under_test import by_id
from tests.stacks_under_test import flat, only, resources

CODE = function_code_path()
FUNCTION = "AWS::Lambda::Function"
ARN = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:finops-kill-switch"


def stack(region="eu-west-1", **changes):
    return PlatformStack(
        App(builtin_cloud_formation_validation=False),
        f"finops-platform-{ACCOUNT}-{region}",
        platform=platform(**changes),
        account=ACCOUNT,
        region=region,
    )


@pytest.fixture(scope="module")
def deployed():
    return stack()


def functions(of):
    return {
        each["Properties"]["Handler"].split(".")[0]: each["Properties"]
        for each in resources(of, FUNCTION).values()
    }


def environment(of, package):
    variables = functions(of)[package]["Environment"]["Variables"]
    return {name: flat(value) for name, value in variables.items()}


def test_a_platform_is_meter_switch_logging_release_and_what_watches_them(deployed):
    template = Template.from_stack(deployed)
    assert set(functions(deployed)) == {
        "commands",
        "cross_check",
        "dashboard",
        "invocation_logging",
        "kill_switch",
        "platform_release",
        "spend_meter",
    }
    template.resource_count_is("AWS::DynamoDB::Table", 2)
    template.resource_count_is("AWS::SQS::Queue", 3)
    template.resource_count_is("AWS::CloudWatch::Dashboard", 1)
    template.resource_count_is("AWS::KMS::Key", 1)
    template.resource_count_is("Custom::FinOpsInvocationLogging", 1)
    template.resource_count_is("Custom::FinOpsPlatformRelease", 1)


def test_each_function_is_told_what_its_code_reads(deployed):
    MeterSettings.read(environment(deployed, "spend_meter"))
    CrossCheckSettings.read(environment(deployed, "cross_check"))
    SwitchSettings.read(environment(deployed, "kill_switch"), ARN)


@pytest.mark.parametrize("package", ["commands", "kill_switch", "spend_meter", "cross_check"])
def test_every_variable_that_a_functions_code_names_is_set(deployed, package):
    code = "".join(path.read_text() for path in (CODE / package).glob("*.py"))
    named = set(re.findall(r"environ(?:ment)?\[\"([A-Z_]+)\"\]", code))
    assert named
    assert named <= set(environment(deployed, package))


@pytest.mark.parametrize(
    ("package", "service"),
    [
        ("spend_meter", "spend-meter"),
        ("cross_check", "cross-check"),
        ("kill_switch", "kill-switch"),
        ("commands", "commands"),
    ],
)
def test_metrics_carry_the_service_that_the_alarms_look_for(deployed, package, service):
    told = environment(deployed, package)
    assert told["POWERTOOLS_SERVICE_NAME"] == service
    assert told["POWERTOOLS_METRICS_NAMESPACE"] == "FinOpsConstructs"


def test_functions_of_the_guard_have_names_that_the_standing_deny_knows(deployed):
    for package in ("spend_meter", "cross_check", "kill_switch", "commands"):
        assert functions(deployed)[package]["FunctionName"] == f"finops-{package.replace('_', '-')}"


def test_custom_resources_use_no_layer_and_the_others_the_one_of_the_region(deployed):
    with_layer = {name for name, f in functions(deployed).items() if "Layers" in f}
    assert with_layer == {"commands", "cross_check", "dashboard", "kill_switch", "spend_meter"}


def test_the_layer_is_a_setting_of_the_platform():
    own = "arn:aws:lambda:{region}:111122223333:layer:powertools:7"
    of = stack(functions={"powertools_layer_arn": own})
    assert functions(of)["kill_switch"]["Layers"] == [own.replace("{region}", "eu-west-1")]


def test_retention_and_overwriting_are_settings_of_the_platform():
    of = stack(metering={"log_retention_days": 7, "overwrite_invocation_logging": True})
    assert by_id(of, "AWS::Logs::LogGroup", "SpendMeterLogs")["RetentionInDays"] == 7
    assert only(of, "Custom::FinOpsInvocationLogging")["Overwrite"] == "true"


def test_the_cost_account_is_a_setting_of_the_platform():
    of = stack(cost_account="444455556666")
    rule = by_id(of, "AWS::Events::Rule", "KillSwitchReconciled")
    assert rule["EventPattern"]["account"] == ["444455556666"]


def test_every_log_group_has_a_retention(deployed):
    for each in resources(deployed, "AWS::Logs::LogGroup").values():
        assert each["Properties"]["RetentionInDays"] <= 90


def test_the_tables_alone_outlive_the_stack(deployed):
    kept = {
        resource["Type"]
        for resource in Template.from_stack(deployed).to_json()["Resources"].values()
        if "Retain" in resource.get("DeletionPolicy", "")
    }
    assert kept == {"AWS::DynamoDB::Table"}


def test_the_dashboard_shows_the_guard_first(deployed):
    body = json.loads(flat(only(deployed, "AWS::CloudWatch::Dashboard")["DashboardBody"]))
    links, alarms, *graphs = body["widgets"]
    assert "docs/runbooks/" in links["properties"]["markdown"]
    assert alarms["type"] == "alarm"
    assert len(alarms["properties"]["alarms"]) == len(resources(deployed, "AWS::CloudWatch::Alarm"))
    titles = [graph["properties"]["title"] for graph in graphs]
    assert "Runs of meter and kill switch" in titles
    assert "Calls in the estimate" in titles
    assert len({(graph["x"], graph["y"]) for graph in graphs}) == len(graphs)


def test_a_platform_costs_less_than_six_dollars_a_month_while_idle(deployed):
    lines = standing_cost(Template.from_stack(deployed).to_json())
    assert [line for line in lines if line.usd is None] == []
    assert total(lines) < 6


def test_platforms_of_two_regions_share_no_iam_name():
    roles = [
        (role["Properties"].get("RoleName"), role["Properties"]["Path"])
        for region in ("eu-west-1", "eu-west-2")
        for role in resources(stack(region), "AWS::IAM::Role").values()
    ]
    assert {name for name, _ in roles} == {None}
    assert {path for _, path in roles} == {"/finops/eu-west-1/", "/finops/eu-west-2/"}
