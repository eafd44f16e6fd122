"""The daily self-test on the emulator: passes while the guard works, fails when it does not."""

import json

import pytest

from shared.canary_tenant import CANARY_TENANT
from tests.integration.scene import REGION, guarded, opened

pytestmark = pytest.mark.emulator


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("canary")) as scene:
        scene.deploy(guarded("writer"))
        yield scene


def canary_run(scene):
    answer = scene.aws.client("lambda", REGION).invoke(FunctionName="finops-canary", Payload=b"{}")
    return json.loads(answer["Payload"].read())


def spent_by_the_canary(scene):
    return float(scene.status(CANARY_TENANT)["estimated_usd"])


def test_it_sees_a_record_metered_stopped_and_resumed_and_owes_nobody_anything(scene):
    found = canary_run(scene)
    assert found["result"] == "passed", found
    assert set(found["seconds"]) == {"Metered", "Stopped", "Resumed"}
    assert spent_by_the_canary(scene) == 0
    status = scene.status(CANARY_TENANT)
    assert status["state"] == "active"
    assert [each["kind"] for each in status["corrections"]] == ["adjust"]


def test_it_is_in_no_list_of_tenants_and_nobody_is_told_of_its_stops(scene):
    inbox = scene.inbox_of("writer")
    assert canary_run(scene)["result"] == "passed"
    tenants = scene.finops.ask("tenants", "status")["tenants"]
    assert [each["tenant"] for each in tenants] == ["writer"]
    listed = scene.finops.ask("tenants", "list")
    assert CANARY_TENANT not in json.dumps(listed)
    assert inbox.read() == []


def test_while_all_stops_are_paused_it_tests_nothing_and_does_not_fail(scene):
    scene.finops.run("enforcement", "pause", "--all", "--for", "5m", "--reason", "meter is wrong")
    assert canary_run(scene)["result"] == "paused"
    scene.finops.run("enforcement", "resume", "--all", "--reason", "meter is mended")
