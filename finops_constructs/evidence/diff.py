"""What changed between two assemblies, and whether any control got weaker: a pure function."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from finops_constructs.controls.catalogue import ClauseChange
from finops_constructs.controls.control import Control
from finops_constructs.controls.verdict import Verdict
from finops_constructs.evidence.facts import Fact
from finops_constructs.evidence.model import Evidence
from finops_constructs.evidence.sources import AcceptedFinding

_RANK: Final[Mapping[Verdict, int]] = {
    Verdict.SUPPORTS: 2,
    Verdict.PARTIALLY_SUPPORTS: 1,
    Verdict.NOT_EVIDENCED: 0,
    Verdict.NEEDS_HUMAN: 0,
    Verdict.NOT_APPLICABLE: 0,
}


class Direction(StrEnum):
    """Which way something went."""

    WEAKER = "weaker"
    STRONGER = "stronger"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChange:
    """A fact that says something else, came or went.

    Attributes:
        direction: Which way.
        before: The fact in the old assembly; None if it is new.
        after: The fact in the new one; None if it is gone.
    """

    direction: Direction
    before: Fact | None
    after: Fact | None

    @property
    def fact(self) -> Fact:
        """The newer of the two."""
        fact = self.after or self.before
        assert fact is not None
        return fact


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChange:
    """A clause that gets another verdict for a tenant.

    Attributes:
        direction: Which way; less evidence is weaker, whatever the reason.
        tenant: The tenant.
        clause: The clause.
        before: The old verdict.
        after: The new one.
        reason: Why the new one.
    """

    direction: Direction
    tenant: str
    clause: str
    before: Verdict
    after: Verdict
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceChange:
    """Findings of one rule that were accepted, or no longer are, for one reason.

    Attributes:
        stack: The stack.
        rule: The rule.
        reason: The reason.
        places: In how many more constructs.
    """

    stack: str
    rule: str
    reason: str
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything that changed.

    Attributes:
        facts: Facts that changed; those of tenants that came or went as a whole are left out.
        verdicts: Verdicts that changed.
        clauses: What the catalogue changed between the two assemblies.
        tenants_gone: Tenants of the old assembly only.
        tenants_new: Tenants of the new assembly only.
        accepted: Findings of checks accepted in more places than before.
        no_longer_accepted: Findings accepted in fewer places.
    """

    facts: tuple[FactChange, ...]
    verdicts: tuple[VerdictChange, ...]
    clauses: tuple[ClauseChange, ...]
    tenants_gone: tuple[str, ...]
    tenants_new: tuple[str, ...]
    accepted: tuple[AcceptanceChange, ...]
    no_longer_accepted: tuple[AcceptanceChange, ...]

    @property
    def is_weaker(self) -> bool:
        """Whether any control, or the evidence for any clause, got weaker."""
        directions = {change.direction for change in self.facts}
        directions |= {change.direction for change in self.verdicts}
        return Direction.WEAKER in directions


def compare(old: Evidence, new: Evidence) -> Difference:
    """Compare two assemblies, judged by the same catalogue.

    Raises:
        ValueError: If one was made with a catalogue that this library does not know.
    """
    before, after = {t.id for t in old.tenants}, {t.id for t in new.tenants}
    kept = before & after
    return Difference(
        facts=tuple(_fact_changes(_of(old.facts, kept), _of(new.facts, kept))),
        verdicts=tuple(_verdict_changes(old, new)),
        clauses=_clause_changes(old, new),
        tenants_gone=tuple(sorted(before - after)),
        tenants_new=tuple(sorted(after - before)),
        accepted=_more(new.exceptions, old.exceptions),
        no_longer_accepted=_more(old.exceptions, new.exceptions),
    )


def _of(facts: Iterable[Fact], tenants: set[str]) -> list[Fact]:
    return [fact for fact in facts if fact.tenant is None or fact.tenant in tenants]


def _more(
    these: Iterable[AcceptedFinding], those: Iterable[AcceptedFinding]
) -> tuple[AcceptanceChange, ...]:
    """Return what is accepted more often here than there; where it moved to does not matter."""
    here, there = (Counter((e.stack, e.rule, e.reason) for e in each) for each in (these, those))
    return tuple(
        AcceptanceChange(stack=stack, rule=rule, reason=reason, places=places)
        for (stack, rule, reason), places in sorted((here - there).items())
    )


def _clause_changes(old: Evidence, new: Evidence) -> tuple[ClauseChange, ...]:
    if old.assembly_catalogue is None or new.assembly_catalogue is None:
        return ()
    since_new = new.catalogue.changes_since(new.assembly_catalogue)
    return tuple(
        change
        for change in new.catalogue.changes_since(old.assembly_catalogue)
        if change not in since_new
    )


def _fact_changes(old: list[Fact], new: list[Fact]) -> Iterator[FactChange]:
    for before, after in _pairs(old, new):
        if before is None or after is None or _said(before) != _said(after):
            direction = _fact_direction(before, after)
            yield FactChange(direction=direction, before=before, after=after)


def _said(fact: Fact) -> tuple[str, Verdict]:
    return fact.value, fact.verdict


def _pairs(old: list[Fact], new: list[Fact]) -> Iterator[tuple[Fact | None, Fact | None]]:
    """Pair facts of the same resource and property; what is left, of the same stack and control."""
    by_place: dict[tuple[str, str, Control, str], list[Fact]] = defaultdict(list)
    for fact in new:
        by_place[_place(fact)].append(fact)
    left_old = []
    for fact in old:
        twins = by_place[_place(fact)]
        if twins:
            yield fact, twins.pop(0)
        else:
            left_old.append(fact)
    left_new: dict[tuple[str, Control, str], list[Fact]] = defaultdict(list)
    for facts in by_place.values():
        for fact in facts:
            left_new[_kind(fact)].append(fact)
    for fact in left_old:
        others = left_new[_kind(fact)]
        yield fact, others.pop(0) if others else None
    yield from ((None, fact) for facts in left_new.values() for fact in facts)


def _place(fact: Fact) -> tuple[str, str, Control, str]:
    return fact.stack, fact.logical_id, fact.control, fact.property


def _kind(fact: Fact) -> tuple[str, Control, str]:
    return fact.stack, fact.control, fact.type


def _fact_direction(before: Fact | None, after: Fact | None) -> Direction:
    was = _RANK[before.verdict] if before else 0
    now = _RANK[after.verdict] if after else 0
    if was != now:
        return Direction.WEAKER if now < was else Direction.STRONGER
    if before and after and before.amount is not None and after.amount is not None:
        if after.amount < before.amount:
            return Direction.WEAKER
        if after.amount > before.amount:
            return Direction.STRONGER
    return Direction.OTHER


def _verdict_changes(old: Evidence, new: Evidence) -> Iterator[VerdictChange]:
    before = {(t.id, j.clause.id): j for t in old.tenants for j in t.judgements}
    for tenant in new.tenants:
        for judgement in tenant.judgements:
            was = before.get((tenant.id, judgement.clause.id))
            if was is None or was.verdict is judgement.verdict:
                continue
            yield VerdictChange(
                direction=_verdict_direction(was.verdict, judgement.verdict),
                tenant=tenant.id,
                clause=judgement.clause.id,
                before=was.verdict,
                after=judgement.verdict,
                reason=judgement.reason,
            )


def _verdict_direction(before: Verdict, after: Verdict) -> Direction:
    was, now = _RANK[before], _RANK[after]
    if was == now:
        return Direction.OTHER
    return Direction.WEAKER if now < was else Direction.STRONGER
