"""The journal read again: what it says a tenant's state is, and persons' words and corrections.

Every change of them is journalled in the transaction that makes it, so what is recomputed here is
what the tables hold; a difference means that somebody changed a table past the functions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Entry = Mapping[str, Any]

_DECIDED: Final = (
    "approval",
    "changed_at",
    "desired",
    "memory",
    "reasons",
    "retired",
    "tenant_wide",
)
"""Fields of a state that only a decision changes."""
_SEEN: Final = ("applied_at", "arn", "confirmed_at", "tag")
"""Fields of a profile that are news when they are read back."""


@dataclass(slots=True)
class Recomputed:
    """What a journal comes to, as JSON has it.

    Attributes:
        decided: The fields of the state that a decision sets; empty: none was made.
        profiles: What was read back, by alias.
        attached: Roles the suspension policy was read back on; None: never read.
        failures: Codes of what did not succeed, by target.
        words: Persons' words that stand, by sort key.
        corrections: What was booked in the ledger, in order.
    """

    decided: dict[str, Any] = field(default_factory=dict)
    profiles: dict[str, Any] = field(default_factory=dict)
    attached: list[str] | None = None
    failures: dict[str, str] = field(default_factory=dict)
    words: dict[str, Any] = field(default_factory=dict)
    corrections: list[Any] = field(default_factory=list)


def recompute(entries: Iterable[Entry]) -> Recomputed:
    """Return what the entries of one partition come to.

    Args:
        entries: All of them, in the order of their keys.
    """
    found = Recomputed()
    for entry in entries:
        if entry["kind"] == "decision":
            found.decided = {name: entry[name] for name in _DECIDED}
        elif entry["kind"] == "read-back":
            found.profiles = essential(entry["profiles"])
            found.attached = entry["attached"]
            found.failures = {each["target"]: each["code"] for each in entry["failures"]}
        elif entry["kind"] == "command":
            _take_word(found, entry)
    return found


def of_state(state: Mapping[str, Any]) -> Recomputed:
    """Return what a stored state (as JSON) says, in the terms of `recompute`; no words."""
    return Recomputed(
        decided={name: state[name] for name in _DECIDED},
        profiles=essential(state["profiles"]),
        attached=state["attached"],
        failures={target: each["code"] for target, each in state["failures"].items()},
    )


def essential(profiles: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return of profiles what is news; when each was last looked at is not."""
    return {a: {name: seen[name] for name in _SEEN} for a, seen in profiles.items()}


def _take_word(found: Recomputed, entry: Entry) -> None:
    if not entry["word"]:
        found.corrections += entry["written"]
    elif entry["written"] is None:
        found.words.pop(entry["word"], None)
    else:
        found.words[entry["word"]] = entry["written"]
