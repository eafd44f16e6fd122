"""With `guard: observe` nothing is denied that was not denied before."""

import pytest

from local.bedrock_calls import INVOKE, models, through, through_system_profile
from local.simulator import Caller, Request
from tests.iam.catalogue import ALL_ROUTES, ALL_TAMPERING, OTHER_MODELS, UNRELATED
from tests.iam.scenarios import BROAD_ALLOWS


@pytest.fixture
def calls(observed):
    smart = observed.profile("writer", "smart")
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
def test_what_a_caller_could_do_before_it_can_do_with_our_policies(
    simulator, observed, calls, broad
):
    caller = observed.caller("writer-app")
    before = Caller(arn=caller.arn, policies={"own": BROAD_ALLOWS[broad]})
    could = simulator.allowed_ones(before, calls)
    assert simulator.allowed_ones(caller.plus("own", BROAD_ALLOWS[broad]), calls) == could
    assert len(could) > 40


def test_no_policy_denies_anything(observed):
    statements = [
        statement
        for document in observed.caller("writer-app").policies.values()
        for statement in document["Statement"]
    ]
    assert {statement["Effect"] for statement in statements} == {"Allow"}


def test_the_state_tag_does_not_stop_a_caller_with_a_broad_allow(simulator, observed):
    """The price of observing: such a caller is stopped by the suspension policy alone."""
    broad = observed.caller("writer-app").plus("own", BROAD_ALLOWS["bedrock:*"])
    suspended = observed.profile("writer", "smart").suspended()
    assert simulator.allowed(broad, through(suspended))
    stopped = broad.plus(*observed.suspension_policy("writer"))
    assert not simulator.allowed(stopped, through(suspended))
