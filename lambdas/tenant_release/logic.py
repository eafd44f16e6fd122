"""What a TenantRelease request asks for: parsing and small decisions, without boto3."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

GUARD_TAG_PREFIX = "finops:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """An existing resource that the tenant uses without owning it."""

    arn: str
    tags: Mapping[str, str]

    @property
    def guard_tag_keys(self) -> list[str]:
        """The tags that go when the tenant goes; the cost tags stay, they are history."""
        return sorted(key for key in self.tags if key.startswith(GUARD_TAG_PREFIX))


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The properties of a `Custom::FinOpsTenantRelease` resource.

    Attributes:
        tenant: The tenant's id.
        suspension_policy_arn: The policy the kill switch attaches.
        policy_parameter: The tenant's policy entry.
        state_parameter: The tenant's state entry; None in a stack of an earlier release.
        owner: Whether this stack owns the tenant's profiles.
        role_names: Callers registered by this stack.
        own_profiles: Profiles that go with this stack.
        own_aliases: Their aliases; none in a stack of an earlier release.
        profiles: Adopted profiles.
        budget: The adopted budget.
    """

    tenant: str
    suspension_policy_arn: str
    policy_parameter: str
    state_parameter: str | None
    owner: bool
    role_names: frozenset[str]
    own_profiles: tuple[str, ...]
    own_aliases: tuple[str, ...]
    profiles: tuple[Adopted, ...]
    budget: Adopted | None

    @classmethod
    def parse(cls, properties: Mapping[str, Any]) -> "Release":
        """Read the resource's properties; KeyError if one is missing."""
        budget = properties.get("AdoptedBudget")
        return cls(
            tenant=properties["Tenant"],
            suspension_policy_arn=properties["SuspensionPolicyArn"],
            policy_parameter=properties["PolicyParameter"],
            state_parameter=properties.get("StateParameter"),
            owner=properties.get("Owner") == "true",
            role_names=frozenset(properties.get("RoleNames", ())),
            own_profiles=tuple(properties.get("OwnProfiles", ())),
            own_aliases=tuple(properties.get("OwnAliases", ())),
            profiles=tuple(_adopted(p) for p in properties.get("AdoptedProfiles", ())),
            budget=_adopted(budget) if budget else None,
        )

    def to_detach(self, attached: Iterable[str]) -> list[str]:
        """Return the roles to let go of: all if this stack owns the tenant, else its own."""
        return sorted(role for role in attached if self.owner or role in self.role_names)

    def alias_of_replaced(self, name: str, arn: str) -> str | None:
        """Return which alias of this stack a profile may have been of, by its name.

        Args:
            name: The profile's name.
            arn: Its ARN; what the stack has now, or adopts, was not replaced.
        """
        if arn in {*self.own_profiles, *(adopted.arn for adopted in self.profiles)}:
            return None
        for alias in self.own_aliases:
            if re.fullmatch(re.escape(f"{self.tenant}-{alias}-") + r"[0-9a-f]{8}", name):
                return alias
        return None


def with_retired(entry: str, *, retired: bool) -> str | None:
    """Return the entry with its `retired` mark set or lifted; None if it is right already."""
    value = json.loads(entry)
    if bool(value.get("retired", False)) is retired:
        return None
    if retired:
        value["retired"] = True
    else:
        del value["retired"]
    return json.dumps(value, separators=(",", ":"))


def no_longer_adopted(before: Release, now: Release) -> Release:
    """Return `before` with only those adopted resources that `now` has let go of."""
    kept = {adopted.arn for adopted in (*now.profiles, *([now.budget] if now.budget else []))}
    budget = before.budget if before.budget and before.budget.arn not in kept else None
    profiles = tuple(profile for profile in before.profiles if profile.arn not in kept)
    return replace(before, profiles=profiles, budget=budget)


def _adopted(properties: Mapping[str, Any]) -> Adopted:
    return Adopted(arn=properties["Arn"], tags=dict(properties["Tags"]))
