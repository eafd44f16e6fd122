"""Asks IAM's simulator whether a role would be refused a suspended profile, and allowed an active.

The simulator takes the tag as a given context value; it says nothing about how soon a changed tag
is honoured.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from finops_constructs.operations.aws import translated
from finops_constructs.operations.canary import STATE_TAG, SUSPENDED, TENANT_TAG
from finops_constructs.operations.drill_report import Check, Verdict
from finops_constructs.operations.errors import OperationsError

INVOKE_ACTIONS: Final = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
_ALLOWED: Final = "allowed"
_ACTIVE: Final = "active"
_CONTROL: Final = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": "bedrock:InvokeModel",
                "Resource": "*",
                "Condition": {"StringEquals": {f"aws:ResourceTag/{STATE_TAG}": SUSPENDED}},
            },
        ],
    }
)
_Decisions = Mapping[tuple[str, str], str]


def role_verdict(iam: Any, *, role_arn: str, tenant: str, profile_arns: Sequence[str]) -> Check:
    """Return whether a role loses every profile of the tenant once they are suspended.

    Args:
        iam: An IAM client.
        role_arn: The caller role.
        tenant: The tenant.
        profile_arns: The tenant's own profiles.
    """
    name = f"role {role_arn.rsplit('/', 1)[-1]} is refused a suspended profile"
    try:
        suspended = _ask(iam, role_arn, tenant, profile_arns, SUSPENDED)
        active = _ask(iam, role_arn, tenant, profile_arns, _ACTIVE)
    except OperationsError as error:
        return Check(name=name, verdict=Verdict.NOT_AVAILABLE, detail=str(error))
    asked = {(arn, action) for arn in profile_arns for action in INVOKE_ACTIONS}
    unanswered = asked - (suspended.keys() & active.keys())
    still = sorted({arn for (arn, _), said in suspended.items() if said == _ALLOWED})
    usable = sorted({arn for (arn, _), said in active.items() if said == _ALLOWED})
    if still:
        return _still_allowed(iam, name, still)
    if unanswered:
        detail = f"the simulator left out {len(unanswered)} of {len(asked)} questions"
        return Check(name=name, verdict=Verdict.NOT_AVAILABLE, detail=detail)
    if not usable:
        detail = "it may call none of the tenant's profiles while they are active either"
        return Check(name=name, verdict=Verdict.NOT_AVAILABLE, detail=detail)
    detail = f"allowed on {len(usable)} of {len(profile_arns)} while active, on none suspended"
    return Check(name=name, verdict=Verdict.HELD, detail=detail)


def _still_allowed(iam: Any, name: str, arns: Sequence[str]) -> Check:
    distrust = _why_not_trusted(iam)
    if distrust:
        return Check(name=name, verdict=Verdict.NOT_AVAILABLE, detail=distrust)
    detail = (
        f"still allowed on {', '.join(arns)}: it has an allow of its own that no standing deny "
        "holds (guard: observe?); only a stop of the whole tenant, which attaches the suspension "
        "policy, reaches it"
    )
    return Check(name=name, verdict=Verdict.FAILED, detail=detail)


def _why_not_trusted(iam: Any) -> str:
    """Ask what must be refused; an emulator may answer otherwise. Empty: it is to be trusted."""
    try:
        with translated("trying the IAM simulator (iam:SimulateCustomPolicy)"):
            answer = iam.simulate_custom_policy(
                PolicyInputList=[_CONTROL],
                ActionNames=["bedrock:InvokeModel"],
                ContextEntries=[_context(STATE_TAG, SUSPENDED)],
            )
    except OperationsError as error:
        return f"the simulator's answer could not be checked: {error}"
    if any(each["EvalDecision"] == _ALLOWED for each in answer["EvaluationResults"]):
        return "the IAM simulator here does not heed aws:ResourceTag: it allowed what a deny names"
    return ""


def _ask(
    iam: Any, role_arn: str, tenant: str, profile_arns: Sequence[str], state: str
) -> _Decisions:
    decisions: dict[tuple[str, str], str] = {}
    with translated(f"asking for {role_arn} (iam:SimulatePrincipalPolicy)"):
        pages = iam.get_paginator("simulate_principal_policy").paginate(
            PolicySourceArn=role_arn,
            ActionNames=list(INVOKE_ACTIONS),
            ResourceArns=list(profile_arns),
            ContextEntries=[_context(STATE_TAG, state), _context(TENANT_TAG, tenant)],
        )
        for page in pages:
            for each in page["EvaluationResults"]:
                decisions[each["EvalResourceName"], each["EvalActionName"]] = each["EvalDecision"]
    return decisions


def _context(tag: str, value: str) -> dict[str, Any]:
    return {
        "ContextKeyName": f"aws:ResourceTag/{tag}",
        "ContextKeyValues": [value],
        "ContextKeyType": "string",
    }
