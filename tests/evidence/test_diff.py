"""What changed between two assemblies, beside what got weaker (test_weakening)."""

import dataclasses
from datetime import date

import pytest

from finops_constructs.controls.catalogue import ClauseChange, Version
from finops_constructs.evidence.diff import Direction, compare
from tests.evidence.assemblies import (
    PLATFORM,
    TENANT,
    changed,
    evidence_of,
    strongest,
    tenant_resources,
)


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return evidence_of(tmp_path_factory.mktemp("before"), strongest())


def test_an_assembly_is_like_itself(before):
    found = compare(before, before)
    assert (found.facts, found.verdicts, found.clauses) == ((), (), ())
    assert not found.is_weaker


def test_another_value_of_the_same_strength_is_told_and_passes(before, tmp_path):
    stacks = changed(
        strongest(), TENANT, "Smart", "Properties", "Tags", 0, "Value", value="Drafting"
    )
    found = compare(before, evidence_of(tmp_path, stacks))
    (change,) = found.facts
    assert change.before
    assert (change.before.value, change.fact.value) == ("Writer", "Drafting")
    assert change.direction is Direction.OTHER
    assert not found.is_weaker


def test_a_resource_that_is_only_renamed_is_not_weaker(before, tmp_path):
    stacks = strongest()
    stacks[PLATFORM]["LogTwo"] = stacks[PLATFORM].pop("Log")
    stacks[PLATFORM]["LogPolicy"]["Properties"]["Bucket"] = {"Ref": "LogTwo"}
    found = compare(before, evidence_of(tmp_path, stacks))
    assert found.facts == ()
    assert not found.is_weaker


def test_a_tenant_that_leaves_or_comes_is_told_and_weakens_nothing(before, tmp_path):
    chatbot = tenant_resources(tenant="chatbot")
    both = evidence_of(tmp_path / "two", {**strongest(), "finops-chatbot": chatbot})
    gone, come = compare(both, before), compare(before, both)
    assert gone.tenants_gone == come.tenants_new == ("chatbot",)
    assert not gone.is_weaker
    assert not come.is_weaker


def test_the_platform_may_not_leave(before, tmp_path):
    stacks = strongest()
    del stacks[PLATFORM]
    found = compare(before, evidence_of(tmp_path, stacks))
    assert found.is_weaker
    assert {c.after for c in found.facts if c.fact.stack == PLATFORM} == {None}


def test_what_is_declared_out_of_scope_is_weaker_evidence(before, tmp_path):
    scope = {"ai_act": {**_ai_act(before), "classification": "not-high-risk"}}
    stacks = strongest() | {TENANT: tenant_resources(scope)}
    found = compare(before, evidence_of(tmp_path, stacks))
    changes = {c.clause: (c.after.value, c.direction) for c in found.verdicts}
    assert changes["ai-act.art-19.1"] == ("not-applicable", Direction.WEAKER)
    assert changes["ai-act.art-9"] == ("not-applicable", Direction.OTHER)


def test_findings_newly_accepted_are_told(before, tmp_path):
    rule = "AwsSolutions::AwsSolutions-S1"
    after = evidence_of(tmp_path, strongest(), accepted={rule: "a lock takes no access logs"})
    (accepted,) = compare(before, after).accepted
    assert (accepted.rule, accepted.places) == (rule, 1)
    (withdrawn,) = compare(after, before).no_longer_accepted
    assert withdrawn.reason == "a lock takes no access logs"


def _at_version(evidence, version, newest):
    """The evidence of an assembly made with one version, read by a library with a newer one."""
    changes = ClauseChange(version=newest, clause="ai-act.art-12.1", what="applies a year later")
    versions = (
        *evidence.catalogue.versions,
        Version(number=newest, date=date(2027, 1, 1), digest="", changes=(changes,)),
    )
    catalogue = dataclasses.replace(evidence.catalogue, versions=versions)
    return dataclasses.replace(evidence, assembly_catalogue=version, catalogue=catalogue)


def test_clauses_that_changed_between_the_assemblies_are_told(before):
    old, new = _at_version(before, 1, 2), _at_version(before, 2, 2)
    assert [(c.clause, c.what) for c in compare(old, new).clauses] == [
        ("ai-act.art-12.1", "applies a year later")
    ]
    assert compare(new, new).clauses == ()
    assert not compare(old, new).is_weaker


def test_fails_on_an_assembly_of_a_newer_catalogue(before):
    newer = dataclasses.replace(before, assembly_catalogue=99)
    with pytest.raises(ValueError, match="version 99 of the clause catalogue"):
        compare(before, newer)


def _ai_act(evidence):
    (tenant,) = evidence.tenants
    return tenant.scope.as_metadata()["ai_act"]
