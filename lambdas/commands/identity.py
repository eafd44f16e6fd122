"""Who calls: as AWS authenticated it, never as the request says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from commands.refusal import RefusedError
from shared.registry import Registry


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller's STS or IAM identity."""

    arn: str

    @property
    def role_name(self) -> str | None:
        """The role behind an assumed-role session; None for anybody else."""
        resource = self.arn.split(":", 5)[-1]
        kind, _, rest = resource.partition("/")
        return rest.partition("/")[0] if kind == "assumed-role" else None

    def tenants_called_for(self, registry: Registry) -> frozenset[str]:
        """Return the tenants whose registered caller role this is."""
        return frozenset(
            tenant
            for tenant, callers in registry.callers.items()
            if self.role_name in {caller.role_name for caller in callers}
        )


def actor_of(event: Mapping[str, Any]) -> Actor:
    """Return who signed a function URL's request.

    Raises:
        RefusedError: If nobody did.
    """
    authorizer = (event.get("requestContext") or {}).get("authorizer") or {}
    arn = (authorizer.get("iam") or {}).get("userArn")
    if not isinstance(arn, str) or not arn.startswith("arn:"):
        raise RefusedError(403, "no IAM identity: sign the request (AuthType AWS_IAM)")
    return Actor(arn)
