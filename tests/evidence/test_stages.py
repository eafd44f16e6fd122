"""Apps with stages and nested stacks: every template is read, each under its own name."""

import json

from finops_constructs.evidence.sources import read_sources
from tests.evidence.assemblies import (
    PLATFORM,
    TENANT,
    evidence_of,
    strongest,
    verdicts,
    write_assembly,
)


def test_the_stacks_of_a_stage_are_read(tmp_path):
    write_assembly(tmp_path / "assembly-prod", strongest())
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-prod"}}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"prod": stage}}))
    found = read_sources(tmp_path)
    assert [stack.name for stack in found.stacks] == [PLATFORM, TENANT]
    assert found.stacks[0].file == f"assembly-prod/{PLATFORM}.template.json"


def test_a_nested_stack_is_the_platforms_too(tmp_path):
    stacks = strongest()
    log = {name: stacks[PLATFORM].pop(name) for name in ("Log", "LogPolicy", "LogKey")}
    child = "LogABC.nested.template.json"
    stacks[PLATFORM]["Child"] = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "https://s3.amazonaws.com/assets/0123abcd.json"},
    }
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / child).write_text(json.dumps({"Resources": log}))
    files = {"0123abcd": {"source": {"path": child}}}
    (tmp_path / f"{PLATFORM}.assets.json").write_text(json.dumps({"files": files}))
    found = evidence_of(tmp_path, stacks)
    assert f"{PLATFORM}/LogABC" in {stack.name for stack in found.stacks}
    assert verdicts(found)["ai-act.art-19.1"] == "supports"
