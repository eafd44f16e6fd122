"""Profiles that CloudFormation left behind are found, guarded, and removed once they are idle."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from kill_switch.replaced import REPLACED_TAG
from shared.decision_types import Order
from tests.lambdas.fake_aws import real_client
from tests.lambdas.platform_under_test import profile_arn
from tests.lambdas.shared.decision_inputs import NOW

OLD, NEW = profile_arn("writer", "old1"), profile_arn("writer", "new1")
ENTRY = "/finops/writer/replaced/smart/writerold1"
NAME = "writer-smart-0123abcd"
YOUNG = NOW - timedelta(minutes=5)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def left_behind(platform, arn=OLD, *, name=NAME, created=LONG_AGO, **tags):
    own = {"finops:tenant": "writer", "finops:alias": "smart"}
    platform.bedrock.create(arn, **(own | tags))
    platform.bedrock.made[arn] = (name, created)


def replace_profile(platform):
    """What an update does: the alias leads elsewhere, and the old profile is left behind."""
    platform.add_tenant("writer")
    platform.add_profile("writer", "smart", OLD)
    platform.add_profile("writer", "smart", NEW, base_model_id="new-model", price=None)
    platform.bedrock.tags.pop(profile_arn("writer", "smart"))
    left_behind(platform)


def entered(platform, path=ENTRY):
    found = platform.services("ssm").get_parameters(Names=[path])["Parameters"]
    return json.loads(found[0]["Value"]) if found else None


def kinds(platform):
    return [entry["kind"] for entry in platform.journal("writer")]


def test_a_replaced_profile_is_entered_with_what_its_alias_said_of_it(platform):
    replace_profile(platform)
    platform.run()
    entry = entered(platform)
    assert entry["profile_arn"] == OLD
    assert entry["base_model_id"] == "anthropic.claude"
    assert entry["price"]["rates"] == {"input": "3", "output": "15"}
    assert entry["burst_alarm_name"] is None
    assert REPLACED_TAG in platform.bedrock.tags[OLD]
    assert kinds(platform).count("profile-replaced") == 1
    reads = platform.bedrock.calls["read"]
    platform.later(minutes=5)
    report = platform.run()
    assert kinds(platform).count("profile-replaced") == 1
    assert report.registry.faults == ()
    assert platform.bedrock.calls["read"] <= reads


def test_a_stop_and_a_resume_reach_it_in_the_run_that_finds_it(platform):
    replace_profile(platform)
    platform.spend("writer", 512)
    platform.run()
    assert platform.stopped("writer") == {"new1", "old1", "fast"}
    assert platform.published("writer")["aliases"]["smart"]["state"] == "applied"
    platform.now = datetime(2026, 12, 1, 0, 4, tzinfo=UTC)
    platform.run()
    assert platform.stopped("writer") == set()
    assert platform.published("writer")["state"] == "active"


def test_a_burst_of_its_alias_stops_both_and_no_other_alias(platform):
    replace_profile(platform)
    platform.burst("writer", "smart")
    platform.run()
    assert platform.stopped("writer") == {"new1", "old1"}


def test_a_woken_run_finds_it_too_but_looks_at_most_once_a_minute(platform):
    replace_profile(platform)
    platform.run("writer")
    assert entered(platform)
    for _ in range(5):
        platform.run("writer")
    assert platform.bedrock.calls["list"] == 1
    platform.later(minutes=1)
    platform.run("writer")
    assert platform.bedrock.calls["list"] == 2


@pytest.mark.parametrize(
    "other",
    [
        {"name": "made-by-hand"},
        {"name": "writer-fast-0123abcd"},
        {"finops__alias": "fast"},
        {"finops__tenant": "nobody"},
        {"created": YOUNG},
    ],
)
def test_what_is_not_known_to_be_a_replaced_profile_is_left_alone(platform, other):
    platform.add_tenant("writer")
    left_behind(platform, **{key.replace("__", ":"): value for key, value in other.items()})
    before = dict(platform.bedrock.tags[OLD])
    platform.run()
    platform.later(minutes=10)
    platform.run()
    assert entered(platform) is None
    assert platform.bedrock.tags[OLD] == before


def test_one_that_no_entry_ever_named_is_guarded_after_an_hour_without_a_price(platform):
    platform.add_tenant("writer")
    left_behind(platform, created=YOUNG)
    platform.run()
    assert entered(platform) is None
    platform.later(hours=1)
    platform.run()
    assert (entered(platform)["base_model_id"], entered(platform)["price"]) == ("old-model", None)
    assert REPLACED_TAG not in platform.bedrock.tags[OLD]


def test_a_profile_whose_entry_somebody_deleted_is_guarded_and_never_removed(platform):
    platform.add_tenant("writer")
    platform.remove("/finops/writer/profiles/smart")
    arn = profile_arn("writer", "smart")
    left_behind(platform, arn)
    platform.spend("writer", 512, alias="fast")
    platform.run()
    assert "smart" in platform.stopped("writer")
    platform.now = datetime(2026, 12, 1, 1, tzinfo=UTC)
    for _ in range(4):
        platform.later(days=9)
        platform.run()
    assert arn in platform.bedrock.tags


def test_a_thousand_foreign_profiles_are_read_once(platform):
    platform.add_tenant("writer")
    for number in range(150):
        name = f"somebody-else-{number:08x}"
        left_behind(platform, profile_arn("other", str(number)), name=name)
    for _ in range(4):
        platform.run()
        platform.later(minutes=5)
    assert platform.bedrock.calls["read"] <= 150 + 4 * 2


def test_an_update_that_was_rolled_back_leaves_the_old_profile_as_it_was(platform):
    replace_profile(platform)
    platform.run()
    platform.add_profile("writer", "smart", OLD)
    platform.bedrock.tags[OLD][REPLACED_TAG] = "2026-11-25"
    platform.bedrock.tags.pop(NEW)
    platform.later(minutes=5)
    report = platform.run()
    assert entered(platform) is None
    assert REPLACED_TAG not in platform.bedrock.tags[OLD]
    assert report.registry.profiles["writer"]["smart"].profile_arn == OLD
    assert report.registry.faults == ()


def test_an_entry_goes_with_its_profile(platform):
    replace_profile(platform)
    platform.run()
    platform.bedrock.tags.pop(OLD)
    platform.later(minutes=5)
    assert platform.run().registry.replaced == {}
    assert entered(platform) is None
    assert platform.state("writer").failures == {}


def test_what_cannot_be_looked_at_is_a_fault_and_everything_else_goes_on(platform):
    replace_profile(platform)
    platform.spend("writer", 512)
    platform.services.break_call("bedrock", "get_paginator", "AccessDeniedException")
    report = platform.run()
    assert [fault.path for fault in report.registry.faults] == ["/finops/*/replaced"]
    assert {"new1", "fast"} <= platform.stopped("writer")


def idle_since(platform, days):
    """Enter the profile as one that was replaced so many days ago."""
    replace_profile(platform)
    platform.run()
    then = (NOW - timedelta(days=days)).isoformat()
    platform.put(ENTRY, entered(platform) | {"replaced_at": then})
    platform.later(hours=2)


def called(platform, metric, days_ago):
    real_client("cloudwatch").put_metric_data(
        Namespace="AWS/Bedrock",
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": "ModelId", "Value": "writerold1"}],
                "Timestamp": platform.now - timedelta(days=days_ago),
                "Value": 1,
            }
        ],
    )


def test_it_is_removed_with_its_entry_once_nobody_has_called_it_for_seven_days(platform):
    idle_since(platform, 7)
    called(platform, "Invocations", 8)
    platform.run()
    assert OLD not in platform.bedrock.tags
    assert entered(platform) is None
    assert kinds(platform)[-1] == "profile-removed"
    assert NEW in platform.bedrock.tags
    assert platform.run().registry.replaced == {}


def test_it_stays_while_it_was_replaced_only_lately(platform):
    idle_since(platform, 6)
    platform.run()
    assert OLD in platform.bedrock.tags


@pytest.mark.parametrize("metric", ["Invocations", "InvocationClientErrors", "InvocationThrottles"])
def test_it_stays_while_somebody_calls_it_even_in_vain(platform, metric):
    idle_since(platform, 30)
    called(platform, metric, 6)
    platform.run()
    assert OLD in platform.bedrock.tags


def test_it_stays_while_its_alias_is_stopped_and_seven_days_more(platform):
    idle_since(platform, 30)
    platform.spend("writer", 512)
    platform.run()
    platform.later(hours=2)
    platform.run()
    assert OLD in platform.bedrock.tags
    platform.now = datetime(2026, 12, 1, 1, tzinfo=UTC)
    platform.seconds += 7200
    platform.run()
    platform.later(days=6)
    platform.run()
    assert OLD in platform.bedrock.tags
    platform.later(days=2)
    platform.run()
    assert OLD not in platform.bedrock.tags


@pytest.mark.parametrize(
    "changed",
    [
        {"finops:tenant": "reader"},
        {"finops:alias": "fast"},
        {"finops:state": "suspended"},
    ],
)
def test_it_stays_if_its_tags_say_something_else_at_the_last_moment(platform, changed):
    idle_since(platform, 30)

    def change(**_):
        platform.bedrock.tags[OLD].update(changed)

    platform.services.watch_call("cloudwatch", "get_paginator", change)
    platform.run()
    assert OLD in platform.bedrock.tags


def test_it_stays_if_an_alias_leads_to_it_again_at_the_last_moment(platform):
    idle_since(platform, 30)
    asked: list[str] = []

    def roll_back(name):
        if name == "get_metric_data" and not asked:
            asked.append(name)
            platform.add_profile("writer", "smart", OLD)
            platform.bedrock.tags[OLD]["finops:alias"] = "smart"

    cloudwatch = platform.services("cloudwatch")
    paginator = cloudwatch.get_paginator
    platform.switch.memory.idle_looked_at = None

    class Watching:
        def __getattr__(self, name):
            return getattr(cloudwatch, name)

        def get_paginator(self, name):
            roll_back(name)
            return paginator(name)

    services = platform.switch.client
    object.__setattr__(
        platform.switch,
        "client",
        lambda service: Watching() if service == "cloudwatch" else services(service),
    )
    platform.run()
    assert asked
    assert OLD in platform.bedrock.tags


@pytest.mark.parametrize("model", [OLD, "writerold1"])
def test_it_stays_while_a_batch_job_runs_through_it(platform, model):
    idle_since(platform, 30)
    platform.bedrock.submit("job", model=model, role="arn:aws:iam::123456789012:role/batch")
    platform.run()
    assert OLD in platform.bedrock.tags


def test_a_stop_that_lasts_keeps_it(platform):
    idle_since(platform, 30)
    platform.word("writer", "ORDER", Order(scope=None, at=platform.now, actor="kim", reason="x"))
    for _ in range(3):
        platform.run()
        platform.later(days=9)
    assert OLD in platform.bedrock.tags


def test_it_stays_if_somebody_else_made_it(platform):
    idle_since(platform, 30)
    platform.bedrock.made[OLD] = ("by-hand", LONG_AGO)
    platform.run()
    assert OLD in platform.bedrock.tags


def test_it_stays_if_calls_cannot_be_counted(platform):
    idle_since(platform, 30)
    platform.services.break_call("cloudwatch", "get_paginator", "AccessDeniedException")
    platform.run()
    assert OLD in platform.bedrock.tags


def test_at_most_ten_are_removed_at_once_and_calls_are_counted_once_an_hour(platform):
    idle_since(platform, 30)
    entry = entered(platform)
    for number in range(12):
        arn = profile_arn("writer", f"more{number}")
        left_behind(platform, arn, **{REPLACED_TAG: "2026-10-01"})
        more = {"profile_arn": arn, "profile_id": f"writermore{number}"}
        platform.put(f"/finops/writer/replaced/smart/writermore{number}", entry | more)
    platform.run()
    assert sum("old1" in arn or "more" in arn for arn in platform.bedrock.tags) == 3
    platform.later(minutes=5)
    platform.run()
    assert sum("old1" in arn or "more" in arn for arn in platform.bedrock.tags) == 3
    platform.later(hours=1)
    platform.run()
    assert sum("old1" in arn or "more" in arn for arn in platform.bedrock.tags) == 0
