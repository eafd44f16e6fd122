"""The registry's parameters, as they stand in templates."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from finops_constructs.checks.template import Resource
from finops_constructs.checks.text import TOKEN

_NAME: Final = re.compile(r"/finops/(?P<tenant>[^/]+)/(?P<kind>policy|profiles|callers)(/.+)?")
# A token that stands for a number is not in quotes.
_BARE_TOKEN: Final = re.compile(f"(?<=[:\\[,])\\s*({TOKEN.pattern})\\s*(?=[,}}\\]])")


class EntryKind(StrEnum):
    """What a registry entry describes."""

    POLICY = "policy"
    PROFILE = "profiles"
    CALLER = "callers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One registry entry.

    Attributes:
        resource: The parameter.
        kind: What it describes.
        tenant: The tenant it belongs to.
        value: The parsed value; empty if it is known only at deployment.
    """

    resource: Resource
    kind: EntryKind
    tenant: str
    value: Mapping[str, Any]

    def text(self, key: str) -> str:
        """Return a string of the value; empty if it is not set."""
        value = self.value.get(key)
        return value if isinstance(value, str) else ""


def read_entries(parameters: Iterable[Resource]) -> list[Entry]:
    """Return the registry entries among SSM parameters."""
    entries = []
    for parameter in parameters:
        match = _NAME.fullmatch(parameter.text("Name"))
        if match:
            entries.append(
                Entry(
                    resource=parameter,
                    kind=EntryKind(match["kind"]),
                    tenant=match["tenant"],
                    value=_parse(parameter.text("Value")),
                )
            )
    return entries


def _parse(text: str) -> Mapping[str, Any]:
    for candidate in (text, _BARE_TOKEN.sub(r'"\1"', text)):
        try:
            value = json.loads(candidate)
        except ValueError:
            continue
        return value if isinstance(value, dict) else {}
    return {}
