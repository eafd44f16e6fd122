"""IAM's two simulations, answered by the policy simulator instead of ministack's evaluator.

As in AWS the context is what the request says: tags of a resource are not looked up. Of principals
only roles are simulated, and service control policies are not known.
"""

import html
import itertools
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ministack.core.iam_evaluator import _resolve_managed_policy_document
from ministack.core.responses import get_account_id
from ministack.services import iam

from local.service_calls import Response
from local.simulator import Caller, Judgement, Request, Simulator, SimulatorError

_DECISIONS = {
    "Allowed": "allowed",
    "ExplicitlyDenied": "explicitDeny",
    "ImplicitlyDenied": "implicitDeny",
}

_asking = threading.Lock()
_running: list[Simulator] = []


def install() -> None:
    """Put the operations in the place of ministack's."""
    iam._IAM_HANDLERS["SimulateCustomPolicy"] = _simulate_custom
    iam._IAM_HANDLERS["SimulatePrincipalPolicy"] = _simulate_principal


def _simulate_principal(parameters: dict[str, Any]) -> Response:
    arn = iam._p(parameters, "PolicySourceArn")
    role = iam._roles.get(arn.rpartition("/")[2]) if ":role/" in arn else None
    if role is None:
        missing: Response = iam._error(404, "NoSuchEntity", f"No role {arn} is here.", ns="iam")
        return missing
    caller = _caller(arn, role)
    caller = replace(caller, policies={**caller.policies, **_given(parameters)})
    return _answer("SimulatePrincipalPolicy", caller, parameters)


def _simulate_custom(parameters: dict[str, Any]) -> Response:
    arn = f"arn:aws:iam::{get_account_id()}:role/simulated"
    caller = Caller(arn=arn, policies=_given(parameters))
    return _answer("SimulateCustomPolicy", caller, parameters)


def _answer(operation: str, caller: Caller, parameters: dict[str, Any]) -> Response:
    context = dict(_context(parameters))
    resources = list(_members(parameters, "ResourceArns.member.{}")) or ["*"]
    requests = [
        Request(action=action, resource=resource, context=context)
        for action in _members(parameters, "ActionNames.member.{}")
        for resource in resources
    ]
    try:
        judgements = _judge(caller, requests)
    except SimulatorError as error:
        refused: Response = iam._error(400, "InvalidInput", html.escape(str(error)), ns="iam")
        return refused
    results = "".join(map(_result, requests, judgements))
    answer: Response = iam._xml(
        200,
        f"{operation}Response",
        f"<{operation}Result><EvaluationResults>{results}</EvaluationResults>"
        f"<IsTruncated>false</IsTruncated></{operation}Result>",
        ns="iam",
    )
    return answer


def _judge(caller: Caller, requests: list[Request]) -> list[Judgement]:
    with _asking:
        if not _running:
            _running.append(Simulator())
        return _running[0].judgements(caller, requests, strict=False)


def _caller(arn: str, role: dict[str, Any]) -> Caller:
    documents = dict(role.get("InlinePolicies") or {})
    for attached in role.get("AttachedPolicies") or []:
        documents[attached] = _resolve_managed_policy_document(attached, get_account_id())
    boundary = role.get("PermissionsBoundary")
    limit = _resolve_managed_policy_document(boundary, get_account_id()) if boundary else None
    return Caller(
        arn=arn,
        policies={name: _read(document) for name, document in documents.items() if document},
        boundary=_read(limit),
    )


def _given(parameters: dict[str, Any]) -> dict[str, Any]:
    texts = _members(parameters, "PolicyInputList.member.{}")
    return {f"PolicyInputList.{number}": _read(text) for number, text in enumerate(texts, 1)}


def _read(document: Any) -> Any:
    return json.loads(document) if isinstance(document, str) else document


def _members(parameters: dict[str, Any], pattern: str) -> Iterator[str]:
    for number in itertools.count(1):
        value = iam._p(parameters, pattern.format(number))
        if not value:
            return
        yield value


def _context(parameters: dict[str, Any]) -> Iterator[tuple[str, str]]:
    names = _members(parameters, "ContextEntries.member.{}.ContextKeyName")
    for number, name in enumerate(names, 1):
        values = _members(
            parameters, f"ContextEntries.member.{number}.ContextKeyValues.member.{{}}"
        )
        yield name, next(values, "")


def _result(request: Request, judgement: Judgement) -> str:
    matched = "".join(
        f"<member><SourcePolicyId>{html.escape(name)}</SourcePolicyId></member>"
        for name in judgement.denied_by
    )
    return (
        f"<member><EvalActionName>{html.escape(request.action)}</EvalActionName>"
        f"<EvalResourceName>{html.escape(request.resource)}</EvalResourceName>"
        f"<EvalDecision>{_DECISIONS[judgement.verdict]}</EvalDecision>"
        f"<MatchedStatements>{matched}</MatchedStatements>"
        "<MissingContextValues></MissingContextValues></member>"
    )
