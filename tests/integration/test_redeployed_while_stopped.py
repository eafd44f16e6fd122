"""Whatever people deploy or undo by hand, a monthly stop holds until its month ends."""

from datetime import UTC, datetime

import pytest

from tests.integration.scene import LIMIT_USD, PLATFORM, REGION, guarded, opened

pytestmark = pytest.mark.emulator
OTHER_MODEL = {
    "smart": {"model": "eu.anthropic.claude-sonnet-5-5"},
    "fast": {"model": "eu.amazon.nova-lite-v1:0"},
}
TENANTS = ("changed", "recreated", "meddled", "raised")


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Four tenants, all stopped by their monthly limit."""
    with opened(tmp_path_factory.mktemp("scene")) as scene:
        scene.deploy(*(guarded(each) for each in TENANTS))
        for each in TENANTS:
            scene.spend(each, LIMIT_USD + 10)
        for each in TENANTS:
            scene.stopped(each)
        yield scene


def test_a_changed_tag_and_name_lift_nothing_and_a_replaced_profile_is_stopped_by_the_next_run(
    scene,
):
    before = scene.stage("changed").profiles
    tags = {"tool": "changed", "project": "Beta", "environment": "prod"}
    scene.deploy(guarded("changed", display_name="Renamed", cost_tags=tags, models=OTHER_MODEL))

    after = scene.stage("changed")
    assert after.profiles["fast"] == before["fast"]
    assert scene.tags_of(before["fast"])["bedrock:project"] == "Beta"
    assert scene.tags_of(before["fast"])["finops:state"] == "suspended"
    assert after.attached_to() == ["changed-app"]

    assert after.profiles["smart"] != before["smart"]
    assert scene.tags_of(before["smart"])["finops:state"] == "suspended", "it stays, stopped"
    scene.reconcile()
    assert scene.tags_of(before["smart"])["finops:state"] == "suspended"
    status = scene.status("changed")
    assert after.suspended() == ["fast", "smart"]
    assert status["aliases"]["smart"]["state"] in {"applied", "confirmed"}
    assert scene.entry("/finops/changed/state")["display_name"] == "Renamed"


def test_a_tenant_destroyed_while_stopped_leaves_nothing_and_is_stopped_again_when_it_comes_back(
    scene,
):
    before, profiles = scene.status("recreated"), scene.stage("recreated").profiles
    scene.destroy(guarded("recreated"))
    assert scene.policies_of("recreated-app") == []
    assert scene.entry("/finops/recreated/state") is None
    found = scene.aws.client("bedrock", REGION).list_inference_profiles(typeEquals="APPLICATION")
    there = {each["inferenceProfileArn"] for each in found["inferenceProfileSummaries"]}
    assert not there & set(profiles.values())

    scene.deploy(guarded("recreated"))
    inbox = scene.inbox_of("recreated")
    scene.reconcile()
    again = scene.stopped("recreated")
    assert scene.status("recreated")["estimated_usd"] == before["estimated_usd"]
    assert again["why"][0]["code"] == "monthly-limit"
    assert inbox.subjects() == [], "its stop of this month has been told"


def test_what_a_person_undoes_by_hand_is_put_back_by_the_next_run(scene):
    stage = scene.stage("meddled")
    (suspension,) = scene.policies_of("meddled-app")
    scene.aws.client("bedrock", REGION).untag_resource(
        resourceARN=stage.profiles["fast"], tagKeys=["finops:state"]
    )
    scene.aws.client("iam").detach_role_policy(RoleName="meddled-app", PolicyArn=suspension)
    scene.reconcile()
    status = scene.status("meddled")
    assert stage.all_suspended()
    assert stage.attached_to() == ["meddled-app"]
    assert status["state"] in {"applied", "confirmed"}


def test_a_raised_limit_lifts_the_stop_by_itself(scene):
    scene.deploy(guarded("raised", budget={"monthly_limit_usd": "500"}))
    assert scene.stage("raised").all_suspended(), "a deployment alone lifts nothing"
    inbox = scene.inbox_of("raised")
    scene.reconcile()
    status = scene.status("raised")
    assert status["state"] == "active"
    assert status["why"] == []
    assert scene.stage("raised").suspended() == []
    assert scene.policies_of("raised-app") == []
    assert inbox.subjects() == ["finops: raised: calls are allowed again"]


def test_a_monthly_stop_ends_with_its_month_though_the_platform_was_deployed_again_meanwhile(
    scene,
):
    stage, now = scene.stage("meddled"), datetime.now(UTC)
    assert stage.all_suspended()
    scene.cdk.deploy(
        scene.synthesize(guarded("meddled"), metering={"log_retention_days": 14}), PLATFORM
    )
    assert stage.all_suspended()
    first = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, 0, 10, tzinfo=UTC)
    scene.set_clock(first)
    try:
        scene.reconcile()
        status = scene.status("meddled")
        assert status["state"] == "active"
        assert status["month"] == f"{first:%Y-%m}"
        assert stage.suspended() == []
        assert stage.attached_to() == []
    finally:
        scene.set_clock(None)
    scene.reconcile()
    assert stage.all_suspended(), "the other month's ledger still stands"
