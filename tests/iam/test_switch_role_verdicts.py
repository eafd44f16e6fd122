"""The kill switch's own role suspends and resumes, and can do nothing else."""

from typing import Any

import pytest

from local.simulator import Request
from tests.iam.catalogue import ALL_ROUTES, OTHER_MODELS, PROFILE, SUSPENSION, UNRELATED
from tests.iam.deployed import ACCOUNT, REGION
from tests.iam.tampering import TAMPERING
from tests.iam.test_function_roles import role_name

APP = f"arn:aws:iam::{ACCOUNT}:role/apps/writer-app"
GUARDS_OWN = f"arn:aws:iam::{ACCOUNT}:role/finops/{REGION}/finops-platform-SpendMeter"
RESERVED = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0a1b"
PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/finops/"
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/finops-"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:finops-"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:"
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"
ATTACH, DETACH = "iam:AttachRolePolicy", "iam:DetachRolePolicy"
TAG, UNTAG = "bedrock:TagResource", "bedrock:UntagResource"


@pytest.fixture
def switch(platform):
    return platform.caller(role_name(platform, "KillSwitchFunctionRole"))


def ask(action, resource, **context):
    names = {key.replace("__", ":"): value for key, value in context.items()}
    return Request(action=action, resource=resource, context=names)


def attachment(action, policy=SUSPENSION, role=APP):
    return ask(action, role, iam__PolicyARN=policy)


def tagging(action, *keys, resource=PROFILE):
    context: dict[str, Any] = {"aws:TagKeys": list(keys)} if keys else {}
    if action == TAG:
        context |= {f"aws:RequestTag/{key}": "suspended" for key in keys}
    return Request(action=action, resource=resource, context=context)


def named(requests):
    return {f"{r.action} {r.resource} {r.context}": [r] for r in requests}


def allowed(simulator, caller, requests):
    return simulator.allowed_ones(caller, named(requests))


def test_it_may_suspend_and_resume_and_read_back(simulator, switch):
    needed = [
        tagging(TAG, "finops:state"),
        tagging(UNTAG, "finops:state"),
        ask("bedrock:ListTagsForResource", PROFILE),
        attachment(ATTACH),
        attachment(DETACH),
        ask("iam:ListEntitiesForPolicy", SUSPENSION),
    ]
    assert set(named(needed)) - allowed(simulator, switch, needed) == set()


def test_it_may_read_what_it_decides_from_and_tell_people(simulator, switch):
    needed = [
        ask("ssm:GetParametersByPath", f"{PARAMETER}writer/policy"),
        ask("ssm:PutParameter", f"{PARAMETER}writer/state"),
        ask("dynamodb:Query", f"{TABLE}ledger"),
        ask("dynamodb:PutItem", f"{TABLE}state"),
        ask(
            "cloudwatch:DescribeAlarms", f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:finops-burst"
        ),
        ask("budgets:ViewBudget", f"arn:aws:budgets::{ACCOUNT}:budget/writer"),
        ask("sns:Publish", f"{TOPIC}finops-writer-Alerts"),
        ask("events:PutEvents", BUS, events__source=["finops-constructs"]),
        ask("sqs:ReceiveMessage", f"{QUEUE}wake"),
        ask("sqs:SendMessage", f"{QUEUE}wake-dead-letters"),
    ]
    assert set(named(needed)) - allowed(simulator, switch, needed) == set()


def test_it_may_set_no_tag_but_the_guards_own(simulator, switch):
    model = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:guardrail/abcdefghijkl"
    forbidden = [
        tagging(TAG, "bedrock:tool"),
        tagging(TAG, "finops"),
        tagging(TAG, "finops:state", "bedrock:tool"),
        tagging(TAG),
        tagging(UNTAG, "bedrock:project"),
        tagging(UNTAG),
        tagging(TAG, "finops:state", resource=model),
    ]
    assert allowed(simulator, switch, forbidden) == set()


def test_it_may_attach_no_other_policy_and_none_of_another_region(simulator, switch):
    elsewhere = SUSPENSION.replace(REGION, "eu-west-2")
    standing_deny = SUSPENSION.replace("/suspension/", "/standing-deny/")
    others = [elsewhere, standing_deny, "arn:aws:iam::aws:policy/AdministratorAccess"]
    forbidden = [attachment(action, policy) for action in (ATTACH, DETACH) for policy in others]
    without_policy = [ask(ATTACH, APP), ask(DETACH, APP)]
    assert allowed(simulator, switch, [*forbidden, *without_policy]) == set()


def test_it_may_not_touch_the_guards_own_roles(simulator, switch):
    requests = [attachment(action, role=GUARDS_OWN) for action in (ATTACH, DETACH)]
    assert set(simulator.verdicts(switch, requests)) == {"ExplicitlyDenied"}


def test_it_may_not_touch_the_roles_of_aws_even_if_aws_let_it(simulator, switch):
    requests = [attachment(action, role=RESERVED) for action in (ATTACH, DETACH)]
    assert allowed(simulator, switch, requests) == set()
    denied = [
        resource
        for document in switch.policies.values()
        for statement in document["Statement"]
        if statement["Effect"] == "Deny"
        for resource in statement["Resource"]
    ]
    assert f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/*" in denied


def test_it_may_make_no_policy_role_or_user(simulator, switch):
    user = f"arn:aws:iam::{ACCOUNT}:user/someone"
    forbidden = [
        ask("iam:CreatePolicy", SUSPENSION),
        ask("iam:CreatePolicyVersion", SUSPENSION),
        ask("iam:DeletePolicy", SUSPENSION),
        ask("iam:PutRolePolicy", APP),
        ask("iam:DeleteRolePolicy", APP),
        ask("iam:UpdateAssumeRolePolicy", APP),
        ask("iam:PassRole", APP),
        ask("iam:AttachUserPolicy", user, iam__PolicyARN=SUSPENSION),
        ask("sts:AssumeRole", APP),
    ]
    assert allowed(simulator, switch, forbidden) == set()


def test_it_may_invoke_no_model_and_take_no_other_route(simulator, switch):
    invoke = [
        ask("bedrock:InvokeModelWithResponseStream", PROFILE),
        *(ask("bedrock:InvokeModel", arn) for arn in (PROFILE, *OTHER_MODELS.values())),
    ]
    assert allowed(simulator, switch, [*invoke, *ALL_ROUTES]) == set()


def test_it_may_find_and_enter_what_was_replaced_and_read_what_the_alias_said_before(
    simulator, switch
):
    needed = [
        ask("bedrock:ListInferenceProfiles", "*"),
        ask("bedrock:GetInferenceProfile", PROFILE),
        ask("ssm:GetParameterHistory", f"{PARAMETER}writer/profiles/smart"),
        ask("ssm:PutParameter", f"{PARAMETER}writer/replaced/smart/abc"),
        ask("ssm:DeleteParameter", f"{PARAMETER}writer/replaced/smart/abc"),
        tagging(TAG, "finops:replaced"),
    ]
    assert set(named(needed)) - allowed(simulator, switch, needed) == set()


def test_it_may_delete_no_profile_but_one_of_a_tenant_that_is_marked_as_replaced(simulator, switch):
    def delete(**tags):
        context = {f"aws:ResourceTag/finops:{key}": value for key, value in tags.items()}
        request = Request(
            action="bedrock:DeleteInferenceProfile", resource=PROFILE, context=context
        )
        return [request]

    calls = {
        "marked": delete(tenant="writer", replaced="2026-11-26"),
        "in use": delete(tenant="writer", alias="smart"),
        "somebody's": delete(replaced="2026-11-26"),
        "untagged": delete(),
    }
    assert simulator.allowed_ones(switch, calls) == {"marked"}


def test_it_may_write_nothing_of_the_registry_but_states_and_nothing_of_the_ledger(
    simulator, switch
):
    forbidden = [
        ask("ssm:PutParameter", f"{PARAMETER}writer/policy"),
        ask("ssm:PutParameter", f"{PARAMETER}writer/profiles/smart"),
        ask("ssm:DeleteParameter", f"{PARAMETER}writer/state"),
        ask("ssm:GetParametersByPath", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/other/secret"),
        *(ask(f"dynamodb:{verb}Item", f"{TABLE}ledger") for verb in ("Put", "Update", "Delete")),
        ask("dynamodb:DeleteItem", f"{TABLE}state"),
        ask("dynamodb:DeleteTable", f"{TABLE}state"),
        ask("sqs:SendMessage", f"{QUEUE}meter-dead-letters"),
        ask("sqs:PurgeQueue", f"{QUEUE}wake"),
    ]
    assert allowed(simulator, switch, forbidden) == set()


def test_it_may_tell_alert_topics_only_and_send_its_own_events_only(simulator, switch):
    forbidden = [
        ask("sns:Publish", f"{TOPIC}payments"),
        ask("events:PutEvents", BUS, events__source=["aws.health"]),
        ask(
            "events:PutEvents",
            BUS.replace("default", "other"),
            events__source=["finops-constructs"],
        ),
    ]
    assert allowed(simulator, switch, forbidden) == set()


def test_of_everything_a_caller_must_not_do_it_may_do_only_its_work(simulator, switch):
    tampering = [r for requests in TAMPERING.values() for r in requests]
    done = allowed(simulator, switch, [*tampering, *UNRELATED])
    own_work = {
        "bedrock:GetInferenceProfile",
        "bedrock:ListInferenceProfiles",
        "bedrock:ListTagsForResource",
        "bedrock:TagResource",
        "bedrock:UntagResource",
        "cloudwatch:DescribeAlarms",
        "events:PutEvents",
        "iam:AttachRolePolicy",
        "iam:DetachRolePolicy",
        "ssm:GetParametersByPath",
    }
    works_on = {
        f"{TABLE}ledger": {"dynamodb:Query"},
        f"{TABLE}state": {"dynamodb:PutItem", "dynamodb:Query"},
        f"{QUEUE}wake": {
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
            "sqs:SendMessage",
        },
        f"{QUEUE}wake-dead-letters": {"sqs:SendMessage"},
    }
    for action, resource in (name.split()[:2] for name in done):
        assert action in works_on.get(resource, own_work), f"{action} {resource}"
    assert not any("anything" in name or "bedrock:tool" in name for name in done)
