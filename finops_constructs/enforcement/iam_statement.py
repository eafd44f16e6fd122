"""IAM statements as plain data."""

from collections.abc import Mapping, Sequence
from typing import Any

Statement = dict[str, Any]


def allow(
    actions: Sequence[str],
    resources: Sequence[str],
    condition: Mapping[str, Mapping[str, Any]] | None = None,
) -> Statement:
    """Return a statement, without a Sid, that allows actions on resources or patterns of them."""
    statement: Statement = {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
    }
    return statement | ({"Condition": condition} if condition else {})


def deny(
    sid: str,
    actions: Sequence[str],
    resource: str,
    condition: dict[str, dict[str, Any]] | None = None,
) -> Statement:
    """Return a statement that denies actions on one resource or pattern of resources."""
    statement: Statement = {
        "Sid": sid,
        "Effect": "Deny",
        "Action": list(actions),
        "Resource": resource,
    }
    return statement | ({"Condition": condition} if condition else {})
