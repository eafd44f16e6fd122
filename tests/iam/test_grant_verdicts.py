"""A caller that has nothing but what `grant_invoke` gave it."""

import pytest

from local.bedrock_calls import (
    INVOKE,
    STREAM,
    Profile,
    models,
    through,
    through_system_profile,
)
from local.simulator import Request
from tests.iam import scenarios
from tests.iam.catalogue import ALL_ROUTES, OTHER_MODELS, UNRELATED
from tests.iam.deployed import ACCOUNT
from tests.iam.tampering import ALL_TAMPERING
from tests.organisation_under_test import tenant

SOURCES = f"arn:aws:bedrock:eu-west-1:{ACCOUNT}:inference-profile/"
ADOPTED = Profile(
    arn=scenarios.ADOPTED,
    tags={"finops:tenant": "writer", "finops:alias": "old"},
    copied_from=SOURCES + scenarios.EU_SONNET,
)
TITAN = f"arn:aws:bedrock:eu-west-1::foundation-model/{scenarios.BARE_TITAN}"
GRANTS = {
    "the app team's example": ("app_team", "Chat-ChatRole3FC23F62", "smart"),
    "a role by ARN": ("enforced", "writer-app", "smart"),
    "a role by ARN, global profile": ("enforced", "writer-app", "world"),
    "a role by ARN, regional model": ("enforced", "writer-app", "embed"),
    "a role by ARN, guard observe": ("observed", "writer-app", "smart"),
    "a profile of another stack": (
        "imported",
        "Apps-ReaderF7BF189D",
        ADOPTED.tagged(finops__alias="smart"),
    ),
    "an adopted profile": ("adopting", "writer-app", ADOPTED),
}
own = pytest.mark.parametrize("case", GRANTS, indirect=True)


@pytest.fixture
def case(request):
    deployment, role, called = GRANTS[request.param]
    deployed = request.getfixturevalue(deployment)
    own = deployed.profile("writer", called) if isinstance(called, str) else called
    return deployed.caller(role), own


@own
@pytest.mark.parametrize("action", [INVOKE, STREAM])
def test_it_may_call_the_profile_with_and_without_stream(simulator, case, action):
    caller, profile = case
    assert simulator.allowed(caller, through(profile, action))


@own
@pytest.mark.parametrize("action", [INVOKE, STREAM])
def test_it_may_not_when_the_profile_is_tagged_as_suspended(simulator, case, action):
    caller, profile = case
    assert not simulator.allowed(caller, through(profile.suspended(), action))


@own
def test_it_may_again_when_the_state_tag_says_anything_else(simulator, case):
    caller, profile = case
    assert simulator.allowed(caller, through(profile.tagged(finops__state="active")))


@pytest.mark.parametrize("name", ["app_team", "enforced", "observed", "adopting"])
def test_it_may_not_when_only_the_suspension_policy_is_attached(simulator, request, name):
    deployment = request.getfixturevalue(name)
    role = "Chat-ChatRole3FC23F62" if name == "app_team" else "writer-app"
    stopped = deployment.caller(role).plus(*deployment.suspension_policy("writer"))
    smart = deployment.profile("writer", "smart")
    for profile in [smart, replaced(smart), *([ADOPTED] * (name == "adopting"))]:
        for action in (INVOKE, STREAM):
            assert not simulator.allowed(stopped, through(profile, action))


def replaced(profile, source="inference-profile/global.amazon.nova-lite-v1:0"):
    """The profile that this one replaced: another ARN and model, the same tags."""
    copied_from = f"arn:aws:bedrock:eu-west-1:{ACCOUNT}:{source}"
    return Profile(arn=f"{profile.arn[:-2]}0x", tags=profile.tags, copied_from=copied_from)


@own
@pytest.mark.parametrize("action", [INVOKE, STREAM])
def test_it_may_go_on_calling_the_profile_that_was_replaced_unless_it_is_suspended(
    simulator, case, action
):
    caller, profile = case
    old = replaced(profile)
    assert simulator.allowed(caller, through(old, action))
    assert not simulator.allowed(caller, through(old.suspended(), action))
    regional = Profile(arn=old.arn, tags=old.tags, copied_from=TITAN)
    assert simulator.allowed(caller, through(regional, action))


@own
@pytest.mark.parametrize("action", [INVOKE, STREAM])
def test_a_replaced_profile_opens_no_other_way(simulator, enforced, case, action):
    caller, profile = case
    old = replaced(profile)
    foreign = replaced(enforced.profile("chatbot", "smart"))
    calls = {
        "another tenant's": through(foreign, action),
        "another alias's": through(old.tagged(finops__alias="elsewhere"), action),
        "without a tenant": through(Profile(arn=old.arn, copied_from=old.copied_from), action),
        "its system profile": through_system_profile(old.copied_from, action),
        **{f"bare {r.resource}": [r] for r in models(old.copied_from, action)},
    }
    assert simulator.allowed_ones(caller, calls) == set()


@own
@pytest.mark.parametrize("action", [INVOKE, STREAM])
def test_it_may_call_nothing_else(simulator, enforced, case, action):
    caller, profile = case
    bare = models(profile.copied_from, action)
    calls = {f"bare model {request.resource}": [request] for request in bare}
    calls["another tenant's profile"] = through(enforced.profile("chatbot", "smart"), action)
    if ":inference-profile/" in profile.copied_from:
        system = through_system_profile(profile.copied_from, action)
        calls["the system profile"] = system
        calls |= {f"system profile in {r.resource}": [r] for r in system[1:]}
    calls |= {k: [Request(action=action, resource=arn)] for k, arn in _streamable(action).items()}
    assert simulator.allowed_ones(caller, calls) == set()


@own
def test_it_may_do_nothing_but_call(simulator, case):
    caller, _ = case
    requests = [*UNRELATED, *ALL_ROUTES, *ALL_TAMPERING]
    calls = {f"{r.action} {r.resource} {r.context}": [r] for r in requests}
    assert simulator.allowed_ones(caller, calls) == set()


def test_a_role_of_another_account_is_refused_when_the_tenant_is_synthesized():
    caller = {"role_arn": "arn:aws:iam::999922223333:role/apps/writer-app"}
    with pytest.raises(ValueError, match="role of account 999922223333"):
        scenarios.configured(tenant(callers=[caller]))


def test_a_landing_zone_boundary_that_forbids_bedrock_stops_the_grant_too(simulator, enforced):
    """The harness sees boundaries: they narrow what the grant gives."""
    caller = enforced.caller("writer-app")
    bounded = type(caller)(
        arn=caller.arn,
        policies=caller.policies,
        boundary={
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
        },
    )
    assert not simulator.allowed(bounded, through(enforced.profile("writer", "smart")))


def _streamable(action):
    without_stream = ("async-invoke", "project")
    return {
        kind: arn
        for kind, arn in OTHER_MODELS.items()
        if action == INVOKE or not any(word in arn for word in without_stream)
    }
