"""A role that serves two tenants, declared so in both."""

import pytest

from local.bedrock_calls import INVOKE, STREAM, models, through, through_system_profile
from tests.iam.catalogue import ROUTES
from tests.iam.scenarios import BROAD_ALLOWS

both = pytest.mark.parametrize("own", [None, *BROAD_ALLOWS])


@pytest.fixture
def caller(shared, own):
    caller = shared.caller("shared-app")
    return caller.plus("own", BROAD_ALLOWS[own]) if own else caller


@both
@pytest.mark.parametrize("tenant", ["writer", "chatbot"])
@pytest.mark.parametrize("alias", ["smart", "fast"])
def test_it_may_call_the_profiles_of_both(simulator, shared, caller, tenant, alias):
    for action in (INVOKE, STREAM):
        assert simulator.allowed(caller, through(shared.profile(tenant, alias), action))


@both
def test_it_may_not_call_a_third_tenants_profile_nor_a_model_around_profiles(
    simulator, shared, caller
):
    smart = shared.profile("writer", "smart")
    calls = {
        "third tenant": through(shared.profile("research", "smart")),
        "bare model": models(smart.copied_from)[:1],
        "system profile": through_system_profile(smart.copied_from),
    }
    assert simulator.allowed_ones(caller, calls) == set()


@both
@pytest.mark.parametrize(("stopped", "going"), [("writer", "chatbot"), ("chatbot", "writer")])
def test_suspending_one_tenant_stops_only_that_one(simulator, shared, caller, stopped, going):
    by_policy = caller.plus(*shared.suspension_policy(stopped))
    for alias in ("smart", "fast"):
        profile = shared.profile(stopped, alias)
        assert not simulator.allowed(caller, through(profile.suspended()))
        assert not simulator.allowed(by_policy, through(profile))
        assert simulator.allowed(by_policy, through(shared.profile(going, alias)))


@pytest.mark.parametrize("own", ["bedrock:*"])
def test_an_exemption_holds_only_if_both_tenants_give_it(simulator, shared, caller, own):
    """Each tenant's standing deny is attached, and a deny beats whatever the other leaves open."""
    assert not simulator.allowed(caller, ROUTES["batch_jobs"])


def test_every_inline_policy_of_the_role_has_a_name_of_its_own(shared):
    """IAM keeps one inline policy of a name: the second stack would overwrite the first's."""
    names = [
        properties["PolicyName"]
        for stack in shared.stacks
        for kind in ("AWS::IAM::Policy", "AWS::IAM::RolePolicy")
        for _, properties in stack.resources(kind)
        if "shared-app" in (properties.get("RoleName"), *properties.get("Roles", []))
    ]
    assert len(names) == 4
    assert len(set(names)) == 4, names
