"""The registry: how a tenant's stack, the platform's functions and tools find each other.

Plain SSM parameters of JSON with a schema version. Paths are contracts; see design.md, "How they
find each other".
"""

from collections.abc import Mapping
from typing import Any, Final

from aws_cdk import Stack
from aws_cdk import aws_ssm as ssm
from constructs import Construct

SCHEMA_VERSION: Final = 1


def policy_path(tenant: str) -> str:
    """Return the path of the tenant's policy entry."""
    return f"/finops/{tenant}/policy"


def profile_path(tenant: str, alias: str) -> str:
    """Return the path of one alias's entry."""
    return f"/finops/{tenant}/profiles/{alias}"


def caller_path(tenant: str, caller: str) -> str:
    """Return the path of one caller's entry; `caller` is a hash of the role."""
    return f"/finops/{tenant}/callers/{caller}"


class RegistryEntry(Construct):
    """Defines one entry of the registry as a plain SSM parameter."""

    def __init__(
        self, scope: Construct, id: str, *, path: str, description: str, value: Mapping[str, Any]
    ) -> None:
        """Define the parameter.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            path: The parameter's name, one of the paths of this module.
            description: What a person who finds it should know.
            value: The entry without its schema version; may hold tokens.
        """
        super().__init__(scope, id)
        ssm.CfnParameter(
            self,
            "Resource",
            name=path,
            description=description,
            tier="Standard",
            type="String",
            value=Stack.of(self).to_json_string({"schema_version": SCHEMA_VERSION, **value}),
        )
