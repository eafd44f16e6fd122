"""The deployments whose policies are judged."""

from typing import Any

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from finops_constructs import (
    AlertTopic,
    ApplicationInferenceProfile,
    CostBudget,
    CostTags,
    PlatformStack,
    TenantStack,
    load_price_list,
)
from tests.iam.deployed import ACCOUNT, REGION, Deployment
from tests.organisation_under_test import platform, tenant

EU_SONNET = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
GLOBAL_SONNET = "global.anthropic.claude-sonnet-4-5-20250929-v1:0"
BARE_TITAN = "amazon.titan-embed-text-v2:0"
ADOPTED = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:application-inference-profile/adopted00001"
SHARED_ROLE = f"arn:aws:iam::{ACCOUNT}:role/apps/shared-app"
BROAD_ALLOWS = {
    action: {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}],
    }
    for action in ("bedrock:*", "*")
}
_MODELS = {
    "smart": {"model": EU_SONNET},
    "world": {"model": GLOBAL_SONNET},
    "embed": {"model": BARE_TITAN},
}


def app_team(guard: str | None = None) -> Deployment:
    """The stack of an app team, as in the README; perhaps with another guard."""
    app = App(builtin_cloud_formation_validation=False)
    stack = Stack(app, "Chat", env=Environment(account="111122223333", region="eu-west-1"))
    chat = iam.Role(stack, "ChatRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    tags = CostTags(tool="Writer", project="Alpha", environment="prod")
    alerts = AlertTopic(stack, "Alerts", emails=["finops@example.com"])
    model = ApplicationInferenceProfile(
        stack,
        "Smart",
        tenant="writer",
        alias="smart",
        cost_tags=tags,
        model="eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        guard=guard,
    )
    model.grant_invoke(chat)
    CostBudget(
        stack, "Budget", tenant="writer", cost_tags=tags, monthly_limit_usd=500, alerts=alerts
    )
    return _deployed(stack)


def tenants(guard: str, **changes: Any) -> Deployment:
    """Tenants `writer` and `chatbot` from configuration, their callers given by ARN."""
    changes = {"guard": guard, "models": _MODELS} | changes
    return configured(tenant("writer", **changes), tenant("chatbot", **changes))


def platform_stack() -> Deployment:
    """The platform, with a role that may give commands and is no caller of any tenant."""
    app = App(builtin_cloud_formation_validation=False)
    stack = PlatformStack(
        app,
        "finops-platform",
        platform=platform(),
        account=ACCOUNT,
        region=REGION,
        canary_model="amazon.titan-embed-text-v2:0",
    )
    operator = iam.Role(
        stack, "Operator", role_name="operator", assumed_by=iam.AccountRootPrincipal()
    )
    stack.kill_switch.grant_operate(operator)
    return _deployed(stack)


def shared_role() -> Deployment:
    """A role that serves `writer` and `chatbot`, and a third tenant it does not serve."""

    def caller(*others: str) -> list[dict[str, Any]]:
        return [{"role_arn": SHARED_ROLE, "shared_with": list(others)}]

    return configured(
        tenant("writer", guard="enforce", callers=caller("chatbot")),
        tenant("chatbot", guard="enforce", callers=caller("writer")),
        tenant("research", guard="enforce"),
    )


def imported_profile() -> Deployment:
    """A profile of `writer` in one stack, granted from another by its ARN."""
    app = App(builtin_cloud_formation_validation=False)
    stack = Stack(app, "Apps", env=Environment(account=ACCOUNT, region=REGION))
    role = iam.Role(stack, "Reader", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    ApplicationInferenceProfile.from_profile_arn(
        stack, "Smart", profile_arn=ADOPTED, tenant="writer", alias="smart", model=EU_SONNET
    ).grant_invoke(role)
    return _deployed(stack)


def adopting_tenant() -> Deployment:
    """A tenant that adopts a profile and a budget, beside one of its own."""
    adopted = {"model": EU_SONNET, "profile_arn": ADOPTED}
    budget = {"monthly_limit_usd": "500", "adopt_budget": "writer-budget"}
    return configured(tenant(models={"old": adopted, "smart": {"model": EU_SONNET}}, budget=budget))


def configured(*configs: Any) -> Deployment:
    app = App(builtin_cloud_formation_validation=False)
    return _deployed(
        *(
            TenantStack(
                app,
                f"finops-{config.id}",
                tenant=config,
                platform=platform(),
                prices=load_price_list(),
            )
            for config in configs
        )
    )


def _deployed(*stacks: Stack) -> Deployment:
    return Deployment({s.stack_name: Template.from_stack(s).to_json() for s in stacks})
