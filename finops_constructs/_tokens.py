"""Whether a value is a CDK token, answered without importing aws_cdk."""

import sys
from typing import Any


def is_unresolved(value: object) -> bool:
    """Return True if `value` is known to CloudFormation only at deployment.

    A token can exist only where aws_cdk was imported, so a process without it (the CLI, the
    runtime) answers at once.
    """
    cdk: Any = sys.modules.get("aws_cdk")
    return bool(cdk is not None and hasattr(cdk, "Token") and cdk.Token.is_unresolved(value))
