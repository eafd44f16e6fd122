"""Replaced profiles are removed once nobody has called them for some days, and not before."""

from datetime import UTC, datetime, timedelta

import pytest

from kill_switch.replaced import REPLACED_TAG
from shared.decision_types import Order
from tests.lambdas.fake_aws import real_client
from tests.lambdas.kill_switch.replaced_profiles import (
    ENTRY,
    LONG_AGO,
    NEW,
    OLD,
    entered,
    kinds,
    left_behind,
    replace_profile,
)
from tests.lambdas.platform_under_test import profile_arn
from tests.lambdas.shared.decision_inputs import NOW


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
