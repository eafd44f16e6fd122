"""IAM's limits on policies, which ministack does not know."""

import json
import re
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import iam

from local.service_calls import Response, ServiceCallError

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space is free.
_LONGEST_MANAGED_POLICY = 6_144
_LONGEST_INLINE_POLICIES_OF_A_ROLE = 10_240
# The default quota; AWS raises it on request.
_MOST_MANAGED_POLICIES_OF_A_ROLE = 10

_ministack_attach = iam.attach_managed_policy
_ministack_attach_role_policy = iam._attach_role_policy
_ministack_put_role_policy = iam._put_role_policy
_ministack_store_policy = iam.store_policy


def install() -> None:
    """Refuse what IAM would refuse."""
    iam._put_role_policy = _put_role_policy
    iam._IAM_HANDLERS["PutRolePolicy"] = _put_role_policy
    iam.store_policy = _store_policy
    iam.attach_managed_policy = _attach
    iam._IAM_HANDLERS["AttachRolePolicy"] = _attach_role_policy


def _put_role_policy(request: dict[str, Any]) -> Response:
    role_name, name, document = (
        iam._p(request, key) for key in ("RoleName", "PolicyName", "PolicyDocument")
    )
    role = iam._roles.get(role_name) or {"InlinePolicies": {}}
    policies = role["InlinePolicies"] | {name: document}
    size = sum(_size(policy) for policy in policies.values())
    if size > _LONGEST_INLINE_POLICIES_OF_A_ROLE:
        limit = _LONGEST_INLINE_POLICIES_OF_A_ROLE
        reason = f"Maximum policy size of {limit} bytes exceeded for role {role_name}: {size}"
        refusal: Response = iam._error(409, "LimitExceeded", reason, ns="iam")
        return refusal
    answer: Response = _ministack_put_role_policy(request)
    return answer


def _attach_role_policy(request: dict[str, Any]) -> Response:
    arn = iam._p(request, "PolicyArn")
    role = iam._roles.get(iam._p(request, "RoleName"))
    refusal: Response | None = None
    if role and f"::{get_account_id()}:" in arn and arn not in iam._policies:
        reason = f"Policy {arn} does not exist or is not attachable."
        refusal = iam._error(404, "NoSuchEntity", reason, ns="iam")
    elif role and (full := _quota_refusal(role, arn)):
        refusal = iam._error(409, "LimitExceeded", full, ns="iam")
    return refusal or _ministack_attach_role_policy(request)


def _attach(entity: dict[str, Any], policy_arn: str) -> None:
    if full := _quota_refusal(entity, policy_arn):
        raise ServiceCallError(full)
    _ministack_attach(entity, policy_arn)


def _quota_refusal(entity: dict[str, Any], policy_arn: str) -> str | None:
    attached = entity.get("AttachedPolicies") or []
    quota = _MOST_MANAGED_POLICIES_OF_A_ROLE
    if "RoleName" not in entity or policy_arn in attached or len(attached) < quota:
        return None
    return f"Cannot exceed quota for PoliciesPerRole: {quota}"


def _store_policy(
    arn: str, name: str, path: str, document: Any, **described: Any
) -> dict[str, Any]:
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html: names are unique in
    # the account, whatever their paths and case.
    if any(policy["PolicyName"].lower() == name.lower() for policy in iam._policies.values()):
        raise ServiceCallError(
            f"A policy called {name} already exists. Duplicate names are not allowed."
        )
    size = _size(document)
    if size > _LONGEST_MANAGED_POLICY:
        raise ServiceCallError(
            f"Cannot exceed quota for PolicySize: {_LONGEST_MANAGED_POLICY}, is {size}"
        )
    stored: dict[str, Any] = _ministack_store_policy(arn, name, path, document, **described)
    return stored


def _size(document: Any) -> int:
    text = document if isinstance(document, str) else json.dumps(document)
    return len(re.sub(r"\s", "", text))
