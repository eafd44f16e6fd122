"""A model of which questions Bedrock asks IAM for one call.

This model, not AWS, is what `local.verdict` and tests/iam put to the policies. It follows aws-facts
section 1.3: a call through a profile is checked on the profile, on the system profile it was copied
from, and on the foundation model in every Region it may be routed to (for a global profile without
a Region too), where `bedrock:InferenceProfileArn` is the profile that was called. A call is allowed
if every one of these is. That a system profile is checked below an application profile, and the
Region-less model of global ones, is third-party evidence: the stricter reading is assumed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from local.simulator import Request

INVOKE, STREAM = "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"
DESTINATIONS = {
    "eu": ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"),
    "global": ("ap-southeast-2", "eu-west-1", "us-east-1", "us-west-2"),
}


@dataclass(frozen=True, kw_only=True)
class Profile:
    """An application inference profile as it is deployed."""

    arn: str
    tags: Mapping[str, str] = field(default_factory=dict)
    copied_from: str

    def tagged(self, **tags: str) -> "Profile":
        """Return the same profile with further tags.

        Args:
            tags: The tags, `__` standing for a colon in a key.
        """
        more = {key.replace("__", ":"): value for key, value in tags.items()}
        return replace(self, tags={**self.tags, **more})

    def suspended(self) -> "Profile":
        """Return the same profile as the kill switch leaves it."""
        return self.tagged(finops__state="suspended")


def through(profile: Profile, action: str = INVOKE) -> list[Request]:
    """Return the requests of a call whose `modelId` is an application inference profile.

    Args:
        profile: The profile.
        action: The IAM action. Default: `bedrock:InvokeModel`.
    """
    tags = {f"aws:ResourceTag/{key}": value for key, value in profile.tags.items()}
    own = Request(action=action, resource=profile.arn, context=tags)
    source = profile.copied_from
    system = [Request(action=action, resource=source)] if ":inference-profile/" in source else []
    return [own, *system, *models(source, action, inference_profile=profile.arn)]


def through_system_profile(arn: str, action: str = INVOKE) -> list[Request]:
    """Return the requests of a call whose `modelId` is a system inference profile.

    Args:
        arn: The system profile.
        action: The IAM action. Default: `bedrock:InvokeModel`.
    """
    own = Request(action=action, resource=arn)
    return [own, *models(arn, action, inference_profile=arn)]


def models(
    source: str, action: str = INVOKE, *, inference_profile: str | None = None
) -> list[Request]:
    """Return the requests on the foundation models behind a source.

    Args:
        source: A foundation model or a system profile.
        action: The IAM action. Default: `bedrock:InvokeModel`.
        inference_profile: The profile that was called. Default: None, the model is called bare.
    """
    context = {"bedrock:InferenceProfileArn": inference_profile} if inference_profile else {}
    return [Request(action=action, resource=arn, context=context) for arn in model_arns(source)]


def model_arns(source: str) -> list[str]:
    """Return the foundation model in every Region a source may route to.

    Args:
        source: A foundation model or a system profile of a scope in `DESTINATIONS`.
    """
    if ":foundation-model/" in source:
        return [source]
    scope, model = source.rpartition("/")[2].split(".", 1)
    regions = (*DESTINATIONS[scope], *([""] if scope == "global" else []))
    return [f"arn:aws:bedrock:{region}::foundation-model/{model}" for region in regions]
