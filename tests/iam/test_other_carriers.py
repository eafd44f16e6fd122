"""The standing deny works as a permissions boundary and as a service control policy, too."""

import pytest

from finops_constructs.enforcement.statements import GuardExemptions, standing_deny_statements
from local.bedrock_calls import INVOKE, models, through, through_system_profile
from local.simulator import Caller
from tests.iam.catalogue import ROLE_ARN, ROUTES, TAMPERING, UNRELATED
from tests.iam.scenarios import BROAD_ALLOWS

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
    smart = enforced.profile("writer", "smart")
    refused = {
        "suspended": through(smart.suspended()),
        "foreign": through(enforced.profile("chatbot", "smart")),
        "bare": models(smart.copied_from, INVOKE)[:1],
        "system": through_system_profile(smart.copied_from),
    } | {
        f"{r.action} {r.context}": [r]
        for requests in [*ROUTES.values(), *TAMPERING.values()]
        for r in requests
    }
    free = {f"{r.action} {r.resource}": [r] for r in UNRELATED} | {"own": through(smart)}
    allowed = simulator.allowed_ones(CARRIERS[carrier], refused | free)
    assert allowed == set(free)
