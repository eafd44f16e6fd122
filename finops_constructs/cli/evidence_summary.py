"""Evidence in a terminal: how many verdicts of each kind, and what is missing."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from finops_constructs.cli.output import counted
from finops_constructs.controls.control import TITLES, Control
from finops_constructs.controls.verdict import Verdict
from finops_constructs.evidence.judgement import control_verdict
from finops_constructs.evidence.live_state import LiveComparison, LiveState
from finops_constructs.evidence.model import Evidence, TenantEvidence

_MOST_DRIFTS: Final = 20


def lines(evidence: Evidence, live: LiveComparison | None) -> Iterator[str]:
    """Yield the summary, line by line."""
    width = max(len(tenant.id) for tenant in evidence.tenants)
    yield "  ".join([" " * width, *(f"{verdict:>{len(verdict)}}" for verdict in Verdict)])
    for tenant in evidence.tenants:
        counts = Counter(judgement.verdict for judgement in tenant.judgements)
        cells = [f"{counts[verdict]:>{len(verdict)}}" for verdict in Verdict]
        yield "  ".join([tenant.id.ljust(width), *cells])
    yield ""
    for control, tenants in sorted(_missing(evidence).items()):
        whose = "every tenant" if len(tenants) == len(evidence.tenants) else ", ".join(tenants)
        yield f"not evidenced: {TITLES[control].lower()} ({control}) for {whose}"
    yield (
        f"{counted(len(evidence.facts), 'fact')} of {counted(len(evidence.stacks), 'template')}, "
        f"clause catalogue {evidence.catalogue.version}; technical measures, no legal assessment"
    )
    if live is not None:
        yield from _live(live)


def _missing(evidence: Evidence) -> dict[Control, list[str]]:
    """Return control -> tenants for which a clause that applies finds nothing of it."""
    found: dict[Control, list[str]] = defaultdict(list)
    for tenant in evidence.tenants:
        for control in _missing_of(tenant):
            found[control].append(tenant.id)
    return found


def _missing_of(tenant: TenantEvidence) -> set[Control]:
    weak = {Verdict.NOT_EVIDENCED, Verdict.PARTIALLY_SUPPORTS}
    return {
        control
        for judgement in tenant.judgements
        if judgement.verdict in weak
        for control in judgement.clause.needs
        if control_verdict(f for f in judgement.facts if f.control is control)
        is Verdict.NOT_EVIDENCED
    }


def _live(live: LiveComparison) -> Iterator[str]:
    counts = Counter(seen.state for seen in live.observations.values())
    told = ", ".join(f"{counts[state]} {state}" for state in LiveState)
    yield f"account: {told}; asked by {', '.join(live.callers) or 'nobody'}"
    drifted = [(f, o) for f, o in live.observations.items() if o.state is LiveState.DRIFTED]
    for fact, seen in drifted[:_MOST_DRIFTS]:
        yield f"drifted: {fact.stack} / {fact.logical_id} / {fact.property}: {seen.detail}"
    if len(drifted) > _MOST_DRIFTS:
        yield f"and {len(drifted) - _MOST_DRIFTS} more; the files list all"
