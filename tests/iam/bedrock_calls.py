"""A model of which questions Bedrock asks IAM for one call.

This model, not AWS, is what the tests of this folder put to the policies. It follows aws-facts
section 1.3: a call through a profile is checked on the profile, on the system profile it was copied
from, and on the foundation model in every Region it may be routed to (for a global profile without
a Region too), where `bedrock:InferenceProfileArn` is the profile that was called. A call is allowed
if every one of these is. That a system profile is checked below an application profile, and the
Region-less model of global ones, is third-party evidence: the tests assume the stricter reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.iam.simulator import Request

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
        """The same profile with further tags, `__` standing for a colon."""
        more = {key.replace("__", ":"): value for key, value in tags.items()}
        return replace(self, tags={**self.tags, **more})

    def suspended(self) -> "Profile":
        return self.tagged(finops__state="suspended")


def through(profile: Profile, action: str = INVOKE) -> list[Request]:
    """A call whose `modelId` is an application inference profile."""
    tags = {f"aws:ResourceTag/{key}": value for key, value in profile.tags.items()}
    own = Request(action=action, resource=profile.arn, context=tags)
    source = profile.copied_from
    system = [Request(action=action, resource=source)] if ":inference-profile/" in source else []
    return [own, *system, *models(source, action, inference_profile=profile.arn)]


def through_system_profile(arn: str, action: str = INVOKE) -> list[Request]:
    """A call whose `modelId` is a system inference profile."""
    own = Request(action=action, resource=arn)
    return [own, *models(arn, action, inference_profile=arn)]


def models(
    source: str, action: str = INVOKE, *, inference_profile: str | None = None
) -> list[Request]:
    """The foundation models behind a source, called through a profile or bare."""
    context = {"bedrock:InferenceProfileArn": inference_profile} if inference_profile else {}
    return [Request(action=action, resource=arn, context=context) for arn in model_arns(source)]


def model_arns(source: str) -> list[str]:
    """The foundation model in every Region a source may route to."""
    if ":foundation-model/" in source:
        return [source]
    scope, model = source.rpartition("/")[2].split(".", 1)
    regions = (*DESTINATIONS[scope], *([""] if scope == "global" else []))
    return [f"arn:aws:bedrock:{region}::foundation-model/{model}" for region in regions]
