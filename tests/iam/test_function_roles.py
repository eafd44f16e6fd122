"""Each function of the platform may do what its code calls, and nothing else."""

import importlib

import pytest

# What AWS does for a function as its role, beside what the code calls: logging, reading the queue
# of an event source, keeping what failed, encrypting what a topic gets.
EVENT_SOURCE = {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}
ON_FAILURE = {"sqs:SendMessage"}
LOGGING = {"logs:CreateLogStream", "logs:PutLogEvents"}
TOPIC_KEY = {"kms:Decrypt", "kms:GenerateDataKey"}
FUNCTIONS = {
    "spend_meter": ("SpendMeterFunctionRole", EVENT_SOURCE | ON_FAILURE),
    "cross_check": ("SpendMeterCrossCheckRole", set()),
    "kill_switch": ("KillSwitchFunctionRole", EVENT_SOURCE | ON_FAILURE | TOPIC_KEY),
    "commands": ("KillSwitchCommandsRole", set()),
    "platform_release": ("ReleaseFunctionRole", set()),
    "invocation_logging": ("InvocationLoggingFunctionRole", set()),
    "canary": ("CanaryFunctionRole", set()),
    "dashboard": ("TenantTableRole", set()),
}


def role_name(platform, prefix):
    (stack,) = platform.stacks
    (found,) = [
        stack.resolve({"Ref": logical_id})
        for logical_id, _ in stack.resources("AWS::IAM::Role")
        if logical_id.startswith(prefix)
    ]
    return found


def allowed_actions(policies):
    for document in policies:
        for statement in document["Statement"]:
            if statement["Effect"] == "Allow":
                actions = statement["Action"]
                yield from [actions] if isinstance(actions, str) else actions


@pytest.mark.parametrize("package", FUNCTIONS)
def test_a_role_allows_exactly_the_actions_that_its_handler_lists(platform, package, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    handler = importlib.import_module(f"{package}.handler")
    prefix, done_by_aws = FUNCTIONS[package]
    policies = platform.caller(role_name(platform, prefix)).policies.values()
    assert sorted(handler.PERMISSIONS) == list(handler.PERMISSIONS)
    assert set(allowed_actions(policies)) == {*handler.PERMISSIONS, *done_by_aws, *LOGGING}


@pytest.mark.parametrize("package", FUNCTIONS)
def test_no_role_has_an_action_with_a_wildcard(platform, package):
    policies = platform.caller(role_name(platform, FUNCTIONS[package][0])).policies.values()
    assert [action for action in allowed_actions(policies) if "*" in action] == []
