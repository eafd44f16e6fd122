"""The registry as the doctor reads it: entries that cannot be read are kept as such."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from finops_constructs.operations.aws import Aws, translated

_ROOT: Final = "/finops"


@dataclass(slots=True, kw_only=True)
class TenantEntries:
    """What is registered of one tenant.

    Attributes:
        policy: Its policy entry; None if there is none.
        profiles: Alias -> profile entry; canaries of drills are left out.
        replaced: Alias and profile id -> entry of a profile that the alias led to before.
        callers: ARN of each caller role -> the other tenants it is declared to serve.
    """

    policy: Mapping[str, Any] | None = None
    profiles: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    replaced: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    callers: dict[str, Sequence[str]] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """Who answers for the tenant."""
        owner = (self.policy or {}).get("owner") or {}
        return f"{owner['team']} ({owner['email']})" if owner else "application team"

    @property
    def key_users(self) -> Sequence[str]:
        """ARNs of the IAM users whose Bedrock API keys a stop deactivates."""
        return [str(arn) for arn in (self.policy or {}).get("api_key_users") or ()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """The registry of one account and Region.

    Attributes:
        tenants: By id.
        platform: The platform's own entries, by the end of their path.
        unreadable: Paths of entries that are no JSON objects.
    """

    tenants: Mapping[str, TenantEntries]
    platform: Mapping[str, Mapping[str, Any]]
    unreadable: Sequence[str]


def read_entries(aws: Aws, tenant: str | None) -> Entries:
    """Read the registry, or only one tenant's part of it and the platform's.

    Raises:
        OperationsError: If AWS refuses or cannot be reached.
    """
    paths = [_ROOT] if tenant is None else [f"{_ROOT}/{tenant}", f"{_ROOT}/_platform"]
    tenants: defaultdict[str, TenantEntries] = defaultdict(TenantEntries)
    platform: dict[str, Mapping[str, Any]] = {}
    unreadable = []
    for name, text in _parameters(aws, paths):
        entry = _parsed(text)
        _, _, owner, *rest = name.split("/", 3)
        if entry is None:
            unreadable.append(name)
        elif owner == "_platform":
            platform["".join(rest)] = entry
        elif not owner.startswith("_"):
            _put(tenants[owner], "".join(rest), entry)
    return Entries(tenants=dict(tenants), platform=platform, unreadable=sorted(unreadable))


def _parameters(aws: Aws, paths: Sequence[str]) -> list[tuple[str, str]]:
    ssm = aws.client("ssm")
    with translated("reading /finops (ssm:GetParametersByPath)"):
        return [
            (parameter["Name"], parameter["Value"])
            for path in paths
            for page in ssm.get_paginator("get_parameters_by_path").paginate(
                Path=path, Recursive=True
            )
            for parameter in page["Parameters"]
        ]


def _put(tenant: TenantEntries, rest: str, entry: Mapping[str, Any]) -> None:
    kind, _, name = rest.partition("/")
    if kind == "policy":
        tenant.policy = entry
    elif kind == "profiles" and entry.get("canary") is not True:
        tenant.profiles[name] = entry
    elif kind == "replaced":
        tenant.replaced[name] = entry
    elif kind == "callers" and "role_arn" in entry:
        tenant.callers[str(entry["role_arn"])] = tuple(entry.get("shared_with") or ())


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
