"""Reads what IAM says of callers: one by one for a few, the account's roles in bulk for many."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import unquote

from finops_constructs.operations.aws import translated
from finops_constructs.preflight.caller_verdict import CallerFacts

BEDROCK: Final = "bedrock.amazonaws.com"
DEFAULT_QUOTA: Final = 10
"""Managed policies a role may have, where IAM does not say (aws-facts section 1.4: unverified)."""
_MOST_ONE_BY_ONE: Final = 25


def policy_quota(iam: Any) -> int:
    """Return how many managed policies a role of the account may have."""
    with translated("reading IAM's quotas (iam:GetAccountSummary)"):
        summary = iam.get_account_summary()["SummaryMap"]
    return int(summary.get("AttachedPoliciesPerRoleQuota", DEFAULT_QUOTA))


def read_roles(iam: Any, names: Iterable[str]) -> dict[str, CallerFacts]:
    """Return what IAM says of roles, by name; one that does not exist is left out.

    Args:
        iam: An IAM client.
        names: The roles' names, without paths.
    """
    wanted = set(names)
    if len(wanted) <= _MOST_ONE_BY_ONE:
        facts = ((name, _read_role(iam, name)) for name in sorted(wanted))
        return {name: each for name, each in facts if each is not None}
    with translated("reading the account's roles (iam:GetAccountAuthorizationDetails)"):
        pages = iam.get_paginator("get_account_authorization_details").paginate(
            Filter=["Role"], PaginationConfig={"PageSize": 1000}
        )
        return {
            role["RoleName"]: CallerFacts(
                arn=role["Arn"],
                attached=[each["PolicyArn"] for each in role["AttachedManagedPolicies"]],
                documents=[_document(each["PolicyDocument"]) for each in role["RolePolicyList"]],
            )
            for page in pages
            for role in page["RoleDetailList"]
            if role["RoleName"] in wanted
        }


def read_users(iam: Any, names: Iterable[str]) -> dict[str, CallerFacts]:
    """Return what IAM says of users and their Bedrock API keys, by name."""
    found = {}
    for name in sorted(set(names)):
        with translated(f"reading user {name} (iam:GetUser)"):
            try:
                user = iam.get_user(UserName=name)["User"]
            except iam.exceptions.NoSuchEntityException:
                continue
        found[name] = CallerFacts(
            arn=user["Arn"],
            tags={tag["Key"]: tag["Value"] for tag in user.get("Tags", ())},
            active_keys=active_keys(iam, name),
        )
    return found


def active_keys(iam: Any, user: str) -> list[str]:
    """Return the ids of a user's active Bedrock API keys."""
    with translated(f"reading the API keys of {user} (iam:ListServiceSpecificCredentials)"):
        keys = iam.list_service_specific_credentials(UserName=user, ServiceName=BEDROCK)
    return [
        key["ServiceSpecificCredentialId"]
        for key in keys["ServiceSpecificCredentials"]
        if key["Status"] == "Active"
    ]


def _read_role(iam: Any, name: str) -> CallerFacts | None:
    with translated(f"reading role {name} (iam:GetRole, iam:ListAttachedRolePolicies)"):
        try:
            role = iam.get_role(RoleName=name)["Role"]
        except iam.exceptions.NoSuchEntityException:
            return None
        attached = [
            each["PolicyArn"]
            for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)
            for each in page["AttachedPolicies"]
        ]
    return CallerFacts(arn=role["Arn"], attached=attached, documents=_inline(iam, name))


def _inline(iam: Any, name: str) -> list[Mapping[str, Any]]:
    with translated(f"reading the policies of {name} (iam:ListRolePolicies, iam:GetRolePolicy)"):
        return [
            _document(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])
            for page in iam.get_paginator("list_role_policies").paginate(RoleName=name)
            for policy in page["PolicyNames"]
        ]


def _document(value: Any) -> Mapping[str, Any]:
    """Return a policy document; boto3 decodes it, except where a service left it as text."""
    found: Mapping[str, Any] = json.loads(unquote(value)) if isinstance(value, str) else value
    return found
