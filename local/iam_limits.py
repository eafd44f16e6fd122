"""IAM's limits on policies, which ministack does not know."""

import json
import re
from typing import Any

from ministack.services import iam

from local.service_calls import Response, ServiceCallError

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: white space is free.
_LONGEST_MANAGED_POLICY = 6_144
_LONGEST_INLINE_POLICIES_OF_A_ROLE = 10_240

_ministack_put_role_policy = iam._put_role_policy
_ministack_store_policy = iam.store_policy


def install() -> None:
    """Refuse what IAM would refuse."""
    iam._put_role_policy = _put_role_policy
    iam._IAM_HANDLERS["PutRolePolicy"] = _put_role_policy
    iam.store_policy = _store_policy


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
