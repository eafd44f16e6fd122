"""A value known at deployment only passes through whole, or is refused by name."""

import json
import typing
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from aws_cdk import CfnOutput, Fn, Stack, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from finops_constructs import (
    AlertKey,
    AlertTopic,
    ApplicationInferenceProfile,
    CacheMetricNames,
    CostBudget,
    CostTags,
    FinOpsChecks,
    GuardExemptions,
    InferenceProfile,
    LandingZone,
    SlackChannel,
    TeamsChannel,
    TenantGuard,
    TenantOwner,
    TokenRates,
)
from tests.stacks_under_test import SONNET, TAGS, new_stack

ARN = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123"
TEAM = {"tenant_id": "t", "team_id": "u", "channel_id": "19%3Ax"}
RATES: dict[str, Any] = dict.fromkeys(TokenRates.model_fields, 1)
OWNER: dict[str, Any] = dict.fromkeys(("team", "email", "cost_centre"), "x")
NAMES = {"tenant": "writer", "alias": "smart", "model": SONNET}


def profile(stack, **changes):
    props: dict[str, Any] = NAMES | {"cost_tags": TAGS}
    return ApplicationInferenceProfile(stack, "Smart", **(props | changes))


def imported(stack, **changes):
    props: dict[str, Any] = NAMES | {"profile_arn": ARN}
    ApplicationInferenceProfile.from_profile_arn(stack, "Smart", **(props | changes)).adopt(TAGS)


def granted(stack, *, shared_with=(), role_arn=None):
    role = (
        iam.Role.from_role_arn(stack, "Role", role_arn)
        if role_arn
        else iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    )
    profile(stack).grant_invoke(role, shared_with=shared_with)


def budget(stack, **changes):
    props: dict[str, Any] = {"tenant": "writer", "cost_tags": TAGS, "monthly_limit_usd": 5}
    CostBudget(stack, "Budget", alerts=AlertTopic(stack, "Alerts"), **(props | changes))


def tagged(stack, **changes):
    props: dict[str, Any] = {"tool": "Writer", "project": "Alpha", "environment": "prod"} | changes
    budget(stack, cost_tags=CostTags(**props))


def topic(stack, **props):
    AlertTopic(stack, "Alerts", **props)


def exempted(stack, **changes):
    TenantGuard.of(stack, "writer").exempt(GuardExemptions(**changes))
    granted(stack)


def zoned(stack, **changes):
    network: dict[str, Any] = {"subnet_ids": ("subnet-1",), "security_group_ids": ("sg-1",)}
    LandingZone(**(network | changes)).apply(stack)
    profile(stack)


def metric(stack, **changes):
    shown = profile(stack, cache_metrics=CacheMetricNames(**changes))
    for each in (shown.metric_cache_read_input_tokens(), shown.metric_cache_write_input_tokens()):
        each.create_alarm(stack, f"Alarm{len(stack.node.children)}", threshold=1,
                          evaluation_periods=1)  # fmt: skip


def of_each(owner, names, use):
    """A case for each of the arguments that are used alike."""
    return {f"{owner}.{name}": partial(use, name) for name in names}


def team(name, stack, token):
    topic(stack, teams=[TeamsChannel(**(TEAM | {name: token}))])


def owner(name, stack, token):
    budget(stack, owner=TenantOwner(**(OWNER | {name: token})))


def rates(kind, _, token):
    TokenRates(**(RATES | {kind: token}))


# Class and argument -> how a token gets there.
PASSES: dict[str, Callable[[Stack, Any], object]] = {
    "AlertKey.alias": lambda s, t: AlertKey(s, "Key", alias=t),
    "AlertTopic.emails": lambda s, t: topic(s, emails=[t, "a@example.com"]),
    "AlertTopic.key": lambda s, t: topic(s, key=kms.Key.from_key_arn(s, "K", t)),
    "AlertTopic.key_arn": lambda s, t: topic(s, key_arn=t),
    "SlackChannel.workspace_id": lambda s, t: topic(s, slack=[SlackChannel(
        workspace_id=t, channel_id="C0")]),
    "SlackChannel.channel_id": lambda s, t: topic(s, slack=[SlackChannel(
        workspace_id="T0", channel_id=t)]),
    **of_each("TeamsChannel", TEAM, team),
    **of_each("CostTags", ["tool", "project", "environment"],
              lambda name, s, t: tagged(s, **{name: t})),
    "CostTags.extra": lambda s, t: tagged(s, extra={"bedrock:cost-centre": t}),
    "ApplicationInferenceProfile.from_profile_arn.profile_arn":
        lambda s, t: imported(s, profile_arn=t),
    "InferenceProfile.grant_invoke.grantee": lambda s, t: granted(s, role_arn=t),
    **of_each("CostBudget", ["display_name", "adopt_budget", "tag_key_prefix", "monthly_limit_usd",
                             "stop_percentage", "hard_cap_percentage", "daily_cap_usd",
                             "approval_timeout_minutes", "cool_down_minutes"],
              lambda name, s, t: budget(s, **{name: t})),
    "CostBudget.alert_percentages": lambda s, t: budget(s, alert_percentages=[50, t]),
    "CostBudget.api_key_users": lambda s, t: budget(s, api_key_users=[t]),
    **of_each("TenantOwner", OWNER, owner),
    "GuardExemptions.models": lambda s, t: exempted(s, models=(t,)),
    **of_each("CacheMetricNames", ["read", "write"], lambda name, s, t: metric(s, **{name: t})),
    **of_each("LandingZone", ["permissions_boundary", "role_path", "name_prefix"],
              lambda name, s, t: zoned(s, **{name: t})),
    "LandingZone.powertools_layer_arn": lambda s, t: CfnOutput(
        s, "Layer", value=LandingZone(powertools_layer_arn=t).layer_arn(s)),
    "LandingZone.mandatory_tags": lambda s, t: zoned(s, mandatory_tags={"a": t}),
    **of_each("LandingZone", ["subnet_ids", "security_group_ids"],
              lambda name, s, t: zoned(s, **{name: (t,)})),
}  # fmt: skip
REFUSED: dict[str, Callable[[Stack, Any], object]] = {
    **of_each("ApplicationInferenceProfile", [*NAMES, "description"],
              lambda name, s, t: profile(s, **{name: t})),
    **of_each("ApplicationInferenceProfile.from_profile_arn", NAMES,
              lambda name, s, t: imported(s, **{name: t})),
    "InferenceProfile.grant_invoke.shared_with": lambda s, t: granted(s, shared_with=[t]),
    "TenantGuard.of.tenant": TenantGuard.of,
    "CostBudget.tenant": lambda s, t: budget(s, tenant=t),
    "FinOpsChecks.profile_quota": lambda _, t: FinOpsChecks(profile_quota=t),
    **of_each("TokenRates", RATES, rates),
}  # fmt: skip
ONE_OF: dict[str, Callable[[Stack, Any], object]] = {
    "ApplicationInferenceProfile.guard": lambda s, t: profile(s, guard=t),
    "CostBudget.approval_on_timeout": lambda s, t: budget(s, approval_on_timeout=t),
    "CostBudget.mode": lambda s, t: budget(s, mode=t),
    "CostBudget.guard": lambda s, t: budget(s, guard=t),
    "TenantGuard.of.guard": lambda s, t: TenantGuard.of(s, "writer", guard=t),
}
# Never reach a template: what tells the checks which values to look for, and what only the typed
# configuration sets.
NOT_DEPLOYED = {
    "LandingZone.kms_key_arn",
    "CostTags.broad_values",
    "FinOpsChecks.broad_values",
    "FinOpsChecks.data_residency",
    "FinOpsChecks.extra_tag_key",
}
PUBLIC = {
    **{
        each.__name__: each.__init__
        for each in (
            AlertKey, AlertTopic, ApplicationInferenceProfile, CacheMetricNames, CostBudget,
            CostTags, FinOpsChecks, GuardExemptions, LandingZone, SlackChannel, TeamsChannel,
            TenantOwner,
        )
    },
    "ApplicationInferenceProfile.from_profile_arn": ApplicationInferenceProfile.from_profile_arn,
    "InferenceProfile.grant_invoke": InferenceProfile.grant_invoke,
    "TenantGuard.of": TenantGuard.of,
    "TokenRates": TokenRates,
}  # fmt: skip
NUMBERS = ("usd", "percentage", "minutes", "quota", *RATES)


def number_or_text(argument):
    name = argument.rsplit(".", 1)[1]
    if any(word in name for word in NUMBERS) and not argument.startswith("CacheMetricNames"):
        return Token.as_number(Fn.import_value("V"))
    return Fn.import_value("V")


@pytest.mark.parametrize("argument", PASSES)
def test_a_token_reaches_the_template_whole(argument):
    stack = new_stack()
    PASSES[argument](stack, number_or_text(argument))
    text = json.dumps(Template.from_stack(stack).to_json())
    assert '{"Fn::ImportValue": "V"}' in text
    assert "Token[" not in text
    assert "e+289" not in text


@pytest.mark.parametrize("argument", REFUSED)
def test_fails_when_what_must_be_known_at_synthesis_is_a_token(argument):
    with pytest.raises(ValueError, match="must be a literal, got a token"):
        REFUSED[argument](new_stack(), number_or_text(argument))


@pytest.mark.parametrize("argument", ONE_OF)
def test_fails_when_one_of_a_few_words_is_a_token(argument):
    with pytest.raises(ValueError, match="must be one of"):
        ONE_OF[argument](new_stack(), number_or_text(argument))


def test_every_text_and_number_of_the_public_constructs_is_tried():
    arguments = {
        f"{name}.{argument}"
        for name, callable_ in PUBLIC.items()
        for argument, kind in typing.get_type_hints(callable_).items()
        if argument not in {"id", "return"} and _leaves(kind) & {str, int, float, Decimal}
    }
    tried = PASSES.keys() | REFUSED.keys() | ONE_OF.keys() | NOT_DEPLOYED
    assert arguments - tried == set()
    assert len(arguments) > 50


def _leaves(kind):
    arguments = typing.get_args(kind)
    return {kind}.union(*map(_leaves, arguments)) if arguments else {kind}
