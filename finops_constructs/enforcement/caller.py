"""A role that calls a tenant's models, as the guard sees it."""

import hashlib
from dataclasses import dataclass

from aws_cdk import aws_iam as iam


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One caller role.

    Attributes:
        role_arn: Its ARN; may be a token.
        role_name: Its name; may be a token.
        key: Tells it from other callers, in ids and registry paths.
        defined: The role, if this app defines it; else it is made elsewhere and given by its ARN.
    """

    role_arn: str
    role_name: str
    key: str
    defined: iam.IRole | None = None

    @staticmethod
    def given(role_arn: str) -> "Caller":
        """Return the role of that literal ARN, without asking the CDK."""
        return Caller(
            role_arn=role_arn, role_name=role_arn.rsplit("/", maxsplit=1)[-1], key=_hash(role_arn)
        )

    @staticmethod
    def of(role: iam.IRole) -> "Caller":
        """Return a role of the CDK, defined here or imported by its ARN or name."""
        arn, name = role.role_arn, role.role_name
        if isinstance(role, iam.Role | iam.LazyRole):
            return Caller(role_arn=arn, role_name=name, key=_hash(role.node.path), defined=role)
        return Caller(role_arn=arn, role_name=name, key=_hash(arn))


def _hash(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()[:16]
