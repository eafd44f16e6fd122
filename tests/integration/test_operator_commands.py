"""What the person on call types, against a deployed platform."""

import pytest

from tests.integration.scene import REGION, guarded, opened

pytestmark = pytest.mark.emulator


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("scene")) as scene:
        scene.deploy(guarded("writer"), guarded("chat"))
        yield scene


def _application_profiles(scene):
    bedrock = scene.aws.client("bedrock", REGION)
    found = bedrock.list_inference_profiles(typeEquals="APPLICATION")
    return sorted(each["inferenceProfileName"] for each in found["inferenceProfileSummaries"])


def test_a_drill_of_the_deployed_switch_holds_and_leaves_the_account_as_it_was(scene):
    before = _application_profiles(scene)
    report = scene.finops.ask("drill", "writer")
    verdicts = {check["name"]: check["verdict"] for check in report["checks"]}
    assert report["held"], report["checks"]
    assert verdicts["role writer-app is refused a suspended profile"] == "held", report["checks"]
    assert set(verdicts.values()) == {"held"}
    assert [hop["name"] for hop in report["hops"]][-1] == "resume: active"
    assert _application_profiles(scene) == before
    status = scene.status("writer")
    assert (status["state"], status["why"]) == ("active", [])


def test_a_person_stops_one_alias_then_the_tenant_and_lets_it_go_on(scene):
    one = scene.finops.ask("suspend", "writer", "--alias", "smart", "--reason", "a loop")
    assert (one["reached"], one["stage"]) == (True, "applied")
    assert scene.stage("writer").suspended() == ["smart"]
    assert scene.stage("writer").attached_to() == []

    whole = scene.finops.ask("suspend", "writer", "--reason", "still a loop")
    assert (whole["reached"], whole["stage"]) == (True, "applied")
    assert scene.stage("writer").suspended() == ["fast", "smart"]
    assert scene.stage("writer").attached_to() == ["writer-app"]
    assert scene.stage("chat").suspended() == []
    assert "assumed-role/finops-operator/" in whole["actor"]

    back = scene.finops.ask("resume", "writer", "--reason", "fixed")
    assert (back["reached"], back["stage"]) == (True, "active")
    assert scene.stage("writer").suspended() == []
    assert scene.stage("writer").attached_to() == []
