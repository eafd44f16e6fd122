"""The four files: everything is in each, and none says what only a lawyer may."""

import csv
import io
import json
import re
import uuid

import pytest

from finops_constructs.controls.catalogue import load_catalogue
from finops_constructs.controls.verdict import Verdict
from finops_constructs.evidence import csv_file, json_file, oscal
from finops_constructs.evidence.page import document
from tests.evidence.assemblies import (
    PLATFORM,
    TENANT,
    changed,
    evidence_of,
    strongest,
    tenant_resources,
)

NASTY = "=cmd|' /C calc'!A0 <script>alert(1)</script>"
FORBIDDEN = re.compile(r"complian(t|ce with)|certif|guarantee", re.IGNORECASE)


@pytest.fixture(scope="module")
def evidence(tmp_path_factory):
    stacks = changed(
        strongest() | {TENANT: tenant_resources(display_name=NASTY)},
        *(PLATFORM, "Log", "Properties", "ObjectLockConfiguration"),
        *("Rule", "DefaultRetention", "Mode"),
        value="GOVERNANCE",
    )
    stacks[TENANT]["Smart"]["Properties"]["Tags"][0]["Value"] = NASTY
    folder = tmp_path_factory.mktemp("files") / "cdk.out"
    return evidence_of(folder, stacks, accepted={"finops::data-residency": "agreed with the DPO"})


@pytest.fixture(scope="module")
def texts(evidence):
    return {
        "evidence.html": document.text(evidence),
        "evidence.csv": csv_file.text(evidence),
        "evidence.json": json_file.text(evidence),
        "oscal-component-definition.json": oscal.text(evidence),
    }


@pytest.fixture(scope="module")
def rows(texts):
    return list(csv.DictReader(io.StringIO(texts["evidence.csv"])))


def test_the_csv_leads_from_clause_to_template_hash(evidence, rows):
    (row,) = [
        r for r in rows if r["clause"] == "ai-act.art-19.1" and r["control"] == "log-retention"
    ]
    wanted = {
        "tenant": "writer",
        "verdict": "partially-supports",
        "binds": "provider",
        "applies_from": "2027-12-02",
        "applies_from_verified": "true",
        "stack": PLATFORM,
        "logical_id": "Log",
        "property": "ObjectLockConfiguration.Rule.DefaultRetention.Days",
        "value": "400",
        "shows": "supports",
        "why": "why log-retention",
        "live": "",
    }
    assert wanted.items() <= row.items()
    hashes = {stack.name: stack.sha256 for stack in evidence.stacks}
    assert row["template_sha256"] == hashes[PLATFORM]


def test_the_csv_has_every_clause_of_every_tenant(rows):
    assert {row["clause"] for row in rows} == set(load_catalogue().by_id)
    assert {row["verdict"] for row in rows} <= {verdict.value for verdict in Verdict}


def test_a_spreadsheet_runs_nothing(rows):
    cells = [cell for row in rows for cell in row.values()]
    assert f"'{NASTY}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_the_json_refers_to_its_facts(texts):
    content = json.loads(texts["evidence.json"])
    (tenant,) = content["tenants"]
    verdict = next(v for v in tenant["verdicts"] if v["clause"] == "ai-act.art-19.1")
    controls = {content["facts"][number]["control"] for number in verdict["facts"]}
    assert controls == {"log-retention", "log-immutable", "log-retained", "log-key-guarded"}
    assert content["catalogue"]["assembly_version"] == content["catalogue"]["version"]
    assert content["exceptions"] == [
        {
            "stack": TENANT,
            "where": f"/{TENANT}/Smart",
            "rule": "finops::data-residency",
            "reason": "agreed with the DPO",
        }
    ]
    assert content["not_covered"]


def test_the_page_escapes_what_templates_say(texts):
    page = texts["evidence.html"]
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "agreed with the DPO" in page


def test_the_same_evidence_makes_the_same_bytes(evidence, texts):
    again = [document.text(evidence), csv_file.text(evidence), json_file.text(evidence)]
    assert [*again, oscal.text(evidence)] == list(texts.values())


def test_no_file_says_what_only_a_lawyer_may(texts):
    for name, text in texts.items():
        found = FORBIDDEN.search(text)
        assert found is None, f"{name}: ...{text[found.start() - 60 : found.end() + 60]}..."


def test_oscal_ids_are_in_the_catalogue_and_uuids_unique_and_steady(evidence, texts):
    content = json.loads(texts["oscal-component-definition.json"])["component-definition"]
    assert content["metadata"]["oscal-version"] == "1.2.1"
    known = load_catalogue().by_id
    requirements = [
        requirement
        for component in content["components"]
        for implementation in component["control-implementations"]
        for requirement in implementation["implemented-requirements"]
    ]
    assert {requirement["control-id"] for requirement in requirements} == set(known)
    uuids = re.findall(r'"uuid": "([^"]+)"', texts["oscal-component-definition.json"])
    assert len(uuids) == len(set(uuids))
    assert {uuid.UUID(each).version for each in uuids} == {5}
    assert not re.search(r"\[\s*\]", texts["oscal-component-definition.json"]), "an empty array"


def test_oscal_uuids_follow_the_content(evidence, tmp_path):
    other = evidence_of(tmp_path / "cdk.out", strongest())
    documents = [oscal.component_definition(each) for each in (evidence, other)]
    first, second = (each["component-definition"] for each in documents)
    assert first["uuid"] != second["uuid"]
    ids = [{c["title"]: c["uuid"] for c in each["components"]} for each in (first, second)]
    assert ids[0] == ids[1]
