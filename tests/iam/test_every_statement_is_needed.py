"""Broken policies must be noticed: each mutant of the guard changes at least one verdict."""

from copy import deepcopy
from fnmatch import fnmatchcase

import pytest

from finops_constructs.enforcement.statements import (
    GuardExemptions,
    invoke_statements,
    standing_deny_statements,
)
from local.bedrock_calls import INVOKE, STREAM, Profile, models, through, through_system_profile
from local.simulator import Caller, Request
from tests.iam.catalogue import OTHER_MODELS, PROFILE, ROLE_ARN, ROUTES, SYSTEM_PROFILE, bedrock
from tests.iam.catalogue import UNRELATED as FREE
from tests.iam.scenarios import BROAD_ALLOWS
from tests.iam.tampering import TAMPERING

OWN = Profile(arn=PROFILE, tags={"finops:tenant": "writer"}, copied_from=SYSTEM_PROFILE)
FOREIGN = Profile(arn=f"{PROFILE}b", tags={"finops:tenant": "chatbot"}, copied_from=SYSTEM_PROFILE)
UNTAGGED = Profile(arn=f"{PROFILE}c", copied_from=SYSTEM_PROFILE)
BARE = models(SYSTEM_PROFILE)
DENY = standing_deny_statements(
    partition="aws", tenants=["writer"], role_arn=ROLE_ARN, exempt=GuardExemptions()
)
GRANT = invoke_statements(
    tenant="writer",
    aliases=["smart"],
    profile_arns=[PROFILE],
    all_profiles=bedrock("application-inference-profile/*"),
    system_profiles=bedrock("inference-profile/*"),
    foundation_models="arn:aws:bedrock:*::foundation-model/*",
)
REPLACED = Profile(
    arn=f"{PROFILE}d",
    tags={"finops:tenant": "writer", "finops:alias": "smart"},
    copied_from=bedrock("inference-profile/global.amazon.nova-lite-v1:0"),
)
OTHER_ALIAS = REPLACED.tagged(finops__alias="fast")
# What a caller with everything allowed and the standing deny must be refused.
REFUSED = {
    **{f"suspended {a}": through(OWN.suspended(), a) for a in (INVOKE, STREAM)},
    **{f"foreign {a}": through(FOREIGN, a) for a in (INVOKE, STREAM)},
    **{f"untagged {a}": through(UNTAGGED, a) for a in (INVOKE, STREAM)},
    **{f"bare {a}": models(SYSTEM_PROFILE, a)[:1] for a in (INVOKE, STREAM)},
    **{f"system {a}": through_system_profile(SYSTEM_PROFILE, a) for a in (INVOKE, STREAM)},
    **{arn: [Request(action=INVOKE, resource=arn)] for arn in OTHER_MODELS.values()},
    **{
        f"{r.action} {r.context}": [r]
        for group in (ROUTES, TAMPERING)
        for requests in group.values()
        for r in requests
    },
}
GRANTED = {
    f"{name} {action}": through(profile, action)
    for name, profile in {"own": OWN, "replaced": REPLACED}.items()
    for action in (INVOKE, STREAM)
}
# What the grant of one alias must not allow beside.
NOT_GRANTED = {
    "another alias's replaced profile": through(OTHER_ALIAS),
    "another tenant's replaced profile": through(REPLACED.tagged(finops__tenant="chatbot")),
    "a suspended replaced profile": through(REPLACED.suspended()),
    "the bare model of a replaced profile": models(REPLACED.copied_from)[:1],
    "its system profile": through_system_profile(REPLACED.copied_from),
}
LEFT_ALONE = {f"{r.action} {r.resource}": [r] for r in FREE}


def _without_statement(statement):
    return [s for s in DENY if s is not statement]


def _without_action(statement, action):
    actions = [a for a in statement["Action"] if a != action]
    return _changed(statement, Action=actions)


def _changed(statement, **changes):
    """The standing deny with one statement changed; a change to None leaves the element out."""
    mutant = {key: value for key, value in (statement | changes).items() if value is not None}
    return [mutant if s is statement else s for s in DENY]


STATE, TENANT = "aws:ResourceTag/finops:state", "aws:ResourceTag/finops:tenant"
THROUGH = "bedrock:InferenceProfileArn"
SYSTEMS = "arn:aws:bedrock:*:*:inference-profile/*"
ANY_APPLICATION = "arn:aws:bedrock:*:*:application-inference-profile/*"
SIDS = {statement["Sid"]: statement for statement in DENY}
MUTANTS = {
    **{f"without {sid}": (sid, _without_statement(s)) for sid, s in SIDS.items()},
    **{
        f"{sid} without {action}": (sid, _without_action(s, action))
        for sid, s in SIDS.items()
        if isinstance(s.get("Action"), list) and len(s["Action"]) > 1
        for action in s["Action"]
    },
    **{
        f"FinOpsPlatform without {part}": (
            "FinOpsPlatform",
            _changed(
                SIDS["FinOpsPlatform"],
                **{key: [each for each in SIDS["FinOpsPlatform"][key] if each != part]},
            ),
        )
        for key in ("NotAction", "Resource")
        for part in SIDS["FinOpsPlatform"][key]
    },
    **{
        f"{sid} if {condition}": (sid, _changed(SIDS[sid], Condition=condition))
        for sid, condition in [
            ("FinOpsSuspended", None),
            ("FinOpsSuspended", {"StringNotEquals": {STATE: "suspended"}}),
            ("FinOpsSuspended", {"StringEqualsIfExists": {STATE: "suspended"}}),
            ("FinOpsSuspended", {"StringEquals": {STATE: "Suspended"}}),
            ("FinOpsForeignProfile", None),
            ("FinOpsForeignProfile", {"StringEquals": {TENANT: "chatbot"}}),
            ("FinOpsForeignProfile", {"Null": {TENANT: "true"}}),
            ("FinOpsBareModel", None),
            ("FinOpsBareModel", {"Null": {THROUGH: "true"}}),
            ("FinOpsBareModel", {"ArnLike": {THROUGH: SYSTEMS}}),
            ("FinOpsBareModel", {"ArnLike": {THROUGH: ANY_APPLICATION}}),
            ("FinOpsGuardPolicies", None),
            ("FinOpsPlatform", None),
            ("FinOpsPlatform", {"Bool": {"lambda:InvokedViaFunctionUrl": "false"}}),
            ("FinOpsEvents", None),
            ("FinOpsEvents", {"ForAllValues:StringEquals": {"events:source": "finops-constructs"}}),
        ]
    },
}


def caller_with(statements):
    document = {"Version": "2012-10-17", "Statement": statements}
    return Caller(arn=ROLE_ARN, policies={"own": BROAD_ALLOWS["*"], "deny": document})


def touched_by(sid):
    """The calls that a statement has a say in: asking about the others would only take time."""
    actions = SIDS[sid].get("Action", "*")
    patterns = [actions] if isinstance(actions, str) else actions
    return {
        name: requests
        for name, requests in (REFUSED | GRANTED | LEFT_ALONE).items()
        if any(fnmatchcase(r.action.lower(), p.lower()) for r in requests for p in patterns)
    }


def test_the_standing_deny_refuses_all_of_it_and_leaves_the_rest_alone(simulator):
    calls = REFUSED | GRANTED | LEFT_ALONE
    assert simulator.allowed_ones(caller_with(DENY), calls) == {*GRANTED, *LEFT_ALONE}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_standing_deny_changes_a_verdict(simulator, mutant):
    sid, statements = MUTANTS[mutant]
    calls = touched_by(sid)
    assert simulator.allowed_ones(caller_with(statements), calls) != calls.keys() - REFUSED.keys()


def _grant_mutants():
    yield from ((f"without statement {n}", GRANT[:n] + GRANT[n + 1 :]) for n in range(len(GRANT)))
    for number in (0, 1, 3):
        mutant = deepcopy(GRANT)
        del mutant[number]["Condition"]
        yield f"statement {number} without its condition", mutant
    for action in GRANT[0]["Action"]:
        mutant = [{**s, "Action": [a for a in s["Action"] if a != action]} for s in GRANT]
        yield f"without {action}", mutant
    mutant = deepcopy(GRANT)
    mutant[0]["Condition"] = {"StringEquals": {STATE: "active"}}
    yield "only where the state tag says active", mutant
    for key, keys in GRANT[1]["Condition"].items():
        for tag in keys:
            mutant = deepcopy(GRANT)
            del mutant[1]["Condition"][key][tag]
            yield f"a replaced profile without {key} {tag}", mutant
    mutant = deepcopy(GRANT)
    mutant[3]["Condition"] = {"ArnLike": {THROUGH: "arn:aws:bedrock:*:*:*"}}
    yield "through any profile", mutant


GRANT_MUTANTS = dict(_grant_mutants())
GRANT_CALLS = REFUSED | NOT_GRANTED | GRANTED


def grant_verdicts(simulator, statements):
    document = {"Version": "2012-10-17", "Statement": statements}
    return simulator.allowed_ones(Caller(arn=ROLE_ARN, policies={"g": document}), GRANT_CALLS)


def test_the_grant_allows_exactly_its_own_profile_and_those_it_replaced(simulator):
    assert grant_verdicts(simulator, GRANT) == set(GRANTED)


@pytest.mark.parametrize("mutant", GRANT_MUTANTS)
def test_a_broken_grant_changes_a_verdict(simulator, mutant):
    assert grant_verdicts(simulator, GRANT_MUTANTS[mutant]) != set(GRANTED)
