"""`/finops/<tenant>/state`: where a developer who sees only AccessDenied finds the reason."""

import json
from collections.abc import Mapping
from typing import Any, Final

from kill_switch.takedown import standing_entries
from shared.registry import ROOT

PERMISSIONS: Final = ("ssm:GetParametersByPath", "ssm:PutParameter")
_LARGEST_PARAMETER: Final = 4000
"""Bytes of a standard parameter, less a little."""
_FOR_CALLERS: Final = (
    "tenant",
    "display_name",
    "mode",
    "state",
    "aliases",
    "why",
    "since",
    "ends",
    "month",
    "limit_usd",
    "override",
    "pause",
    "approval",
)


def for_callers(full: Mapping[str, Any], override_command: str) -> str:
    """Return what a tenant's callers may read of its status, as JSON of at most 4 KB."""
    said = {key: full[key] for key in _FOR_CALLERS}
    said["why"] = [each for each in full["why"] if each["code"] != "action-failed"]
    said["ask_for_an_override"] = override_command if full["since"] else None
    text = json.dumps(said, separators=(",", ":"))
    for shorten in (_without_active_aliases, _first_reasons, _without_aliases):
        if len(text.encode()) > _LARGEST_PARAMETER:
            said = shorten(said)
            text = json.dumps(said, separators=(",", ":"))
    return text


def publish(ssm: Any, tenant: str, text: str) -> bool:
    """Write the entry, unless the tenant is being taken down; return whether it was written.

    The policy is read once more, since a retired tenant's entry must not come back after its
    release has deleted it.
    """
    entries = standing_entries(ssm, tenant)
    if entries is None:
        return False
    name = f"{ROOT}{tenant}/state"
    if entries.get(name) != text:
        ssm.put_parameter(Name=name, Value=text, Type="String", Overwrite=True)
    return True


def _without_active_aliases(said: dict[str, Any]) -> dict[str, Any]:
    aliases = {a: each for a, each in said["aliases"].items() if each["state"] != "active"}
    return said | {"aliases": aliases}


def _first_reasons(said: dict[str, Any]) -> dict[str, Any]:
    return said | {"why": said["why"][:3]}


def _without_aliases(said: dict[str, Any]) -> dict[str, Any]:
    return said | {"aliases": {}}
