"""Would a stop reach every caller? Asked of IAM before a deployment, after it, and in a drill."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from finops_constructs.operations.aws import Aws, translated
from finops_constructs.operations.errors import OperationsError
from finops_constructs.preflight.caller_verdict import (
    CallerFacts,
    Declared,
    Reach,
    Unreached,
    judge,
)
from finops_constructs.preflight.reading import DEFAULT_QUOTA, policy_quota, read_roles, read_users

NOT_STOPPED = (
    "an answer that is being streamed: it runs to its end",
    "provisioned throughput: nobody is let through, but it goes on billing until it is deleted",
    "batch jobs on a bare model by a role that the tenant does not declare or shares",
)
"""What no stop ends, whoever calls."""


def unreached_callers(
    aws: Aws, callers: Mapping[str, Iterable[str]], *, account: str
) -> list[Unreached]:
    """Return every caller that a stop of its tenant would not reach, with the reason.

    Args:
        aws: Where and as whom.
        callers: ARNs of caller roles, and of users with a Bedrock API key, by tenant.
        account: The account of the tenants, whose IAM is asked.

    Raises:
        OperationsError: If IAM refuses or cannot be reached.
    """
    declared = _declared(callers)
    iam = aws.client("iam")
    own = f"::{account}:"
    roles = [d.arn.rpartition("/")[2] for d in declared if f"{own}role/" in d.arn]
    users = [d.arn.rpartition("/")[2] for d in declared if f"{own}user/" in d.arn]
    facts = {"role": read_roles(iam, roles), "user": read_users(iam, users)}
    quota = _quota(iam)
    return [
        found
        for each in declared
        for found in judge(each, _facts_of(each, facts), account=account, quota=quota)
    ]


def account_of(aws: Aws) -> str:
    """Return the account of the credentials."""
    with translated("asking who I am (sts:GetCallerIdentity)"):
        return str(aws.client("sts").get_caller_identity()["Account"])


def _declared(callers: Mapping[str, Iterable[str]]) -> list[Declared]:
    tenants: defaultdict[str, set[str]] = defaultdict(set)
    for tenant, arns in callers.items():
        for arn in arns:
            tenants[arn].add(tenant)
    return [Declared(arn=arn, tenants=sorted(tenants[arn])) for arn in sorted(tenants)]


def _facts_of(
    declared: Declared, facts: Mapping[str, Mapping[str, CallerFacts]]
) -> CallerFacts | None:
    kind = "user" if ":user/" in declared.arn else "role"
    return facts[kind].get(declared.arn.rpartition("/")[2])


def _quota(iam: Any) -> int:
    try:
        return policy_quota(iam)
    except OperationsError:
        return DEFAULT_QUOTA


__all__ = ["NOT_STOPPED", "Reach", "Unreached", "account_of", "unreached_callers"]
