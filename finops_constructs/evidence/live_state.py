"""What a comparison with the account says of one fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from finops_constructs.evidence.facts import Fact


class LiveState(StrEnum):
    """How a fact stands in the account."""

    AS_DECLARED = "as-declared"
    DRIFTED = "drifted"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What was seen of one fact.

    Attributes:
        state: How it stands.
        detail: What was asked and, if it drifted or was not checked, why.
    """

    state: LiveState
    detail: str


@dataclass(frozen=True, kw_only=True)
class LiveComparison:
    """All facts of one assembly against their account.

    Attributes:
        checked_at: When.
        callers: ARNs of those who asked, one for each account that answered.
        observations: Fact -> what was seen.
    """

    checked_at: datetime
    callers: tuple[str, ...]
    observations: Mapping[Fact, Observation]

    @property
    def has_drifted(self) -> bool:
        """Whether any fact is not as declared in the account."""
        return any(seen.state is LiveState.DRIFTED for seen in self.observations.values())

    def of(self, fact: Fact) -> Observation:
        """Return what was seen of a fact."""
        unseen = Observation(state=LiveState.NOT_CHECKED, detail="nothing was asked about it")
        return self.observations.get(fact, unseen)
