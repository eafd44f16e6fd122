"""The verdict on one clause: what is declared decides whether, the facts decide how far."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_constructs.controls.catalogue import Answer, load_catalogue
from finops_constructs.controls.control import Control
from finops_constructs.controls.scope import (
    AiActDeclaration,
    Classification,
    ClauseDocument,
    LawDeclaration,
    Role,
    TenantScope,
)
from finops_constructs.controls.verdict import Verdict
from finops_constructs.evidence.facts import Fact
from finops_constructs.evidence.judgement import judge

CATALOGUE = load_catalogue()
RANK = [Verdict.NOT_EVIDENCED, Verdict.PARTIALLY_SUPPORTS, Verdict.SUPPORTS]


def fact(control, verdict=Verdict.SUPPORTS):
    return Fact(
        control=control,
        stack="platform",
        logical_id="Log",
        type="AWS::S3::Bucket",
        property="Days",
        value="400",
        verdict=verdict,
        why="",
        note="",
        amount=Decimal(400),
        tenant=None,
        template_sha256="",
    )


def declared(role=Role.BOTH, classification=Classification.HIGH_RISK, annex_iii="5(b)"):
    return TenantScope(
        ai_act=AiActDeclaration(
            role=role,
            classification=classification,
            annex_iii=annex_iii,
            basis="register entry AI-1",
            owner="Head of Compliance",
            date=date(2026, 10, 5),
        )
    )


def law(applies):
    return LawDeclaration(
        applies=applies, basis="as counsel says", owner="CCO", date=date(2026, 10, 5)
    )


def judged(clause, scope, *facts):
    return judge(CATALOGUE.by_id[clause], scope, facts)


RETENTION = [
    fact(control)
    for control in (
        *(Control.LOG_RETENTION, Control.LOG_IMMUTABLE),
        *(Control.LOG_RETAINED, Control.LOG_KEY_GUARDED),
    )
]


@pytest.mark.parametrize(
    ("clause", "scope", "verdict", "reason"),
    [
        ("ai-act.art-19.1", TenantScope(), "needs-human", "not declared. If it applies: supports"),
        ("ai-act.art-9", TenantScope(), "needs-human", "role and risk classification are not"),
        (
            "ai-act.art-19.1",
            declared(classification=Classification.NOT_HIGH_RISK),
            "not-applicable",
            "Not high-risk, declared by Head of Compliance on 2026-10-05: register entry AI-1",
        ),
        ("ai-act.art-19.1", declared(role=Role.PROVIDER), "supports", "All measures"),
        ("ai-act.art-19.1", declared(role=Role.DEPLOYER), "not-applicable", "Binds the provider"),
        ("ai-act.art-26.6", declared(role=Role.DEPLOYER), "supports", "All measures"),
        ("ai-act.art-26.6", declared(role=Role.PROVIDER), "not-applicable", "Binds the deployer"),
        ("ai-act.art-26.6", declared(role=Role.BOTH), "supports", "All measures"),
        ("ai-act.art-12.3", declared(), "not-applicable", "Annex III 5(b)"),
        ("ai-act.art-12.3", declared(annex_iii=None), "needs-human", "point is not declared"),
        ("ai-act.art-12.3", declared(annex_iii="1(a)"), "needs-human", "No template can"),
        ("dora-rts.art-12.retention", TenantScope(), "needs-human", "Whether DORA bears"),
        ("dora-rts.art-12.retention", TenantScope(dora=law(True)), "supports", "All measures"),
        ("dora-rts.art-12.retention", TenantScope(dora=law(False)), "not-applicable", "DORA does"),
        ("mifid-565.art-72.1.c", TenantScope(), "needs-human", "Whether MiFID II bears"),
        ("mifid-565.art-72.1.c", TenantScope(mifid=law(False)), "not-applicable", "MiFID II does"),
        ("finops.value", TenantScope(), "needs-human", "No template can answer it"),
    ],
)
def test_what_is_declared_decides_whether_a_clause_is_judged(clause, scope, verdict, reason):
    found = judged(clause, scope, *RETENTION)
    assert found.verdict == verdict
    assert reason in found.reason


def test_a_document_is_named_but_a_person_still_judges():
    document = ClauseDocument(
        clause="ai-act.art-11",
        title="Technical documentation, version 7",
        sha256="ab" * 32,
        owner="Product Owner",
        reviewed_on=date(2026, 9, 18),
    )
    scope = dataclasses.replace(declared(), documents=(document,))
    found = judged("ai-act.art-11", scope)
    assert found.verdict == "needs-human"
    for said in ("Technical documentation, version 7", "Product Owner", "2026-09-18", "ab" * 32):
        assert said in found.reason


def test_governance_mode_supports_in_part():
    weaker = [
        fact(
            f.control,
            Verdict.PARTIALLY_SUPPORTS if f.control is Control.LOG_IMMUTABLE else f.verdict,
        )
        for f in RETENTION
    ]
    found = judged("ai-act.art-19.1", declared(), *weaker)
    assert found.verdict == "partially-supports"
    assert found.reason == "In part: Records can be neither overwritten nor deleted."


def test_facts_of_other_controls_do_not_count():
    found = judged("dora-rts.art-12.failure", TenantScope(dora=law(True)), *RETENTION)
    assert found.verdict == "not-evidenced"
    assert found.facts == ()


def test_a_clause_that_asks_for_more_than_templates_show_is_supported_in_part_at_best():
    facts = [fact(Control.USE_CAN_BE_STOPPED), fact(Control.DECISIONS_JOURNALLED)]
    found = judged("ai-act.art-20.1", declared(), *facts)
    assert found.verdict == "partially-supports"
    assert found.reason.startswith("All measures are in place. New calls of the tenant can be")


JUDGED = [clause for clause in CATALOGUE.clauses if clause.answered_by is Answer.TEMPLATE]
FACTS = st.lists(
    st.builds(fact, st.sampled_from(list(Control)), st.sampled_from(RANK)), max_size=12
)
EVERYTHING = dataclasses.replace(declared(), dora=law(True), mifid=law(True))


@settings(max_examples=60)
@given(st.sampled_from(JUDGED), FACTS, st.data())
def test_a_weaker_fact_never_makes_a_better_verdict(clause, facts, data):
    before = judge(clause, EVERYTHING, facts)
    assert before.verdict in RANK
    assert RANK.index(before.verdict) <= RANK.index(clause.at_best)
    if facts:
        place = data.draw(st.integers(0, len(facts) - 1))
        weaker = data.draw(st.sampled_from(RANK[: RANK.index(facts[place].verdict) + 1]))
        changed = [*facts[:place], fact(facts[place].control, weaker), *facts[place + 1 :]]
        after = judge(clause, EVERYTHING, changed)
        assert RANK.index(after.verdict) <= RANK.index(before.verdict)


@settings(max_examples=40)
@given(st.sampled_from(JUDGED), FACTS)
def test_the_order_of_facts_does_not_matter(clause, facts):
    backwards = judge(clause, EVERYTHING, facts[::-1])
    assert judge(clause, EVERYTHING, facts).verdict == backwards.verdict
