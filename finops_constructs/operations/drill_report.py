"""What a drill found: checks, latencies, and what it does not prove."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final


class Verdict(StrEnum):
    """What came of one check; one that could not be made is not one that held."""

    HELD = "held"
    FAILED = "failed"
    NOT_AVAILABLE = "not available"


DOES_NOT_PROVE: Final = (
    "how soon a changed tag is honoured by IAM on real calls: AWS does not document it",
    "that the suspension policy can be attached: only a stop of the whole tenant attaches it",
    "that a caller role that is not registered, or a key outside IAM roles, is refused",
    "that the spend meter or an alarm would have noticed: it is the switch that was drilled",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that must hold.

    Attributes:
        name: What must hold, as a sentence.
        verdict: Whether it does.
        detail: What was seen, or why it could not be seen.
    """

    name: str
    verdict: Verdict
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One leg of the way, and how long it took.

    Attributes:
        name: Such as `suspend: applied`.
        seconds: How long.
        since: From when it is counted.
    """

    name: str
    seconds: float
    since: str


@dataclass(slots=True, kw_only=True)
class DrillReport:
    """What a drill of one tenant found.

    Attributes:
        tenant: The tenant.
        alias: The alias whose model the canary used.
        region: The Region.
        canary: The alias of the canary.
        checks: In the order they were made.
        hops: In the order they were seen.
    """

    tenant: str
    alias: str
    region: str
    canary: str
    checks: list[Check] = field(default_factory=list)
    hops: list[Hop] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether nothing failed; look at the checks that were not available too."""
        return bool(self.checks) and all(c.verdict is not Verdict.FAILED for c in self.checks)

    @property
    def unavailable(self) -> tuple[Check, ...]:
        """The checks that could not be made."""
        return tuple(c for c in self.checks if c.verdict is Verdict.NOT_AVAILABLE)

    def as_json(self) -> Mapping[str, Any]:
        """Return the report as plain data."""
        return {**asdict(self), "held": self.held, "does_not_prove": list(DOES_NOT_PROVE)}
