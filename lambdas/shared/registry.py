"""The registry: who the tenants are, where their profiles lead, what is wrong with the entries.

Entries are SSM parameters under `/finops/`, each JSON with a `schema_version`. One that cannot be
read becomes a fault and nothing else: it never takes another tenant's guard with it.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from shared.parsing import EntryError
from shared.registry_entries import (
    Caller,
    Owner,
    ProfileEntry,
    TenantPolicy,
    parse_caller,
    parse_policy,
    parse_profile,
    parse_replaced,
)

__all__ = [
    "Caller",
    "Owner",
    "ProfileEntry",
    "Registry",
    "RegistryFault",
    "TenantPolicy",
    "load_registry",
    "parse_registry",
]

ROOT: Final = "/finops/"
PERMISSIONS: Final = ("ssm:GetParametersByPath",)
_SCHEMA_VERSIONS: Final = (0, 1)


@dataclass(frozen=True, slots=True)
class RegistryFault:
    """An entry that was left out, and why."""

    path: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Registry:
    """Everything declared in this account and Region.

    Attributes:
        policies: Policies by tenant.
        profiles: Profiles by tenant and alias.
        replaced: Profiles that an alias led to before, by tenant and `ProfileEntry.key`.
        revived: Entries of such as an alias leads to again: their update was rolled back.
        callers: Caller roles by tenant.
        states: The kill switch's last published state by tenant, as written.
        faults: Entries that were left out.
        faulty_tenants: Tenants whose policy entry is among them: their state is held.
    """

    policies: Mapping[str, TenantPolicy] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, ProfileEntry]] = field(default_factory=dict)
    replaced: Mapping[str, Mapping[str, ProfileEntry]] = field(default_factory=dict)
    revived: tuple[ProfileEntry, ...] = ()
    callers: Mapping[str, list[Caller]] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[RegistryFault, ...] = ()
    faulty_tenants: frozenset[str] = frozenset()

    @property
    def tenants(self) -> list[str]:
        """Every tenant with a policy, a faulty one included, or a profile; sorted."""
        return sorted({*self.policies, *self.profiles, *self.faulty_tenants})

    @property
    def unguarded(self) -> list[str]:
        """Tenants with profiles and no policy entry at all; sorted."""
        return sorted(set(self.profiles) - set(self.policies) - self.faulty_tenants)

    def watched(self, tenant: str) -> Mapping[str, ProfileEntry]:
        """Return all that calls of a tenant can go through, by `ProfileEntry.key`."""
        return {**self.profiles.get(tenant, {}), **self.replaced.get(tenant, {})}

    @cached_property
    def by_model_id(self) -> Mapping[str, ProfileEntry]:
        """Profiles by what a log record's `modelId` may say: the ARN or the id."""
        return {
            model_id: profile
            for tenants in (self.replaced, self.profiles)
            for profiles in tenants.values()
            for profile in profiles.values()
            for model_id in (profile.profile_arn, profile.profile_id)
            if model_id not in self._claimed_twice
        }

    @cached_property
    def _claimed_twice(self) -> frozenset[str]:
        claims = Counter(
            model_id
            for aliases in self.profiles.values()
            for profile in aliases.values()
            for model_id in {profile.profile_arn, profile.profile_id}
        )
        return frozenset(model_id for model_id, count in claims.items() if count > 1)


def parse_registry(entries: Mapping[str, str]) -> Registry:
    """Return the registry; entries that cannot be read become faults, whatever they hold.

    Two aliases that claim one profile both keep their entry, but its calls are attributed to
    neither: that is a fault too.

    Args:
        entries: Parameter values by full name.
    """
    reading = _Reading()
    for path in sorted(entries):
        tenant, _, rest = path.removeprefix(ROOT).partition("/")
        if path.startswith(ROOT) and tenant and not tenant.startswith("_"):
            reading.take(path, tenant, rest, entries[path])
    return reading.registry()


def load_registry(ssm: Any) -> Registry:
    """Read every entry and return the registry.

    Args:
        ssm: A boto3 SSM client; its errors are not caught.
    """
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=ROOT, Recursive=True)
    return parse_registry(
        {each["Name"]: each["Value"] for page in pages for each in page["Parameters"]}
    )


class _Reading:
    """What has been read so far."""

    def __init__(self) -> None:
        self._policies: dict[str, TenantPolicy] = {}
        self._profiles: defaultdict[str, dict[str, ProfileEntry]] = defaultdict(dict)
        self._replaced: list[ProfileEntry] = []
        self._callers: defaultdict[str, list[Caller]] = defaultdict(list)
        self._states: dict[str, str] = {}
        self._faults: list[RegistryFault] = []
        self._faulty_tenants: set[str] = set()

    def take(self, path: str, tenant: str, rest: str, value: str) -> None:
        kind, _, name = rest.partition("/")
        if kind == "state" and not name:
            self._states[tenant] = value
        take = self._KINDS.get((kind, bool(name)))
        if take is None:
            return
        try:
            take(self, tenant, name, _entry(value))
        except (EntryError, ValueError, ArithmeticError, RecursionError) as error:
            self._faults.append(RegistryFault(path, str(error)))
            if kind == "policy":
                self._faulty_tenants.add(tenant)

    def _policy(self, tenant: str, _: str, entry: Mapping[str, Any]) -> None:
        self._policies[tenant] = parse_policy(tenant, entry)

    def _profile(self, tenant: str, alias: str, entry: Mapping[str, Any]) -> None:
        self._profiles[tenant][alias] = parse_profile(tenant, alias, entry)

    def _former(self, tenant: str, name: str, entry: Mapping[str, Any]) -> None:
        self._replaced.append(parse_replaced(tenant, name, entry))

    def _caller(self, tenant: str, _: str, entry: Mapping[str, Any]) -> None:
        self._callers[tenant].append(parse_caller(tenant, entry))

    _KINDS: Final[
        Mapping[tuple[str, bool], Callable[["_Reading", str, str, Mapping[str, Any]], None]]
    ] = {
        ("policy", False): _policy,
        ("profiles", True): _profile,
        ("replaced", True): _former,
        ("callers", True): _caller,
    }

    def registry(self) -> Registry:
        live = {p.profile_arn for aliases in self._profiles.values() for p in aliases.values()}
        replaced: defaultdict[str, dict[str, ProfileEntry]] = defaultdict(dict)
        for each in self._replaced:
            if each.profile_arn not in live:
                replaced[each.tenant][each.key] = each
        read = Registry(
            policies=self._policies,
            profiles=dict(self._profiles),
            replaced=dict(replaced),
            revived=tuple(each for each in self._replaced if each.profile_arn in live),
            callers=dict(self._callers),
            states=self._states,
            faulty_tenants=frozenset(self._faulty_tenants),
        )
        claimed = [
            RegistryFault(f"{ROOT}{tenant}/profiles/{alias}", "another alias claims its profile")
            for tenant, aliases in read.profiles.items()
            for alias, profile in aliases.items()
            if profile.profile_arn not in read.by_model_id
        ]
        return replace(read, faults=(*self._faults, *claimed))


def _entry(value: str) -> Mapping[str, Any]:
    entry = json.loads(value, parse_float=Decimal)
    if not isinstance(entry, dict):
        raise EntryError("must be a JSON object")
    version = entry.get("schema_version", 0)
    if version not in _SCHEMA_VERSIONS:
        raise EntryError(f"schema_version {version!r} is not known here")
    return entry
