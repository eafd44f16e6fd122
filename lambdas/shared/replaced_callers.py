"""Who still calls a profile that was replaced, as the ledger's items by caller role tell."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

REPLACED: Final = "replaced#"
"""Begins the attribute that counts calls through one such profile, by its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacedCaller:
    """A role that called a replaced profile.

    Attributes:
        role: The role, as the ledger names it.
        calls: How many calls.
        last: The last UTC day of any, ISO.
    """

    role: str
    calls: int
    last: str


def replaced_callers(items: Iterable[Mapping[str, Any]]) -> dict[str, list[ReplacedCaller]]:
    """Return who called which replaced profile, by its id; who called last comes first.

    Args:
        items: A tenant's ledger items by role and day.
    """
    calls: defaultdict[tuple[str, str], int] = defaultdict(int)
    last: dict[tuple[str, str], str] = {}
    for item in items:
        _, _, rest = str(item["sk"]).partition("#")
        day, _, role = rest.partition("#")
        for name, count in item.items():
            if name.startswith(REPLACED):
                key = name.removeprefix(REPLACED), role
                calls[key] += int(count)
                last[key] = max(day, last.get(key, ""))
    found: defaultdict[str, list[ReplacedCaller]] = defaultdict(list)
    for profile_id, role in sorted(calls, key=lambda key: (last[key], key), reverse=True):
        key = profile_id, role
        found[profile_id].append(ReplacedCaller(role=role, calls=calls[key], last=last[key]))
    return dict(found)
