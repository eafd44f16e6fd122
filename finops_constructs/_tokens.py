"""Whether a value is a CDK token, answered without importing aws_cdk."""

import sys
from decimal import Decimal
from typing import Any


def is_unresolved(value: object) -> bool:
    """Return True if `value` is known to CloudFormation only at deployment.

    A token can exist only where aws_cdk was imported, so a process without it (the CLI, the
    runtime) answers at once. Asking jsii costs a millisecond, so plain text and ordinary numbers,
    which cannot be tokens, are answered here.
    """
    cdk: Any = sys.modules.get("aws_cdk")
    if cdk is None or isinstance(value, Decimal | bool | int) or value is None:
        return False
    # CDK encodes tokens as "${Token[...]}" in text and as numbers around -1.9e289.
    if isinstance(value, str):
        return "${Token[" in value
    if isinstance(value, float) and not value < -1e280:
        return False
    return bool(cdk.Token.is_unresolved(value))
