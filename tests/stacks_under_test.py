"""Small stacks that several tests look at."""

from typing import Any

from aws_cdk import App, Environment, Stack
from aws_cdk.assertions import Template

from finops_constructs import CostTags

ACCOUNT, REGION = "111122223333", "eu-west-1"
TAGS = CostTags(tool="Writer", project="Alpha", environment="prod")
SONNET = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
FLAGS = {"@aws-cdk/core:validateAgainstDefaultRules": True}


def new_stack(name: str = "Chat", *, region: str = REGION, app: App | None = None) -> Stack:
    app = app or App(context=FLAGS, builtin_cloud_formation_validation=False)
    return Stack(app, name, env=Environment(account=ACCOUNT, region=region))


def resources(stack: Stack, kind: str) -> dict[str, Any]:
    return dict(Template.from_stack(stack).find_resources(kind))


def only(stack: Stack, kind: str) -> Any:
    found = list(resources(stack, kind).values())
    assert len(found) == 1, f"{len(found)} of {kind}"
    return found[0]["Properties"]


def flat(value: Any) -> str:
    """A value with tokens as text, `${...}` standing for what is known at deployment."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        return "".join(flat(part) for part in value["Fn::Join"][1])
    (target,) = value.values()
    return "${" + (target if isinstance(target, str) else ".".join(target)) + "}"
