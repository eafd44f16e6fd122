"""Month 6: a tenant is renamed, moved, given another model, and retired; callers keep working."""

from datetime import UTC, datetime, timedelta

import pytest

from local.demo.narration import wait_until
from local.token_usage import TokenUsage
from local.verdict import call_verdict
from shared.ledger import month_spend, read_alias_items, read_role_items
from shared.replaced_callers import replaced_callers
from tests.integration.scene import REGION, guarded, opened

pytestmark = pytest.mark.emulator
OLD_SOURCE = "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.amazon.nova-lite-v1:0"
NEW_MODEL = {
    "smart": {"model": "eu.anthropic.claude-sonnet-5-5"},
    "fast": {"model": "eu.amazon.nova-lite-v1:0"},
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("scene")) as scene:
        scene.deploy(guarded("writer"))
        yield scene


@pytest.fixture(scope="module")
def old(scene):
    """The profile that `smart` led to at first; the tenant is renamed, moved and changed."""
    before = scene.stage("writer").profiles
    moved = {"tool": "writer", "project": "Beta", "environment": "prod"}
    owner = {"team": "Docs", "email": "docs@example.com", "cost_centre": "CC-9"}
    scene.deploy(
        guarded("writer", display_name="Scribe", owner=owner, cost_tags=moved, models=NEW_MODEL)
    )
    assert scene.stage("writer").profiles["fast"] == before["fast"], "no name replaces anything"
    assert scene.tags_of(before["fast"])["bedrock:project"] == "Beta"
    assert scene.entry("/finops/writer/policy")["owner"]["cost_centre"] == "CC-9"
    return before["smart"]


def profiles_there(scene):
    found = scene.aws.client("bedrock", REGION).list_inference_profiles(typeEquals="APPLICATION")
    return {each["inferenceProfileArn"] for each in found["inferenceProfileSummaries"]}


def allowed(scene, profile):
    arn = f"arn:aws:iam::{scene.aws.account}:role/apps/writer-app"
    return call_verdict(
        scene.aws.client, scene.simulator, role_arn=arn, profile_arn=profile
    ).allowed


def replaced_entries(scene):
    ssm = scene.aws.client("ssm", REGION)
    found = ssm.get_parameters_by_path(Path="/finops/writer/replaced", Recursive=True)
    return [each["Name"] for each in found["Parameters"]]


def ledger(scene, read):
    dynamodb = scene.aws.client("dynamodb", REGION)
    return read(dynamodb, "finops-ledger", "writer", datetime.now(UTC))


def calls_metered(scene):
    items = ledger(scene, read_alias_items)
    return sum(v for i in items for k, v in i.items() if k.startswith("n") and k[1:].isdigit())


def test_the_alias_moves_at_once_and_the_old_profile_stays_callable(scene, old):
    new = scene.stage("writer").profiles["smart"]
    assert new != old
    assert {old, new} <= profiles_there(scene)
    assert allowed(scene, old)
    assert allowed(scene, new)


def test_calls_through_both_are_metered_to_the_alias_though_no_run_has_entered_the_old_one(
    scene, old
):
    stage = scene.stage("writer")
    before = calls_metered(scene)
    for profile in (old, stage.profiles["smart"]):
        scene.traffic.call(stage.caller, profile, TokenUsage(output=1_000))
    wait_until("both are metered", lambda: calls_metered(scene) == before + 2 or None)
    spend = month_spend(ledger(scene, read_alias_items), now=datetime.now(UTC))
    assert spend.by_alias["smart"] > 0
    wait_until("the woken switch has entered it", lambda: replaced_entries(scene) or None)
    assert replaced_entries(scene) == [f"/finops/writer/replaced/smart/{old.rpartition('/')[2]}"]


def test_the_status_says_who_still_calls_it(scene, old):
    stage = scene.stage("writer")

    def told():
        scene.traffic.call(stage.caller, old, TokenUsage(output=10))
        return replaced_callers(ledger(scene, read_role_items)).get(old.rpartition("/")[2])

    (caller,) = wait_until("the ledger names the caller", told)
    assert caller.role == "writer-app"
    (replaced,) = scene.status("writer")["replaced"]
    assert (replaced["alias"], replaced["profile_arn"]) == ("smart", old)
    assert replaced["callers"][0]["role"] == "writer-app"


def test_a_stop_stops_both_and_a_resume_lets_both_go(scene, old):
    scene.finops.ask("suspend", "writer", "--reason", "INC-1")
    scene.stopped("writer", "ordered")
    for profile in (old, scene.stage("writer").profiles["smart"]):
        assert scene.tags_of(profile)["finops:state"] == "suspended"
        assert not allowed(scene, profile)
    scene.finops.ask("resume", "writer", "--reason", "INC-1")
    scene.reconcile()
    assert allowed(scene, old)
    assert scene.status("writer")["state"] == "active"


def test_after_seven_days_without_a_call_it_is_gone_and_not_before(scene, old):
    now = datetime.now(UTC)
    try:
        scene.set_clock(now + timedelta(days=6))
        scene.reconcile()
        assert old in profiles_there(scene)
        scene.set_clock(now + timedelta(days=8))
        scene.reconcile()
        wait_until("it is gone", lambda: old not in profiles_there(scene) or None)
    finally:
        scene.set_clock(None)
    assert replaced_entries(scene) == []
    assert scene.stage("writer").profiles["smart"] in profiles_there(scene)


def test_a_tenant_retired_and_destroyed_takes_what_was_replaced_with_it(scene, old):
    del old
    tags = scene.tags_of(scene.stage("writer").profiles["smart"])
    left = scene.aws.client("bedrock", REGION).create_inference_profile(
        inferenceProfileName="writer-smart-0123abcd",
        modelSource={"copyFrom": OLD_SOURCE},
        tags=[{"key": key, "value": value} for key, value in tags.items()],
    )["inferenceProfileArn"]
    scene.finops.ask("tenants", "retire", "writer", "--reason", "CHG-1", "--yes")
    scene.destroy(guarded("writer"))
    assert left not in profiles_there(scene)
    own = {arn for arn in profiles_there(scene) if scene.tags_of(arn)["finops:tenant"] == "writer"}
    assert own == set()
    assert replaced_entries(scene) == []
