"""Whose a logging configuration is, and what is wanted: small decisions, without boto3."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_KINDS: Final = ("audio", "embedding", "image", "text", "video")
_FLAGS: Final = tuple(f"{kind}DataDeliveryEnabled" for kind in _KINDS)


class ForeignConfigurationError(RuntimeError):
    """Somebody else logs the calls of this account and Region already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The properties of a `Custom::FinOpsInvocationLogging` resource.

    Attributes:
        log_group: Name of the log group that takes the records.
        role_arn: What Bedrock writes them as.
        bucket: The bucket that takes them, too; None: none does.
        prefix: Below which it does.
        content: Whether prompts and answers are logged, too.
        overwrite: Whether somebody else's configuration may be replaced.
        found_parameter: Where what was found is kept until it is restored.
    """

    log_group: str
    role_arn: str
    bucket: str | None
    prefix: str
    content: bool
    overwrite: bool
    found_parameter: str

    @classmethod
    def parse(cls, properties: Mapping[str, Any]) -> "Wanted":
        """Read the resource's properties; KeyError if one is missing."""
        return cls(
            log_group=properties["LogGroupName"],
            role_arn=properties["RoleArn"],
            bucket=properties.get("BucketName") or None,
            prefix=properties.get("KeyPrefix", ""),
            content=properties.get("Content", "none") == "full",
            overwrite=properties["Overwrite"] == "true",
            found_parameter=properties["FoundParameter"],
        )

    @property
    def configuration(self) -> dict[str, Any]:
        """What Bedrock is to be told: where records go, and whether with content.

        Large bodies, which no record holds, go to the bucket.
        """
        group: dict[str, Any] = {"logGroupName": self.log_group, "roleArn": self.role_arn}
        bucket = {"bucketName": self.bucket, "keyPrefix": self.prefix}
        if self.bucket and self.content:
            group["largeDataDeliveryS3Config"] = bucket
        destinations = {"cloudWatchConfig": group} | ({"s3Config": bucket} if self.bucket else {})
        return {**destinations, **dict.fromkeys(_FLAGS, self.content)}

    def is_ours(self, current: Mapping[str, Any]) -> bool:
        """Whether this resource made a configuration, and nobody has added to it since."""
        group = current.get("cloudWatchConfig", {}).get("logGroupName")
        bucket = current.get("s3Config", {}).get("bucketName")
        return group == self.log_group and bucket in (None, self.bucket)

    def drift(self, current: Mapping[str, Any] | None) -> list[str]:
        """Return how a configuration differs from what is wanted; empty if it does not.

        Args:
            current: What Bedrock has; None: nothing is logged.
        """
        if current is None:
            return ["nothing is logged any more"]
        wanted, faults = self.configuration, []
        for place, key in (
            ("cloudWatchConfig", "logGroupName"),
            ("cloudWatchConfig", "roleArn"),
            ("s3Config", "bucketName"),
            ("s3Config", "keyPrefix"),
        ):
            expected = wanted.get(place, {}).get(key)
            found = current.get(place, {}).get(key)
            if (expected or None) != (found or None):
                faults.append(f"{place}.{key} is {found!r}, not {expected!r}")
        flags = [f for f in _FLAGS if f in current and current[f] != wanted[f]]
        return faults + [f"{flag} is {current[flag]}, not {wanted[flag]}" for flag in flags]

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
