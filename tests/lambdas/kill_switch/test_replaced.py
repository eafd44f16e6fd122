"""Profiles that CloudFormation left behind are found and guarded."""

from datetime import UTC, datetime

import pytest

from kill_switch.replaced import REPLACED_TAG
from tests.lambdas.kill_switch.replaced_profiles import (
    NEW,
    OLD,
    YOUNG,
    entered,
    kinds,
    left_behind,
    replace_profile,
)
from tests.lambdas.platform_under_test import profile_arn


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
