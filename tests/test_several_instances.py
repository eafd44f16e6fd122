"""Everything an app team can define stands twice in a stack, and in two Regions of an account."""

import json

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from cfnlint import api as cfnlint
from constructs import Construct

from finops_constructs import (
    AlertKey,
    AlertTopic,
    ApplicationInferenceProfile,
    CostBudget,
    CostTags,
    LandingZone,
    SlackChannel,
    TeamsChannel,
)
from tests.stacks_under_test import SONNET, new_stack

UUID = "01234567-89ab-cdef-0123-456789abcdef"
REGIONS = ("eu-west-1", "eu-west-2")
# Resource type -> the property that names it, and whether AWS tells it apart by Region.
NAMES = {
    "AWS::Bedrock::ApplicationInferenceProfile": ("InferenceProfileName", True),
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": ("ConfigurationName", False),
    "AWS::Chatbot::SlackChannelConfiguration": ("ConfigurationName", False),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", False),
    "AWS::IAM::Role": ("RoleName", False),
    "AWS::Lambda::Function": ("FunctionName", True),
    "AWS::SNS::Topic": ("TopicName", True),
    "AWS::SSM::Parameter": ("Name", True),
}


def everything_of(scope: Construct, tenant: str) -> None:
    """Define all that a tenant has, below `scope`."""
    tags = CostTags(tool=tenant, project="Alpha", environment="prod")
    alerts = AlertTopic(
        scope,
        "Alerts",
        emails=["finops@example.com"],
        slack=[SlackChannel(workspace_id="T0EXAMPLE", channel_id="C0EXAMPLE")],
        teams=[TeamsChannel(tenant_id=UUID, team_id=UUID, channel_id="19:x@thread.tacv2")],
        key=AlertKey(scope, "Key").key,
    )
    role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    for alias in ("smart", "fast"):
        ApplicationInferenceProfile(
            scope, alias, tenant=tenant, alias=alias, cost_tags=tags, model=SONNET
        ).grant_invoke(role)
    CostBudget(scope, "Budget", tenant=tenant, cost_tags=tags, monthly_limit_usd=500, alerts=alerts)


@pytest.fixture(scope="module", params=["", "eb-"], ids=["named by AWS", "named by landing zone"])
def templates(request):
    """The same app, deployed to one Region after the other."""
    found = {}
    for region in REGIONS:
        stack = new_stack(region=region)
        LandingZone(name_prefix=request.param).apply(stack)
        for tenant in ("writer", "chat"):
            everything_of(Construct(stack, tenant.title()), tenant)
        found[region] = Template.from_stack(stack).to_json()
    return found


@pytest.mark.parametrize("kind", NAMES)
def test_no_two_have_the_same_name(templates, kind):
    prop, regional = NAMES[kind]
    names = [
        (region if regional else "", json.dumps(each["Properties"][prop]))
        for region, template in templates.items()
        for each in template["Resources"].values()
        if each["Type"] == kind and prop in each["Properties"]
    ]
    assert len(names) == len(set(names))


def test_nothing_else_has_a_name_of_our_choice(templates):
    chosen = {"AliasName", "BudgetName", "PolicyName", *(prop for prop, _ in NAMES.values())}
    named = {
        each["Type"]
        for template in templates.values()
        for each in template["Resources"].values()
        if chosen & each["Properties"].keys()
    }
    # Inline policies are told apart by their role; see tests/iam/test_shared_role_verdicts.py.
    assert named <= {*NAMES, "AWS::IAM::Policy", "AWS::IAM::RolePolicy"}


@pytest.mark.parametrize("region", REGIONS)
def test_cfn_lint_accepts_two_tenants_in_one_stack(templates, region):
    matches = cfnlint.lint(json.dumps(templates[region]), [region])
    assert [str(m) for m in matches if m.rule.id.startswith("E") or m.rule.id == "W3037"] == []
