"""IAM statements as plain data."""

from collections.abc import Sequence
from typing import Any

Statement = dict[str, Any]


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
