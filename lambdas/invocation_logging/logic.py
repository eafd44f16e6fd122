"""Whose a logging configuration is, and what is wanted: small decisions, without boto3."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_NO_BODIES: Final = {
    f"{kind}DataDeliveryEnabled": False for kind in ("audio", "embedding", "image", "text", "video")
}


class ForeignConfigurationError(RuntimeError):
    """Somebody else logs the calls of this account and Region already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The properties of a `Custom::FinOpsInvocationLogging` resource.

    Attributes:
        log_group: Name of the log group that takes the records.
        role_arn: What Bedrock writes them as.
        overwrite: Whether somebody else's configuration may be replaced.
        found_parameter: Where what was found is kept until it is restored.
    """

    log_group: str
    role_arn: str
    overwrite: bool
    found_parameter: str

    @classmethod
    def parse(cls, properties: Mapping[str, Any]) -> "Wanted":
        """Read the resource's properties; KeyError if one is missing."""
        return cls(
            log_group=properties["LogGroupName"],
            role_arn=properties["RoleArn"],
            overwrite=properties["Overwrite"] == "true",
            found_parameter=properties["FoundParameter"],
        )

    @property
    def configuration(self) -> dict[str, Any]:
        """What Bedrock is to be told: metadata into the log group, content nowhere."""
        destination = {"logGroupName": self.log_group, "roleArn": self.role_arn}
        return {"cloudWatchConfig": destination, **_NO_BODIES}

    def is_ours(self, current: Mapping[str, Any]) -> bool:
        """Whether this resource made a configuration, and nobody has added to it since."""
        destination = current.get("cloudWatchConfig", {})
        return destination.get("logGroupName") == self.log_group and not current.get("s3Config")

    def check_replaceable(self, current: Mapping[str, Any]) -> None:
        """Raise ForeignConfigurationError unless a configuration of others may be replaced."""
        if not self.overwrite:
            raise ForeignConfigurationError(
                f"this account and Region logs Bedrock calls already, to {_shown(current)}: let "
                "its owner remove that, or allow to overwrite it in platform.yaml "
                "(metering.overwrite_invocation_logging); deleting this stack restores it"
            )


def _shown(current: Mapping[str, Any]) -> str:
    places = []
    if group := current.get("cloudWatchConfig", {}).get("logGroupName"):
        places.append(f"log group {group}")
    if bucket := current.get("s3Config", {}).get("bucketName"):
        places.append(f"bucket {bucket}")
    return " and ".join(places) or "nowhere"
