"""IAM policy documents of every kind, with the roles they apply to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from finops_constructs.checks.roles import ROLE_TYPE, Role, defined_role, named_role
from finops_constructs.checks.statement import Statement, read_statements
from finops_constructs.checks.template import Resource
from finops_constructs.checks.text import render, token

MANAGED_POLICY: Final = "AWS::IAM::ManagedPolicy"
PRINCIPALS: Final = (ROLE_TYPE, "AWS::IAM::User", "AWS::IAM::Group")
_DOCUMENTS: Final = (
    "AWS::IAM::Policy",
    MANAGED_POLICY,
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy document.

    Attributes:
        resource: The resource it is written in.
        location: Where it is, below the resource.
        statements: Its statements.
        roles: The roles it is attached to.
    """

    resource: Resource
    location: str
    statements: Sequence[Statement]
    roles: Sequence[Role]


def read_policies(resources: Iterable[Resource]) -> list[Policy]:
    """Return every policy document but those that serve as a permissions boundary only."""
    relevant = [r for r in resources if r.type in PRINCIPALS or r.type in _DOCUMENTS]
    attached: dict[str, list[Role]] = defaultdict(list)
    boundaries: set[str] = set()
    policies = []
    for principal in (r for r in relevant if r.type in PRINCIPALS):
        boundaries.add(principal.text("PermissionsBoundary"))
        roles = [defined_role(principal)] if principal.type == ROLE_TYPE else []
        for arn in managed_policy_arns(principal):
            attached[arn] += roles
        policies += _inline(principal, roles)
    for resource in (r for r in relevant if r.type in _DOCUMENTS):
        reference = token(f"{resource.template.path}#{resource.id}")
        roles = [*_roles(resource), *attached.get(reference, [])]
        holders = ("Roles", "Users", "Groups")
        used = reference in attached or any(resource.properties.get(h) for h in holders)
        if used or reference not in boundaries:
            document = resource.properties.get("PolicyDocument")
            policies.append(_policy(resource, "Properties.PolicyDocument", document, roles))
    return policies


def managed_policy_arns(principal: Resource) -> list[str]:
    """Return the ARNs of the managed policies a role, user or group lists itself."""
    arns = principal.properties.get("ManagedPolicyArns")
    return [render(arn, principal.template) for arn in arns] if isinstance(arns, list) else []


def _inline(principal: Resource, roles: Sequence[Role]) -> list[Policy]:
    inline = principal.properties.get("Policies")
    return [
        _policy(
            principal,
            f"Properties.Policies.{index}.PolicyDocument",
            policy.get("PolicyDocument"),
            roles,
        )
        for index, policy in enumerate(inline if isinstance(inline, list) else [])
        if isinstance(policy, Mapping)
    ]


def _roles(resource: Resource) -> list[Role]:
    roles: Any = resource.properties.get("Roles")
    name = resource.properties.get("RoleName")
    names = [*(roles if isinstance(roles, list) else []), *([] if name is None else [name])]
    return [named_role(value, resource.template) for value in names]


def _policy(resource: Resource, location: str, document: object, roles: Sequence[Role]) -> Policy:
    return Policy(
        resource=resource,
        location=location,
        statements=read_statements(document, resource.template),
        roles=roles,
    )
