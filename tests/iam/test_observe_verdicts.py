"""With `guard: observe` nothing is denied that was not denied before."""

import pytest

from local.bedrock_calls import INVOKE, models, through, through_system_profile
from local.simulator import Caller, Request
from tests.iam.catalogue import ALL_ROUTES, OTHER_MODELS, UNRELATED
from tests.iam.scenarios import BROAD_ALLOWS
from tests.iam.tampering import ALL_TAMPERING

ROLES = {"observed": "writer-app", "observing_app_team": "Chat-ChatRole3FC23F62"}


@pytest.fixture(params=ROLES)
def deployment(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def caller(deployment, observed):
    return deployment.caller(ROLES["observed" if deployment is observed else "observing_app_team"])


@pytest.fixture
def calls(deployment, observed):
    smart = deployment.profile("writer", "smart")
    requests = [*UNRELATED, *ALL_ROUTES, *ALL_TAMPERING]
    requests += [Request(action=INVOKE, resource=arn) for arn in OTHER_MODELS.values()]
    requests += models(smart.copied_from)
    return {f"{r.action} {r.resource} {r.context}": [r] for r in requests} | {
        "own profile": through(smart),
        "own profile, tagged as suspended": through(smart.suspended()),
        "another tenant's profile": through(observed.profile("chatbot", "smart")),
        "the system profile": through_system_profile(smart.copied_from),
    }


@pytest.mark.parametrize("broad", BROAD_ALLOWS)
def test_what_a_caller_could_do_before_it_can_do_with_our_policies(simulator, caller, calls, broad):
    before = Caller(arn=caller.arn, policies={"own": BROAD_ALLOWS[broad]})
    could = simulator.allowed_ones(before, calls)
    assert simulator.allowed_ones(caller.plus("own", BROAD_ALLOWS[broad]), calls) == could
    assert len(could) > 40


def test_no_policy_denies_anything(caller):
    statements = [
        statement for document in caller.policies.values() for statement in document["Statement"]
    ]
    assert {statement["Effect"] for statement in statements} == {"Allow"}


def test_a_grant_alone_opens_the_profile_and_nothing_around_it(simulator, caller, calls):
    assert simulator.allowed_ones(caller, calls) == {"own profile"}


def test_the_state_tag_does_not_stop_a_caller_with_a_broad_allow(simulator, observed):
    """The price of observing: such a caller is stopped by the suspension policy alone."""
    broad = observed.caller("writer-app").plus("own", BROAD_ALLOWS["bedrock:*"])
    suspended = observed.profile("writer", "smart").suspended()
    assert simulator.allowed(broad, through(suspended))
    stopped = broad.plus(*observed.suspension_policy("writer"))
    assert not simulator.allowed(stopped, through(suspended))
