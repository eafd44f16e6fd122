"""The clause catalogue: complete, in our own words, and changed only by a new version."""

import re
from datetime import date

import pytest

from finops_constructs.controls.catalogue import (
    Answer,
    Catalogue,
    ClauseChange,
    Scope,
    Version,
    load_catalogue,
)
from finops_constructs.controls.control import CATALOGUE_VERSION, TITLES, Control
from finops_constructs.controls.verdict import Verdict
from finops_constructs.evidence.rules.all_rules import RULES

CATALOGUE = load_catalogue()
AI_ACT = {
    f"ai-act.art-{name}"
    for name in (
        *("9", "10", "11", "13", "12.1", "12.2.a", "12.2.b", "12.2.c", "12.3", "18.1", "18.3"),
        *("19.1", "19.2", "20.1", "20.2", "26.5", "26.6", "72", "73"),
    )
}


def test_it_holds_every_clause_that_was_asked_for():
    assert set(CATALOGUE.by_id) >= AI_ACT
    by_scope = {clause.instrument.scope for clause in CATALOGUE.clauses}
    assert by_scope == set(Scope)
    for article in ("9", "10", "11", "13"):
        clause = CATALOGUE.by_id[f"ai-act.art-{article}"]
        assert clause.answered_by is Answer.PERSON
        assert clause.binds == ("provider",)


def test_a_changed_clause_makes_a_new_version():
    # Changed on purpose: add a version to clauses/versions.toml that says what, with this digest.
    assert CATALOGUE.versions[-1].digest == CATALOGUE.digest()
    assert [v.number for v in CATALOGUE.versions] == list(range(1, len(CATALOGUE.versions) + 1))
    assert CATALOGUE.version == CATALOGUE_VERSION
    for version in CATALOGUE.versions[1:]:
        assert version.changes


@pytest.mark.parametrize("clause", CATALOGUE.clauses, ids=lambda clause: clause.id)
def test_a_clause_says_what_it_is_and_from_where(clause):
    assert clause.id.startswith(f"{clause.instrument.id}.")
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9._-]*", clause.id), "no OSCAL token"
    assert clause.instrument.link.startswith("https://")
    assert clause.paraphrase.endswith(".")
    assert '"' not in clause.paraphrase, "a paraphrase quotes nothing"
    assert clause.wording in {"checked", "from-memory", "practice"}
    assert bool(clause.needs) is (clause.answered_by is Answer.TEMPLATE)
    if clause.at_best is not Verdict.SUPPORTS:
        assert clause.limits
    if clause.wording == "practice":
        assert clause.applies_from is None
    else:
        assert clause.applies_from.source


def test_ids_are_unique():
    assert len(CATALOGUE.by_id) == len(CATALOGUE.clauses)


def test_the_days_are_those_after_the_omnibus_and_the_unsure_ones_say_so():
    days = {c.id: c.applies_from for c in CATALOGUE.clauses if c.applies_from}
    assert days["ai-act.art-12.1"].date == date(2027, 12, 2)
    assert days["ai-act.art-12.1"].verified
    assert not days["ai-act.art-72"].verified
    assert not days["ai-act.art-73"].verified


def test_the_six_months_are_of_19_1_and_26_6_and_no_clause_knows_twelve():
    texts = {c.id: f"{c.title} {c.paraphrase} {c.limits}".lower() for c in CATALOGUE.clauses}
    assert {name for name, text in texts.items() if "six months" in text} == {
        "ai-act.art-19.1",
        "ai-act.art-26.6",
    }
    assert not [
        name for name, text in texts.items() if "twelve months" in text or "12 months" in text
    ]


def test_every_control_has_a_title_a_rule_and_a_clause():
    assert set(TITLES) == set(RULES) == set(Control)
    assert {control for clause in CATALOGUE.clauses for control in clause.needs} == set(Control)


def test_changes_since_a_version_are_those_of_later_ones():
    moved = ClauseChange(version=2, clause="ai-act.art-12.1", what="applies a year later")
    gone = ClauseChange(version=3, clause="ai-act.art-73", what="removed")
    versions = [
        Version(number=number, date=date(2026, 12, number), digest="", changes=changes)
        for number, changes in ((1, ()), (2, (moved,)), (3, (gone,)))
    ]
    catalogue = Catalogue(clauses=(), versions=tuple(versions))
    assert catalogue.changes_since(1) == (moved, gone)
    assert catalogue.changes_since(2) == (gone,)
    assert catalogue.changes_since(3) == ()
    with pytest.raises(
        ValueError, match="version 4 of the clause catalogue; this one knows 1 to 3"
    ):
        catalogue.changes_since(4)
