"""An upgrade of this library replaces nothing that must stay, and leaves no gap in the guard.

`release_0_1_0` holds what that release synthesized from its configuration. After a release, put its
templates and configuration in a folder beside it and name it here (UPGRADING.md says how).
"""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest

from shared.registry import parse_registry
from tests.upgrade.template_changes import GUARD, KEPT, create_only, gaps

HERE = Path(__file__).parent
LAST_RELEASE = HERE / "release_0_1_0"
ALLOWED: dict[str, str] = {
    # Logical id -> why its replacement harms nothing, with the section of UPGRADING.md.
}
BEFORE = {
    path.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(LAST_RELEASE.glob("*.template.json"))
}


@pytest.fixture(scope="module")
def now(tmp_path_factory):
    """The templates that today's code makes of the last release's configuration."""
    out = tmp_path_factory.mktemp("now")
    app = (
        "import sys;"
        "from finops_constructs._node import use_bundled_node; use_bundled_node();"
        "from pathlib import Path;"
        "from finops_constructs.config.loader import load_config;"
        "from finops_constructs.stacks.organisation import build_app;"
        "build_app(load_config(Path(sys.argv[1])), outdir=sys.argv[2]).synth()"
    )
    line = [sys.executable, "-c", app, str(LAST_RELEASE / "config"), str(out)]
    done = subprocess.run(line, cwd=HERE.parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return {name: json.loads((out / name).read_text(encoding="utf-8")) for name in BEFORE}


@pytest.mark.parametrize("name", BEFORE)
def test_nothing_is_replaced_and_no_guard_is_dropped(now, name):
    found = [gap for gap in gaps(BEFORE[name], now[name]) if gap.logical_id not in ALLOWED]
    assert found == []


@pytest.mark.parametrize("name", BEFORE)
def test_what_must_outlive_its_stack_still_does(now, name):
    for logical_id, old in BEFORE[name]["Resources"].items():
        if old.get("DeletionPolicy") == "Retain":
            new = now[name]["Resources"][logical_id]
            assert new["DeletionPolicy"] == "Retain", logical_id
            assert new["UpdateReplacePolicy"] == "Retain", logical_id


@pytest.mark.parametrize("name", BEFORE)
def test_a_profile_that_a_later_change_replaces_is_left_to_the_kill_switch(now, name):
    for logical_id, old in BEFORE[name]["Resources"].items():
        if old["Type"] == "AWS::Bedrock::ApplicationInferenceProfile":
            new = now[name]["Resources"][logical_id]
            assert (new["UpdateReplacePolicy"], new["DeletionPolicy"]) == ("Retain", "Delete")


def test_the_fixture_holds_something_of_every_kind_that_must_stay_but_buckets():
    types = {r["Type"] for template in BEFORE.values() for r in template["Resources"].values()}
    assert types >= KEPT - {"AWS::S3::Bucket"}
    assert {"AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::SSM::Parameter"} <= types


def first(template, resource_type):
    return next(k for k, r in template["Resources"].items() if r["Type"] == resource_type)


WRITER = "finops-writer.template.json"
PLATFORM = "finops-platform-111122223333-eu-west-1.template.json"


@pytest.mark.parametrize(
    ("name", "resource_type", "change"),
    [
        (WRITER, "AWS::Bedrock::ApplicationInferenceProfile", {"InferenceProfileName": "other"}),
        (WRITER, "AWS::Budgets::Budget", {"NotificationsWithSubscribers": []}),
        (PLATFORM, "AWS::DynamoDB::Table", {"TableName": "finops-other"}),
        (PLATFORM, "AWS::DynamoDB::Table", {"KeySchema": []}),
        (WRITER, "AWS::IAM::ManagedPolicy", {"ManagedPolicyName": "other"}),
        (WRITER, "AWS::IAM::RolePolicy", {"PolicyName": "other"}),
        (WRITER, "AWS::SSM::Parameter", {"Name": "/finops/writer/other"}),
        (PLATFORM, "AWS::Lambda::Function", {"FunctionName": "other"}),
        (PLATFORM, "AWS::SQS::Queue", {"QueueName": "other"}),
    ],
)
def test_fails_when_an_upgrade_would_replace_a_resource(name, resource_type, change):
    after = copy.deepcopy(BEFORE[name])
    logical_id = first(after, resource_type)
    after["Resources"][logical_id]["Properties"] |= change
    (gap,) = gaps(BEFORE[name], after)
    assert gap.logical_id == logical_id
    assert next(iter(change)) in gap.why


@pytest.mark.parametrize("resource_type", sorted(KEPT | GUARD))
def test_fails_when_an_upgrade_would_drop_a_resource_or_rename_its_logical_id(resource_type):
    for template in BEFORE.values():
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] == resource_type:
                after = copy.deepcopy(template)
                after["Resources"]["Renamed"] = after["Resources"].pop(logical_id)
                assert [gap.logical_id for gap in gaps(template, after)] == [logical_id]
                return
    assert resource_type in {"AWS::S3::Bucket", "AWS::IAM::Policy"}


def test_a_change_in_place_is_no_gap():
    after = copy.deepcopy(BEFORE[WRITER])
    profile = first(after, "AWS::Bedrock::ApplicationInferenceProfile")
    after["Resources"][profile]["Properties"]["Tags"] = []
    assert list(gaps(BEFORE[WRITER], after)) == []


def test_what_replaces_is_known_from_cloudformations_own_schemas():
    assert "InferenceProfileName" in create_only("AWS::Bedrock::ApplicationInferenceProfile")
    assert "Tags" not in create_only("AWS::Bedrock::ApplicationInferenceProfile")
    assert create_only("AWS::KMS::Key") == ()


def flat(value):
    """A parameter's value, with text in the place of what only the deployment knows."""
    if isinstance(value, str):
        return value
    return "".join(part if isinstance(part, str) else "arn:x" for part in value["Fn::Join"][1])


def entries_of(templates):
    return {
        flat(each["Properties"]["Name"]): flat(each["Properties"]["Value"])
        for template in templates.values()
        for each in template["Resources"].values()
        if each["Type"] == "AWS::SSM::Parameter"
    }


def test_todays_functions_read_what_the_last_release_registered():
    registry = parse_registry(entries_of(BEFORE))
    assert {fault.path for fault in registry.faults if "claims" not in fault.reason} == set()
    assert set(registry.policies) == {"research-sandbox", "writer"}
    assert registry.policies["writer"].mode == "approve"
    assert set(registry.profiles["writer"]) == {"smart", "quick", "search"}
    assert {caller.tenant for caller in registry.callers["writer"]} == {"writer"}


def test_the_schema_of_the_entries_is_the_last_releases_or_the_next(now):
    before, after = (
        {json.loads(value)["schema_version"] for value in entries_of(templates).values()}
        for templates in (BEFORE, now)
    )
    assert max(after) - max(before) in {0, 1}
