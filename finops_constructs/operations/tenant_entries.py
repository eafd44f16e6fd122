"""One tenant's entries in the registry, as an operator reads them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from finops_constructs.operations.aws import Aws, translated
from finops_constructs.operations.errors import AnswerError


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantEntries:
    """What is registered of a tenant.

    Attributes:
        policy: Its policy entry; None if there is none.
        profiles: Alias -> profile entry.
        caller_role_arns: Its registered caller roles.
    """

    policy: Mapping[str, Any] | None
    profiles: Mapping[str, Mapping[str, Any]]
    caller_role_arns: tuple[str, ...]


def read_tenant_entries(aws: Aws, tenant: str) -> TenantEntries:
    """Read a tenant's entries.

    Raises:
        AnswerError: If one is no JSON object.
        OperationsError: If AWS refuses or cannot be reached.
    """
    root = f"/finops/{tenant}"
    entries: dict[str, Mapping[str, Any]] = {}
    ssm = aws.client("ssm")
    with translated(f"reading {root} (ssm:GetParametersByPath)"):
        for page in ssm.get_paginator("get_parameters_by_path").paginate(Path=root, Recursive=True):
            for parameter in page["Parameters"]:
                path = parameter["Name"].removeprefix(f"{root}/")
                entries[path] = _parse(parameter["Name"], parameter["Value"])
    return TenantEntries(
        policy=entries.get("policy"),
        profiles=_below(entries, "profiles/"),
        caller_role_arns=tuple(
            sorted(str(entry["role_arn"]) for entry in _below(entries, "callers/").values())
        ),
    )


def _below(entries: Mapping[str, Mapping[str, Any]], prefix: str) -> dict[str, Mapping[str, Any]]:
    return {
        path.removeprefix(prefix): entry
        for path, entry in sorted(entries.items())
        if path.startswith(prefix)
    }


def _parse(path: str, text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise AnswerError(f"registry entry {path} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise AnswerError(f"registry entry {path} must be a JSON object, got {text[:60]!r}")
    return value
