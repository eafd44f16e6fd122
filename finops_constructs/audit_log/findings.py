"""What can be wrong with an audit log, each with the object and the hour it is about."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final


class Kind(StrEnum):
    """What is wrong."""

    ALTERED = "altered"
    """Bytes are not what the chain says."""
    REMOVED = "removed"
    """The chain has it, the log has not."""
    ADDED = "added"
    """The log has it, the chain has not."""
    REORDERED = "reordered"
    """A manifest lies in another's place."""
    DOES_NOT_FIT = "does-not-fit"
    """The last manifest does not continue the one before: one of the two is not the original."""
    HOUR_MISSING = "hour-missing"
    """The archiver closed no manifest for an hour."""
    OVERWRITTEN = "overwritten"
    """A key has a version beside the one in the chain."""
    HIDDEN = "hidden"
    """A delete marker hides it; the version is still there."""
    NOT_LOCKED = "not-locked"
    """A version has no lock, a weaker one, or a shorter one than was declared."""
    INCOMPLETE = "incomplete"
    """Fewer records than CloudWatch counted calls."""
    SURPLUS = "surplus"
    """More records than CloudWatch counted calls."""
    REPEATED = "repeated"
    """A request id is in the log twice."""
    BAD_SIGNATURE = "bad-signature"
    """A manifest's signature is missing or not that of its key."""


CHAIN_KINDS: Final = frozenset({Kind.REORDERED, Kind.DOES_NOT_FIT, Kind.BAD_SIGNATURE})
"""What is always about the chain itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        kind: What.
        hour: The hour it is about, as `2026-11-26T01`; None if it is about none.
        key: The object; empty if it is about none.
        text: A sentence.
        of_chain: Whether the chain cannot be trusted from this hour on.
    """

    kind: Kind
    hour: str | None
    key: str
    text: str
    of_chain: bool = False

    def plain(self) -> dict[str, Any]:
        """Return it as JSON states it."""
        return asdict(self)
