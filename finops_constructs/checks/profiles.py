"""Application inference profiles, whether a template defines or the registry adopts them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from finops_constructs.checks.registry import Entry
from finops_constructs.checks.template import Resource
from finops_constructs.checks.text import has_token, render, token
from finops_constructs.enforcement.statements import TENANT_TAG

_ARN_ATTRIBUTES: Final = ("InferenceProfileArn", "InferenceProfileIdentifier", "InferenceProfileId")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One application inference profile.

    Attributes:
        resource: The profile, or the registry entry of an adopted one.
        tenant: The tenant; None if it says none or it is known only at deployment.
        tags: Its tags; None if they are known only at deployment.
        source: What it was copied from: an ARN, or an id if adopted.
        arns: The texts a policy may name it by.
        location: Where its tags are, below the resource.
        source_location: Where its source is, below the resource.
    """

    resource: Resource
    tenant: str | None
    tags: Mapping[str, str] | None
    source: str
    arns: tuple[str, ...]
    location: str
    source_location: str

    @property
    def region(self) -> str | None:
        """The Region it is in."""
        return self.resource.template.region


def read_profiles(defined: Iterable[Resource], entries: Iterable[Entry]) -> list[Profile]:
    """Return the profiles that templates define, then those the registry adopts."""
    profiles = [_defined(resource) for resource in defined]
    own = {arn for profile in profiles for arn in profile.arns}
    for entry in entries:
        arn = entry.text("profile_arn")
        if arn and not has_token(arn) and arn not in own:
            profiles.append(_adopted(entry, arn))
    return profiles


def _defined(resource: Resource) -> Profile:
    tags = resource.tags()
    tenant = (tags or {}).get(TENANT_TAG)
    source = resource.properties.get("ModelSource")
    copy_from = source.get("CopyFrom") if isinstance(source, Mapping) else None
    name = f"{resource.template.path}#{resource.id}"
    return Profile(
        resource=resource,
        tenant=None if tenant is None or has_token(tenant) else tenant,
        tags=tags,
        source="" if copy_from is None else render(copy_from, resource.template),
        arns=(token(name), *(token(f"{name}.{attribute}") for attribute in _ARN_ATTRIBUTES)),
        location="Properties.Tags",
        source_location="Properties.ModelSource",
    )


def _adopted(entry: Entry, arn: str) -> Profile:
    cost_tags = entry.value.get("cost_tags")
    tags = cost_tags if isinstance(cost_tags, dict) else {}
    return Profile(
        resource=entry.resource,
        tenant=entry.tenant,
        tags={**tags, TENANT_TAG: entry.tenant},
        source=entry.text("model_source"),
        arns=(arn,),
        location="Properties.Value",
        source_location="Properties.Value",
    )
