"""What changed between two assemblies, in words and as data."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, Final

from finops_constructs.cli.output import counted
from finops_constructs.controls.control import TITLES
from finops_constructs.evidence.diff import (
    AcceptanceChange,
    Difference,
    Direction,
    FactChange,
    VerdictChange,
)
from finops_constructs.evidence.facts import Fact

_ORDER: Final = (Direction.WEAKER, Direction.STRONGER, Direction.OTHER)


def lines(found: Difference) -> Iterator[str]:
    """Yield the difference, the weaker first."""
    for direction in _ORDER:
        yield from (_fact_line(each) for each in found.facts if each.direction is direction)
        yield from (_verdict_line(each) for each in found.verdicts if each.direction is direction)
    for clause in found.clauses:
        yield f"clause    {clause.clause}: {clause.what} (catalogue {clause.version})"
    yield from (f"tenant    {tenant}: gone" for tenant in found.tenants_gone)
    yield from (f"tenant    {tenant}: new" for tenant in found.tenants_new)
    yield from _accepted_lines("accepted ", found.accepted)
    yield from _accepted_lines("withdrawn", found.no_longer_accepted)
    yield _conclusion(found)


def as_json(found: Difference) -> dict[str, Any]:
    """Return the difference as plain data."""
    return {
        "weaker": found.is_weaker,
        "facts": [
            {
                "direction": change.direction.value,
                "control": change.fact.control.value,
                "tenant": change.fact.tenant,
                "stack": change.fact.stack,
                "logical_id": change.fact.logical_id,
                "property": change.fact.property,
                "before": _side(change.before),
                "after": _side(change.after),
            }
            for change in found.facts
        ],
        "verdicts": [
            {
                "direction": change.direction.value,
                "tenant": change.tenant,
                "clause": change.clause,
                "before": change.before.value,
                "after": change.after.value,
                "reason": change.reason,
            }
            for change in found.verdicts
        ],
        "clauses": [
            {"clause": each.clause, "version": each.version, "what": each.what}
            for each in found.clauses
        ],
        "tenants_gone": list(found.tenants_gone),
        "tenants_new": list(found.tenants_new),
        "accepted": [asdict(each) for each in found.accepted],
        "no_longer_accepted": [asdict(each) for each in found.no_longer_accepted],
    }


def _fact_line(change: FactChange) -> str:
    fact = change.fact
    before = change.before.value if change.before else "(not there)"
    after = change.after.value if change.after else "(gone)"
    where = f"{fact.stack} / {fact.logical_id} / {fact.property}"
    return f"{change.direction:<9} {where}: {before} -> {after} ({TITLES[fact.control]})"


def _verdict_line(change: VerdictChange) -> str:
    verdicts = f"{change.before} -> {change.after}"
    return f"{change.direction:<9} {change.clause} for {change.tenant}: {verdicts}"


def _accepted_lines(word: str, changes: Iterable[AcceptanceChange]) -> Iterator[str]:
    for each in changes:
        where = f"{counted(each.places, 'place')} of {each.stack}"
        yield f"{word} {each.rule} in {where}: {each.reason}"


def _conclusion(found: Difference) -> str:
    weaker = sum(c.direction is Direction.WEAKER for c in found.facts)
    verdicts = sum(c.direction is Direction.WEAKER for c in found.verdicts)
    if found.is_weaker:
        return f"weaker: {weaker} of the facts, {verdicts} of the verdicts"
    return "no control got weaker"


def _side(fact: Fact | None) -> dict[str, str] | None:
    return None if fact is None else {"value": fact.value, "shows": fact.verdict.value}
