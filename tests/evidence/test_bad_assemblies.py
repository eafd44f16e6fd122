"""A user's mistake is a sentence; what a template may hold never crashes a rule."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_constructs.controls.control import METADATA_KEY, Control
from finops_constructs.evidence.model import read_evidence
from finops_constructs.evidence.rules.all_rules import RULES
from tests.evidence.assemblies import (
    NOW,
    PLATFORM,
    TENANT,
    changed,
    evidence_of,
    platform_resources,
    strongest,
    tenant_resources,
    write_assembly,
)


def _read(folder):
    return read_evidence(folder, generated=NOW)


TYPES = sorted({each["Type"] for resources in strongest().values() for each in resources.values()})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 500) | st.sampled_from(["", "x", "Enabled", "*"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["Ref", "Fn::GetAtt", "Statement", "Effect", "Rule", "And", "Days"]),
            inner,
            max_size=2,
        )
    ),
    max_leaves=6,
)
PROPERTIES = st.dictionaries(
    st.sampled_from(
        sorted({p for r in strongest().values() for x in r.values() for p in x["Properties"]})
    ),
    JSON,
    max_size=4,
)


@settings(max_examples=60)
@given(st.sampled_from(TYPES), PROPERTIES, st.sampled_from(list(Control)))
def test_whatever_a_resource_holds_it_is_judged_or_said_why_not(
    tmp_path_factory, kind, properties, control
):
    strange = {
        "Type": kind,
        "Properties": properties,
        "Metadata": {METADATA_KEY: {"catalogue": 1, "supports": {control.value: "why"}}},
    }
    folder = tmp_path_factory.mktemp("strange")
    found = evidence_of(folder, {TENANT: tenant_resources(), PLATFORM: {"Strange": strange}})
    facts = [fact for fact in found.facts if fact.stack == PLATFORM]
    assert facts
    assert control in {fact.control for fact in facts}


def test_a_rule_that_fails_evidences_nothing_and_says_so(tmp_path):
    stacks = changed(strongest(), TENANT, "Entry", "Properties", "Name", value="/other/name")
    stacks["finops-two"] = tenant_resources()
    found = evidence_of(tmp_path, stacks)
    failed = [fact for fact in found.facts if fact.note.startswith("cannot be judged")]
    assert {fact.verdict.value for fact in failed} == {"not-evidenced"}
    assert "Entry is no registry entry of a tenant" in failed[0].note


def test_fails_when_there_is_no_such_folder(tmp_path):
    with pytest.raises(ValueError, match=r"manifest\.json: No such file"):
        _read(tmp_path / "nowhere")


def test_fails_when_the_manifest_is_not_json(tmp_path):
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(ValueError, match=r"manifest\.json: not JSON"):
        _read(tmp_path)


def test_fails_when_there_is_no_stack(tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {}}))
    with pytest.raises(ValueError, match="no stack in this cloud assembly"):
        _read(tmp_path)


def test_fails_when_a_template_is_gone(tmp_path):
    folder = write_assembly(tmp_path, strongest())
    (folder / f"{PLATFORM}.template.json").unlink()
    with pytest.raises(ValueError, match="a template cannot be read"):
        _read(folder)


def test_fails_when_there_is_no_tenant(tmp_path):
    with pytest.raises(ValueError, match="no tenant in it"):
        evidence_of(tmp_path, {PLATFORM: platform_resources()})


def test_fails_when_a_declared_scope_is_garbled(tmp_path):
    stacks = changed(
        strongest(), TENANT, "Entry", "Metadata", METADATA_KEY, "scope", value={"dora": {"x": 1}}
    )
    with pytest.raises(ValueError, match="Entry: not a declared scope"):
        evidence_of(tmp_path, stacks)


def test_controls_of_a_newer_library_are_left_out(tmp_path):
    stacks = changed(
        strongest(), PLATFORM, "Url", "Metadata", METADATA_KEY, "supports", value={"shiny": "new"}
    )
    assert "Url" not in {fact.logical_id for fact in evidence_of(tmp_path, stacks).facts}


def test_every_rule_answers_with_findings(tmp_path):
    found = evidence_of(tmp_path, strongest())
    assert {fact.control for fact in found.facts} == set(RULES)
