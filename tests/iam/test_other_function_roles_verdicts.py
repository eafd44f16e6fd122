"""The meter meters, the commands note words, the releases let go, operators give commands."""

import pytest

from tests.iam.catalogue import ALL_ROUTES, PROFILE, SUSPENSION, UNRELATED
from tests.iam.deployed import ACCOUNT, REGION
from tests.iam.tampering import ALL_TAMPERING
from tests.iam.test_function_roles import role_name
from tests.iam.test_switch_role_verdicts import (
    APP,
    DETACH,
    GUARDS_OWN,
    PARAMETER,
    QUEUE,
    TABLE,
    UNTAG,
    allowed,
    ask,
    attachment,
    named,
    tagging,
)

FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:finops-"
LOGGING_ROLE = f"arn:aws:iam::{ACCOUNT}:role/finops/{REGION}/finops-platform-InvocationLogging"
METRICS = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:finops-burst"
EVERYTHING = [
    *ALL_ROUTES,
    *ALL_TAMPERING,
    *UNRELATED,
    attachment("iam:AttachRolePolicy"),
    attachment(DETACH),
    ask("bedrock:InvokeModel", PROFILE),
    ask("cloudwatch:DescribeAlarms", METRICS),
    ask("iam:CreatePolicy", SUSPENSION),
    ask("iam:PassRole", APP),
    ask("lambda:InvokeFunction", f"{FUNCTION}commands"),
    ask("lambda:PutFunctionConcurrency", f"{FUNCTION}kill-switch"),
    ask("sqs:PurgeQueue", f"{QUEUE}wake"),
    ask("ssm:DeleteParameter", f"{PARAMETER}writer/state"),
    ask("ssm:GetParametersByPath", f"{PARAMETER}writer/policy"),
    ask("ssm:PutParameter", f"{PARAMETER}writer/state"),
    *(
        ask(f"dynamodb:{verb}", f"{TABLE}{table}")
        for table in ("ledger", "state")
        for verb in ("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")
    ),
    *(
        ask(f"sqs:{verb}Message", f"{QUEUE}{queue}")
        for queue in ("wake", "wake-dead-letters", "meter-dead-letters")
        for verb in ("Receive", "Send")
    ),
]
READ_REGISTRY = ("ssm:GetParametersByPath", f"{PARAMETER}writer/policy")


def done(simulator, platform, prefix):
    """What of everything a role may do, as pairs of action and resource."""
    caller = platform.caller(role_name(platform, prefix))
    return {tuple(name.split()[:2]) for name in allowed(simulator, caller, EVERYTHING)}


def test_the_meter_reads_the_registry_writes_the_ledger_and_sends_to_two_queues(
    simulator, platform
):
    assert {
        (action, resource)
        for action, resource in done(simulator, platform, "SpendMeterFunctionRole")
        if "parameter" not in resource
    } == {
        *((f"dynamodb:{v}", f"{TABLE}ledger") for v in ("GetItem", "PutItem", "Query")),
        ("bedrock:ListTagsForResource", PROFILE),
        ("dynamodb:UpdateItem", f"{TABLE}ledger"),
        ("sqs:SendMessage", f"{QUEUE}wake"),
        ("sqs:SendMessage", f"{QUEUE}meter-dead-letters"),
        ("sqs:DeleteMessage", f"{QUEUE}meter-dead-letters"),
        ("sqs:ReceiveMessage", f"{QUEUE}meter-dead-letters"),
    }


def test_the_cross_check_corrects_the_ledger_and_wakes_and_nothing_else(simulator, platform):
    assert {
        (action, resource)
        for action, resource in done(simulator, platform, "SpendMeterCrossCheckRole")
        if "parameter" not in resource
    } == {
        ("dynamodb:GetItem", f"{TABLE}ledger"),
        ("dynamodb:UpdateItem", f"{TABLE}ledger"),
        ("sqs:SendMessage", f"{QUEUE}wake"),
    }


def test_the_commands_function_notes_words_and_wakes_and_can_suspend_nobody(simulator, platform):
    assert {
        (action, resource)
        for action, resource in done(simulator, platform, "KillSwitchCommandsRole")
        if "parameter" not in resource
    } == {
        *((f"dynamodb:{v}", f"{TABLE}ledger") for v in ("PutItem", "Query")),
        *((f"dynamodb:{v}", f"{TABLE}state") for v in ("DeleteItem", "PutItem", "Query")),
        ("sqs:SendMessage", f"{QUEUE}wake"),
    }


@pytest.mark.parametrize(
    "prefix", ["SpendMeterFunctionRole", "SpendMeterCrossCheckRole", "KillSwitchCommandsRole"]
)
def test_of_the_registry_they_may_only_read(simulator, platform, prefix):
    parameters = {a for a, r in done(simulator, platform, prefix) if "parameter" in r}
    assert parameters == {"ssm:GetParametersByPath"}


def test_the_platforms_release_lifts_and_never_suspends(simulator, platform):
    release = platform.caller(role_name(platform, "ReleaseFunctionRole"))
    needed = [
        ask(*READ_REGISTRY),
        ask("iam:ListEntitiesForPolicy", SUSPENSION),
        ask("lambda:PutFunctionConcurrency", f"{FUNCTION}kill-switch"),
        ask("ssm:DeleteParameter", f"{PARAMETER}writer/state"),
        attachment(DETACH),
        tagging(UNTAG, "finops:state"),
    ]
    forbidden = [
        ask("lambda:PutFunctionConcurrency", f"{FUNCTION}commands"),
        ask("lambda:UpdateFunctionCode", f"{FUNCTION}kill-switch"),
        ask("ssm:DeleteParameter", f"{PARAMETER}writer/policy"),
        attachment("iam:AttachRolePolicy"),
        attachment(DETACH, SUSPENSION.replace(REGION, "eu-west-2")),
        attachment(DETACH, "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        attachment(DETACH, role=GUARDS_OWN),
        tagging("bedrock:TagResource", "finops:state"),
        tagging(UNTAG, "bedrock:tool"),
    ]
    assert allowed(simulator, release, [*needed, *forbidden]) == set(named(needed))
    assert allowed(simulator, release, ALL_ROUTES) == set()


def test_the_logging_function_may_hand_bedrock_its_one_role_and_keep_one_parameter(
    simulator, platform
):
    function = platform.caller(role_name(platform, "InvocationLoggingFunctionRole"))
    bedrock_role = platform.stacks[0].role_arn(role_name(platform, "InvocationLoggingRole"))
    parameter = f"{PARAMETER}_platform/invocation-logging"
    to_bedrock = {"iam__PassedToService": "bedrock.amazonaws.com"}
    needed = [
        ask("bedrock:GetModelInvocationLoggingConfiguration", "*"),
        ask("bedrock:PutModelInvocationLoggingConfiguration", "*"),
        ask("bedrock:DeleteModelInvocationLoggingConfiguration", "*"),
        ask("iam:PassRole", bedrock_role, **to_bedrock),
        *(ask(f"ssm:{verb}Parameter", parameter) for verb in ("Get", "Put", "Delete")),
    ]
    forbidden = [
        ask("iam:PassRole", bedrock_role, iam__PassedToService="lambda.amazonaws.com"),
        ask("iam:PassRole", APP, **to_bedrock),
        ask("ssm:PutParameter", f"{PARAMETER}_platform/commands"),
        ask(
            "logs:PutLogEvents", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/finops/x:log-stream:y"
        ),
    ]
    assert allowed(simulator, function, [*needed, *forbidden]) == set(named(needed))


def test_bedrock_may_write_its_records_and_nothing_else(simulator, platform):
    bedrock = platform.caller(role_name(platform, "InvocationLoggingRole"))
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/finops/bedrock-invocations"
    stream = f"{group}:log-stream:aws/bedrock/modelinvocations"
    needed = [ask("logs:CreateLogStream", stream), ask("logs:PutLogEvents", stream)]
    forbidden = [
        ask("logs:PutLogEvents", f"{group}:log-stream:other"),
        ask("logs:DeleteLogGroup", group),
        ask("logs:PutLogEvents", stream.replace("/finops/", "/other/")),
    ]
    assert allowed(simulator, bedrock, [*needed, *forbidden]) == set(named(needed))


def test_an_operator_may_give_commands_through_the_url_and_nothing_else(simulator, platform):
    operator = platform.caller("operator")
    function = f"{FUNCTION}commands"
    url, direct = "lambda__FunctionUrlAuthType", "lambda__InvokedViaFunctionUrl"
    needed = [
        ask("lambda:InvokeFunctionUrl", function, **{url: "AWS_IAM"}),
        ask("lambda:InvokeFunction", function, **{direct: "true"}),
        ask("ssm:GetParameter", f"{PARAMETER}_platform/commands"),
    ]
    forbidden = [
        ask("lambda:InvokeFunction", function, **{direct: "false"}),
        ask("lambda:InvokeFunction", function),
        ask("lambda:InvokeFunctionUrl", f"{FUNCTION}kill-switch", **{url: "AWS_IAM"}),
        ask("lambda:InvokeFunctionUrl", function, **{url: "NONE"}),
        ask("lambda:UpdateFunctionCode", function),
        ask("lambda:DeleteFunctionUrlConfig", function),
        ask("ssm:GetParameter", f"{PARAMETER}writer/policy"),
    ]
    assert allowed(simulator, operator, [*needed, *forbidden]) == set(named(needed))
    of_everything = allowed(simulator, operator, EVERYTHING)
    assert of_everything == {name for name in named(needed) if "'true'" in name}
