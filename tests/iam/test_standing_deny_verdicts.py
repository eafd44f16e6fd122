"""A caller with a broad allow of its own: it may spend as its tenant, or not at all."""

import pytest

from local.bedrock_calls import INVOKE, STREAM, models, through, through_system_profile
from local.simulator import Request
from tests.iam.catalogue import OTHER_MODELS, ROUTES, UNRELATED
from tests.iam.scenarios import BROAD_ALLOWS
from tests.iam.tampering import TAMPERING

pytestmark = pytest.mark.parametrize("broad", BROAD_ALLOWS)


@pytest.fixture
def caller(enforced, broad):
    return enforced.caller("writer-app").plus("own", BROAD_ALLOWS[broad])


@pytest.mark.parametrize("action", [INVOKE, STREAM])
@pytest.mark.parametrize("alias", ["smart", "world", "embed"])
def test_it_may_call_its_own_profiles(simulator, enforced, caller, alias, action):
    assert simulator.allowed(caller, through(enforced.profile("writer", alias), action))


@pytest.mark.parametrize("action", [INVOKE, STREAM])
@pytest.mark.parametrize("alias", ["smart", "world", "embed"])
def test_the_state_tag_alone_stops_it(simulator, enforced, caller, alias, action):
    profile = enforced.profile("writer", alias).suspended()
    assert not simulator.allowed(caller, through(profile, action))


def test_the_suspension_policy_alone_stops_it(simulator, enforced, caller):
    stopped = caller.plus(*enforced.suspension_policy("writer"))
    for alias in ("smart", "world", "embed"):
        assert not simulator.allowed(stopped, through(enforced.profile("writer", alias)))


@pytest.mark.parametrize("action", [INVOKE, STREAM])
def test_it_may_not_reach_a_model_any_other_way(simulator, enforced, caller, action):
    smart, world = enforced.profile("writer", "smart"), enforced.profile("writer", "world")
    embed = enforced.profile("writer", "embed")
    bare = [request for p in (smart, world, embed) for request in models(p.copied_from, action)]
    calls = {f"bare model {request.resource}": [request] for request in bare}
    assert len(calls) > 10
    for profile in (smart, world):
        system = through_system_profile(profile.copied_from, action)
        calls[f"system profile {profile.copied_from}"] = system
    calls |= {
        "another tenant's profile": through(enforced.profile("chatbot", "smart"), action),
        "a profile of its own without tags": through(untagged(smart), action),
        "a profile without our tag": through(untagged(smart, bedrock__tool="writer"), action),
        "a profile it tagged as another's": through(smart.tagged(finops__tenant="chatbot"), action),
        "a profile with an empty tenant": through(smart.tagged(finops__tenant=""), action),
    }
    assert simulator.allowed_ones(caller, calls) == set()


def test_it_may_not_call_models_without_profiles(simulator, caller):
    calls = {k: [Request(action=INVOKE, resource=arn)] for k, arn in OTHER_MODELS.items()}
    assert simulator.allowed_ones(caller, calls) == set()


def test_no_part_of_a_forbidden_call_is_left_to_the_grant(simulator, enforced, caller):
    """Each of the models of a system profile is denied, not only one of them."""
    source = enforced.profile("writer", "smart").copied_from
    requests = through_system_profile(source)[1:]
    verdicts = simulator.verdicts(caller, requests)
    assert set(verdicts) == {"ExplicitlyDenied"}


@pytest.mark.parametrize("route", ROUTES)
def test_it_may_take_no_other_route_to_capacity(simulator, caller, route):
    calls = {request.action: [request] for request in ROUTES[route]}
    assert simulator.allowed_ones(caller, calls) == set()


@pytest.mark.parametrize("sid", TAMPERING)
def test_it_may_not_tamper_with_the_guard(simulator, caller, sid):
    calls = {f"{r.action} {r.context}": [r] for r in TAMPERING[sid]}
    assert simulator.allowed_ones(caller, calls) == set()


def test_it_may_do_everything_else(simulator, caller, broad):
    calls = {f"{request.action} {request.resource}": [request] for request in UNRELATED}
    expected = {name for name in calls if broad == "*" or name.startswith("bedrock:")}
    assert simulator.allowed_ones(caller, calls) == expected


def untagged(profile, **tags):
    return type(profile)(arn=profile.arn, copied_from=profile.copied_from).tagged(**tags)
