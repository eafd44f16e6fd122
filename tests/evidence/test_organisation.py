"""The library's own constructs: what they declare is evidenced, and weakening them is noticed."""

import json
import shutil
from datetime import date

import pytest

from finops_constructs.controls.control import Control
from finops_constructs.evidence import csv_file, json_file, oscal
from finops_constructs.evidence.diff import compare
from finops_constructs.evidence.model import read_evidence
from finops_constructs.evidence.page import document
from finops_constructs.stacks.organisation import build_app
from tests.evidence.assemblies import NOW, verdicts
from tests.evidence.test_files import FORBIDDEN
from tests.organisation_under_test import folder, tenant

TODAY = date(2026, 10, 5)
DECLARED = {"basis": "register entry AI-1", "owner": "Head of Compliance", "date": TODAY}
REGULATION = {
    "ai_act": {"role": "both", "classification": "high-risk", **DECLARED},
    "dora": {"applies": True, **DECLARED},
    "mifid": {"applies": True, **DECLARED},
}
COMPLIANCE = {
    "mode": "COMPLIANCE",
    "days": 400,
    "basis": "records policy RP-7",
    "owner": "Head of Records",
    "declared_on": TODAY,
    "irreversible": "nobody, root included, can undo this",
}
AUDITOR = "arn:aws:iam::999988887777:role/external-audit"


@pytest.fixture(scope="module")
def assembly(tmp_path_factory):
    """One high-risk tenant and a platform with everything this library has for it."""
    out = tmp_path_factory.mktemp("organisation") / "cdk.out"
    writer = tenant(regulation=REGULATION, mode="enforce", guard="enforce")
    settings = {
        "audit_log": {"retention": COMPLIANCE, "auditors": [AUDITOR]},
        "billing": {"payer_account": "444455556666"},
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDK_VALIDATION", "false")
        build_app(folder(writer, **settings), outdir=str(out)).synth()
    return out


@pytest.fixture(scope="module")
def before(assembly):
    return read_evidence(assembly, generated=NOW)


def test_every_measure_that_a_construct_declares_is_in_place(before):
    weak = [fact for fact in before.facts if fact.verdict != "supports"]
    assert [(f.logical_id, f.property, f.value, f.note) for f in weak] == []
    assert {fact.control for fact in before.facts} == set(Control)


def test_every_clause_that_templates_can_answer_is_evidenced(before):
    found = verdicts(before)
    assert set(found.values()) == {"supports", "partially-supports", "needs-human"}
    assert found["ai-act.art-19.1"] == found["ai-act.art-26.6"] == "supports"
    assert found["dora-rts.art-12.protection"] == found["dora-rts.art-12.failure"] == "supports"
    assert found["mifid-565.art-72.1.c"] == "supports"
    assert not [
        c for c, v in found.items() if c.startswith("finops.") and v == "partially-supports"
    ]


def test_the_declared_retention_is_told_with_its_owner_date_and_basis(before):
    (fact,) = [f for f in before.facts if f.control is Control.LOG_RETENTION]
    assert fact.value == "400"
    for said in ("Head of Records", "2026-10-05", "records policy RP-7", "mode COMPLIANCE"):
        assert said in fact.why


def test_no_output_about_them_says_what_only_a_lawyer_may(before):
    for text in (document.text, csv_file.text, json_file.text, oscal.text):
        assert not FORBIDDEN.search(text(before))


def _lock(key, value):
    def weaken(kind, properties):
        if kind == "AWS::S3::Bucket" and "ObjectLockConfiguration" in properties:
            properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"][key] = value

    return weaken


def _versioning_off(kind, properties):
    if kind == "AWS::S3::Bucket" and "ObjectLockConfiguration" in properties:
        properties["VersioningConfiguration"]["Status"] = "Suspended"


def _without(kind, document, sid):
    def weaken(found, properties):
        if found == kind:
            policy = properties[document]
            policy["Statement"] = [s for s in policy["Statement"] if s.get("Sid") != sid]

    return weaken


def _logging_off(kind, properties):
    if kind == "Custom::FinOpsInvocationLogging":
        for name in ("LogGroupName", "BucketName"):
            properties.pop(name, None)


WEAKENINGS = {
    "COMPLIANCE to GOVERNANCE": (_lock("Mode", "GOVERNANCE"), "ai-act.art-19.1"),
    "400 to 90 days": (_lock("Days", 90), "ai-act.art-19.1"),
    "versioning off": (_versioning_off, "mifid-565.art-72.1.b"),
    "TLS statement removed": (
        _without("AWS::S3::BucketPolicy", "PolicyDocument", "DenyPlainText"),
        "dora-rts.art-12.protection",
    ),
    "logging off": (_logging_off, "ai-act.art-12.1"),
    "KMS deletion allowed": (
        _without("AWS::KMS::Key", "KeyPolicy", "DenyDestruction"),
        "ai-act.art-19.1",
    ),
}


@pytest.mark.parametrize(("weaken", "clause"), WEAKENINGS.values(), ids=WEAKENINGS)
def test_weakening_a_template_turns_the_verdict_and_fails_the_gate(
    assembly, before, tmp_path, weaken, clause
):
    proposed = tmp_path / "cdk.out"
    shutil.copytree(assembly, proposed, ignore=shutil.ignore_patterns("asset.*", ".cache"))
    for file in proposed.glob("*.template.json"):
        template = json.loads(file.read_text())
        for resource in template["Resources"].values():
            weaken(resource["Type"], resource.get("Properties", {}))
        file.write_text(json.dumps(template))
    after = read_evidence(proposed, generated=NOW)
    assert verdicts(before)[clause] == "supports"
    assert verdicts(after)[clause] in {"partially-supports", "not-evidenced"}
    assert compare(before, after).is_weaker
