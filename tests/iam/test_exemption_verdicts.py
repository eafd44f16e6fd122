"""What a tenant exempts from the standing deny is open, and nothing beside it."""

import pytest

from finops_constructs.enforcement.statements import GuardExemptions, standing_deny_statements
from local.bedrock_calls import INVOKE, models, through, through_system_profile
from local.simulator import Caller, Request
from tests.iam import scenarios
from tests.iam.catalogue import OTHER_MODELS, ROLE_ARN, ROUTES
from tests.iam.scenarios import BROAD_ALLOWS
from tests.iam.tampering import ALL_TAMPERING

PROVISIONED = OTHER_MODELS["a provisioned model"]
IMPORTED = OTHER_MODELS["an imported model"]
OPENED = {
    "mantle": (GuardExemptions(mantle=True), {"mantle"}),
    "api_keys": (GuardExemptions(api_keys=True), {"api_keys"}),
    "batch_jobs": (GuardExemptions(batch_jobs=True), {"batch_jobs"}),
    "models": (GuardExemptions(models=(PROVISIONED,)), {PROVISIONED}),
    "two models": (GuardExemptions(models=(PROVISIONED, IMPORTED)), {PROVISIONED, IMPORTED}),
    "nothing": (GuardExemptions(), set()),
}


@pytest.fixture
def everything(enforced):
    """Every call the standing deny refuses, by the name of what it is or the exemption for it."""
    smart, foreign = enforced.profile("writer", "smart"), enforced.profile("chatbot", "smart")
    routes = {
        f"{route}: {request.action}": [request]
        for route, requests in ROUTES.items()
        for request in requests
    }
    tampering = {f"{r.action} {r.context}": [r] for r in ALL_TAMPERING}
    others = {arn: [Request(action=INVOKE, resource=arn)] for arn in OTHER_MODELS.values()}
    return (
        routes
        | tampering
        | others
        | {
            "suspended": through(smart.suspended()),
            "foreign": through(foreign),
            "bare": models(smart.copied_from)[:1],
            "system": through_system_profile(smart.copied_from),
        }
    )


@pytest.mark.parametrize("name", OPENED)
def test_an_exemption_opens_exactly_what_it_names(simulator, everything, name):
    exempt, opened = OPENED[name]
    statements = standing_deny_statements(
        partition="aws", tenants=["writer"], role_arn=ROLE_ARN, exempt=exempt
    )
    caller = Caller(
        arn=ROLE_ARN, policies={"own": BROAD_ALLOWS["*"], "deny": _document(statements)}
    )
    allowed = simulator.allowed_ones(caller, everything)
    assert {call.split(": ")[0] for call in allowed} == opened
    assert len(allowed) == sum(call.split(": ")[0] in opened for call in everything)


def test_an_exempt_foundation_model_still_needs_a_profile(simulator, enforced):
    source = enforced.profile("writer", "embed").copied_from
    statements = standing_deny_statements(
        partition="aws",
        tenants=["writer"],
        role_arn=ROLE_ARN,
        exempt=GuardExemptions(models=(source,)),
    )
    caller = Caller(
        arn=ROLE_ARN, policies={"own": BROAD_ALLOWS["*"], "deny": _document(statements)}
    )
    assert not simulator.allowed(caller, models(source))


def test_the_exemptions_of_a_configured_tenant_reach_its_callers(simulator):
    deployment = scenarios.tenants(guard="enforce", allow={"batch_jobs": True})
    caller = deployment.caller("writer-app").plus("own", BROAD_ALLOWS["*"])
    calls = {name: requests for name, requests in ROUTES.items() if name != "capacity"}
    assert simulator.allowed_ones(caller, calls) == {"batch_jobs"}


def _document(statements):
    return {"Version": "2012-10-17", "Statement": statements}
