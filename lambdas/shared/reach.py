"""What the kill switch may touch: checked before every call, whatever a registry entry says."""

import re
from dataclasses import dataclass
from typing import Final, Self

_UNTOUCHABLE_PATHS: Final = ("/finops/", "/aws-reserved/", "/aws-service-role/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The account and Region the kill switch works in."""

    partition: str
    region: str
    account: str

    @classmethod
    def of_function(cls, function_arn: str) -> Self:
        """Return the place a Lambda function runs in, by its ARN."""
        _, partition, _, region, account, _ = function_arn.split(":", 5)
        return cls(partition=partition, region=region, account=account)


def profile_fault(arn: str, place: Place) -> str | None:
    """Return why a profile may not be tagged; None if it may."""
    prefix = f"arn:{place.partition}:bedrock:{place.region}:{place.account}:"
    if re.fullmatch(re.escape(prefix) + r"application-inference-profile/[0-9A-Za-z-]+", arn):
        return None
    return f"{arn} is no application inference profile of {place.account} in {place.region}"


def policy_fault(arn: str, place: Place, tenant: str) -> str | None:
    """Return why a policy may not be attached for a tenant; None if it is the tenant's own."""
    name = f"finops-suspension-{place.region}-{tenant}"
    own = f"arn:{place.partition}:iam::{place.account}:policy/finops/suspension/{place.region}/"
    return None if arn == own + name else f"{arn} is not {own}{name}"


def role_fault(arn: str, place: Place) -> str | None:
    """Return why a role's policies may not be changed; None if they may."""
    prefix = f"arn:{place.partition}:iam::{place.account}:role/"
    if not arn.startswith(prefix):
        return f"{arn} is no role of account {place.account}"
    path = "/" + arn.removeprefix(prefix)
    if any(path.startswith(untouchable) for untouchable in _UNTOUCHABLE_PATHS):
        return f"{arn} cannot be edited: its path belongs to AWS or to the guard itself"
    return None
