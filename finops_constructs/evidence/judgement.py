"""What the facts say of one clause for one tenant: a pure function."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from finops_constructs.controls.catalogue import Answer, Clause, Scope
from finops_constructs.controls.control import TITLES, Control
from finops_constructs.controls.scope import (
    AiActDeclaration,
    Classification,
    LawDeclaration,
    Role,
    TenantScope,
)
from finops_constructs.controls.verdict import Verdict
from finops_constructs.evidence.facts import Fact

_ROLES: Final = frozenset({Role.PROVIDER.value, Role.DEPLOYER.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on one clause for one tenant.

    Attributes:
        clause: The clause.
        verdict: The verdict.
        reason: Why, in a sentence or two.
        facts: The facts of the controls the clause needs.
    """

    clause: Clause
    verdict: Verdict
    reason: str
    facts: tuple[Fact, ...]


def judge(clause: Clause, scope: TenantScope, facts: Sequence[Fact]) -> Judgement:
    """Judge one clause.

    Args:
        clause: The clause.
        scope: What is declared about the tenant and the law.
        facts: The facts of the tenant and of the platform it stands on.
    """
    relevant = tuple(fact for fact in facts if fact.control in clause.needs)
    verdict, reason = _out_of_scope(clause, scope) or _answer(clause, scope, relevant)
    if verdict is Verdict.NEEDS_HUMAN and clause.answered_by is Answer.TEMPLATE:
        if_so, why = _answer(clause, scope, relevant)
        reason = f"{reason} If it applies: {if_so}. {why}"
    return Judgement(clause=clause, verdict=verdict, reason=reason, facts=relevant)


def control_verdict(facts: Iterable[Fact]) -> Verdict:
    """Return what all facts of one control show together: the weakest counts."""
    verdicts = {fact.verdict for fact in facts}
    if verdicts == {Verdict.SUPPORTS}:
        return Verdict.SUPPORTS
    return (
        Verdict.PARTIALLY_SUPPORTS if verdicts - {Verdict.NOT_EVIDENCED} else Verdict.NOT_EVIDENCED
    )


def _out_of_scope(clause: Clause, scope: TenantScope) -> tuple[Verdict, str] | None:
    kind = clause.instrument.scope
    if kind is Scope.HIGH_RISK_AI:
        return _ai_act(clause, scope.ai_act)
    if kind is Scope.DORA:
        return _law("DORA", scope.dora)
    if kind is Scope.MIFID:
        return _law("MiFID II", scope.mifid)
    return None


def _ai_act(clause: Clause, declared: AiActDeclaration | None) -> tuple[Verdict, str] | None:
    if declared is None:
        return Verdict.NEEDS_HUMAN, "The tenant's role and risk classification are not declared."
    by = _declared_by(declared)
    if declared.classification is Classification.NOT_HIGH_RISK:
        return Verdict.NOT_APPLICABLE, f"Not high-risk, {by}"
    roles = _ROLES if declared.role is Role.BOTH else {declared.role.value}
    if not roles & set(clause.binds):
        return (
            Verdict.NOT_APPLICABLE,
            f"Binds the {' and '.join(clause.binds)}; {declared.role}, {by}",
        )
    if clause.annex_iii and declared.annex_iii is None:
        points = ", ".join(clause.annex_iii)
        return (
            Verdict.NEEDS_HUMAN,
            f"Limited to Annex III {points}; the tenant's point is not declared.",
        )
    if clause.annex_iii and declared.annex_iii not in clause.annex_iii:
        return Verdict.NOT_APPLICABLE, f"Annex III {declared.annex_iii}, {by}"
    return None


def _law(name: str, declared: LawDeclaration | None) -> tuple[Verdict, str] | None:
    if declared is None:
        return Verdict.NEEDS_HUMAN, f"Whether {name} bears on the tenant's records is not declared."
    if not declared.applies:
        return Verdict.NOT_APPLICABLE, f"{name} does not apply, {_declared_by(declared)}"
    return None


def _declared_by(declared: AiActDeclaration | LawDeclaration) -> str:
    return f"declared by {declared.owner} on {declared.date}: {declared.basis}"


def _answer(clause: Clause, scope: TenantScope, facts: Sequence[Fact]) -> tuple[Verdict, str]:
    if clause.answered_by is Answer.PERSON:
        documents = [d for d in scope.documents if d.clause == clause.id]
        if not documents:
            return Verdict.NEEDS_HUMAN, "No template can answer it, and no document is declared."
        named = "; ".join(
            f"{d.title} ({d.owner}, reviewed {d.reviewed_on}, SHA-256 {d.sha256})"
            for d in documents
        )
        return Verdict.NEEDS_HUMAN, f"For a person to judge by: {named}."
    found = _by_control(clause, facts)
    verdict = _combined(clause, found)
    if verdict is Verdict.SUPPORTS and clause.at_best is not Verdict.SUPPORTS:
        return clause.at_best, f"All measures are in place. {clause.limits}"
    return verdict, _reason(found)


def _by_control(clause: Clause, facts: Sequence[Fact]) -> Mapping[Control, Verdict]:
    groups: dict[Control, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[fact.control].append(fact)
    return {control: control_verdict(groups[control]) for control in clause.needs}


def _combined(clause: Clause, found: Mapping[Control, Verdict]) -> Verdict:
    # The first control a clause needs is the one without which the others mean nothing.
    if found[clause.needs[0]] is Verdict.NOT_EVIDENCED:
        return Verdict.NOT_EVIDENCED
    if set(found.values()) == {Verdict.SUPPORTS}:
        return Verdict.SUPPORTS
    return Verdict.PARTIALLY_SUPPORTS


def _reason(found: Mapping[Control, Verdict]) -> str:
    groups = {
        Verdict.NOT_EVIDENCED: "Not evidenced",
        Verdict.PARTIALLY_SUPPORTS: "In part",
    }
    parts = [
        f"{words}: {'; '.join(TITLES[c] for c, v in found.items() if v is verdict)}."
        for verdict, words in groups.items()
        if verdict in found.values()
    ]
    return " ".join(parts) or "All measures are in place."
