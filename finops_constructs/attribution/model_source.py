"""What an application inference profile is copied from: parsing, without aws_cdk."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from finops_constructs._place import Place


class Scope(StrEnum):
    """Where a system inference profile may route a request; also the key of a price."""

    REGIONAL = "regional"
    """The called Region only: a foundation model without a system profile."""
    EU = "eu"
    US = "us"
    US_GOV = "us-gov"
    APAC = "apac"
    AU = "au"
    JP = "jp"
    CA = "ca"
    IN = "in"
    GLOBAL = "global"


_PROFILE_PREFIXES: Final = tuple(s.value for s in Scope if s is not Scope.REGIONAL)
# provider.model, both as Bedrock spells them: anthropic.claude-sonnet-4-5-20250929-v1:0
_MODEL_ID: Final = re.compile(r"[a-z0-9]+[a-z0-9\-]*\.[a-zA-Z0-9][a-zA-Z0-9.\-]*(:[a-z0-9]+){0,2}")
_ARN: Final = re.compile(
    r"arn:(?P<partition>aws[a-z\-]*):bedrock:(?P<region>[a-z0-9\-]*):(?P<account>[0-9]{12}|):"
    r"(?P<kind>[a-z\-]+)/(?P<name>.+)"
)
_ALLOWED: Final = (
    "a foundation model id (anthropic.claude-sonnet-4-5-20250929-v1:0), a system inference profile "
    "id (eu.anthropic.claude-sonnet-4-5-20250929-v1:0), or the ARN of either"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSource:
    """A foundation model, or the system inference profile over it.

    Attributes:
        base_model_id: The foundation model's id, without a scope prefix.
        scope: Where requests may be routed.
        region: The Region named by the ARN it was given as; None if it was given as an id.
        account: The account named by the ARN it was given as; None if none was.
    """

    base_model_id: str
    scope: Scope
    region: str | None = None
    account: str | None = None

    @property
    def is_system_profile(self) -> bool:
        """Whether the source is a system inference profile rather than a bare model."""
        return self.scope is not Scope.REGIONAL

    @property
    def source_id(self) -> str:
        """The model id or system profile id, as `Converse` would take it."""
        return (
            f"{self.scope}.{self.base_model_id}" if self.is_system_profile else self.base_model_id
        )

    @property
    def provider(self) -> str:
        """The model provider, the part before the first dot: `anthropic`."""
        return self.base_model_id.split(".", 1)[0]

    def arn(self, place: "Place") -> str:
        """Return the ARN to copy a profile from, in one account and Region."""
        if self.is_system_profile:
            return place.arn("bedrock", f"inference-profile/{self.source_id}")
        model = f"foundation-model/{self.base_model_id}"
        return f"arn:{place.partition}:bedrock:{place.region}::{model}"


def parse_model_source(text: str) -> ModelSource:
    """Parse a model id, a system inference profile id, or the ARN of either.

    Raises:
        ValueError: If `text` is anything else, saying what is allowed.
    """
    if text.startswith("arn:"):
        return _parse_arn(text)
    prefix, _, rest = text.partition(".")
    if prefix in _PROFILE_PREFIXES:
        return ModelSource(base_model_id=_checked_model_id(rest, text), scope=Scope(prefix))
    return ModelSource(base_model_id=_checked_model_id(text, text), scope=Scope.REGIONAL)


def _parse_arn(text: str) -> ModelSource:
    match = _ARN.fullmatch(text)
    if match is None:
        raise ValueError(f"not a Bedrock ARN: {text!r}; allowed is {_ALLOWED}")
    kind, name, region = match["kind"], match["name"], match["region"] or None
    if kind == "application-inference-profile":
        raise ValueError(
            f"{text!r} is an application inference profile, which AWS cannot copy from; adopt it "
            "with profile_arn instead"
        )
    if kind == "inference-profile":
        source = parse_model_source(name)
        if not source.is_system_profile:
            raise ValueError(f"{text!r} is no system inference profile; allowed is {_ALLOWED}")
    elif kind == "foundation-model":
        source = ModelSource(base_model_id=_checked_model_id(name, text), scope=Scope.REGIONAL)
    else:
        raise ValueError(f"{kind} cannot be copied from, got {text!r}; allowed is {_ALLOWED}")
    return ModelSource(
        base_model_id=source.base_model_id,
        scope=source.scope,
        region=region,
        account=match["account"] or None,
    )


def _checked_model_id(model_id: str, text: str) -> str:
    if not _MODEL_ID.fullmatch(model_id):
        raise ValueError(f"not a Bedrock model: {text!r}; allowed is {_ALLOWED}")
    return model_id
