"""The standing deny holds as a boundary, as a service control policy and on an app team's role."""

from dataclasses import replace

import pytest

from finops_constructs.enforcement.statements import GuardExemptions, standing_deny_statements
from local.bedrock_calls import INVOKE, models, through, through_system_profile
from local.simulator import Caller
from tests.iam.catalogue import ROLE_ARN, ROUTES, UNRELATED
from tests.iam.scenarios import BROAD_ALLOWS
from tests.iam.tampering import TAMPERING

DENY = {
    "Version": "2012-10-17",
    "Statement": standing_deny_statements(
        partition="aws", tenants=["writer"], role_arn=ROLE_ARN, exempt=GuardExemptions()
    ),
}
BROAD = {"own": BROAD_ALLOWS["*"]}
CARRIERS = {
    "boundary": Caller(
        arn=ROLE_ARN,
        policies=BROAD,
        boundary={**DENY, "Statement": [*BROAD_ALLOWS["*"]["Statement"], *DENY["Statement"]]},
    ),
    "service control policy": Caller(arn=ROLE_ARN, policies=BROAD, scps=(DENY,)),
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_it_refuses_and_leaves_alone_what_the_attached_policy_does(simulator, enforced, carrier):
    smart, foreign = enforced.profile("writer", "smart"), enforced.profile("chatbot", "smart")
    refused, free = calls(ROLE_ARN, smart, foreign)
    assert simulator.allowed_ones(CARRIERS[carrier], refused | free) == set(free)


@pytest.mark.parametrize("broad", BROAD_ALLOWS)
def test_the_role_of_an_app_team_is_held_as_well_whatever_it_allows_itself(
    simulator, app_team, enforced, broad
):
    caller = app_team.caller("Chat-ChatRole3FC23F62").plus("own", BROAD_ALLOWS[broad])
    smart, foreign = app_team.profile("writer", "smart"), enforced.profile("chatbot", "smart")
    refused, free = calls(caller.arn, smart, foreign)
    expected = {name for name in free if broad == "*" or name.startswith(("bedrock:", "own"))}
    assert simulator.allowed_ones(caller, refused | free) == expected


def calls(role_arn, smart, foreign):
    """What the standing deny of a role must refuse, and what it must leave alone."""
    refused = {
        "suspended": through(smart.suspended()),
        "foreign": through(foreign),
        "bare": models(smart.copied_from, INVOKE)[:1],
        "system": through_system_profile(smart.copied_from),
    } | {
        f"{r.action} {r.context}": [replace(r, resource=r.resource.replace(ROLE_ARN, role_arn))]
        for requests in [*ROUTES.values(), *TAMPERING.values()]
        for r in requests
    }
    return refused, {f"{r.action} {r.resource}": [r] for r in UNRELATED} | {"own": through(smart)}
