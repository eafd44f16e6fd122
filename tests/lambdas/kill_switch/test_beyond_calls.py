"""What a stop ends beside calls: batch jobs, and the API keys of declared users."""

import json

import pytest

from shared.decision_types import Order, Resume
from tests.lambdas.platform_under_test import ACCOUNT, STATE, profile_arn, role_arn

USER = f"arn:aws:iam::{ACCOUNT}:user/keys/BedrockAPIKey-a1b2"
NAME = "BedrockAPIKey-a1b2"


def order(platform, scope=None, *, tenant="writer"):
    platform.word(
        tenant,
        "ORDER" if scope is None else f"ORDER#{scope}",
        Order(scope=scope, at=platform.now, actor="ops", reason="test"),
    )


def resume(platform):
    platform.later(minutes=1)
    word = Resume(scope=None, at=platform.now, actor="ops", reason="test")
    platform.word("writer", "RESUME", word)


def journal(platform, kind):
    found = platform.services("dynamodb").query(
        TableName=STATE,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": "writer"}, ":sk": {"S": "JOURNAL#"}},
    )
    entries = [json.loads(item["doc"]["S"]) for item in found["Items"]]
    return [entry for entry in entries if entry["kind"] == kind]


def status_of(platform, arn):
    return platform.bedrock.jobs[arn]["status"]


def test_a_stop_ends_the_jobs_on_its_profiles_and_of_its_own_roles_and_no_others(platform):
    platform.add_tenant("writer", roles=("app", "batch"))
    platform.add_tenant("reader", roles=("reader-app",))
    submit = platform.bedrock.submit
    by_profile = submit("a", model=profile_arn("writer", "smart"), role=role_arn("whoever"))
    by_role = submit("b", model="anthropic.claude", role=role_arn("batch"), status="Scheduled")
    others = [
        submit("c", model=profile_arn("reader", "smart"), role=role_arn("batch")),
        submit("d", model="anthropic.claude", role=role_arn("reader-app")),
        submit("e", model="anthropic.claude", role=role_arn("stranger")),
    ]
    order(platform)
    platform.run()
    assert [status_of(platform, each) for each in (by_profile, by_role)] == ["Stopping"] * 2
    assert {status_of(platform, each) for each in others} == {"InProgress"}
    assert {entry["job"] for entry in journal(platform, "batch-job-ended")} == {by_profile, by_role}


@pytest.mark.parametrize("stopped", ["writer", "reader"])
def test_a_role_that_two_tenants_share_takes_no_job_with_it(platform, stopped):
    platform.add_tenant("writer", roles=("app",))
    platform.add_tenant("reader", roles=("app",))
    job = platform.bedrock.submit("a", model="anthropic.claude", role=role_arn("app"))
    order(platform, tenant=stopped)
    platform.run()
    assert platform.stopped(stopped) == {"smart", "fast"}
    assert status_of(platform, job) == "InProgress"


def test_a_stop_of_one_alias_ends_the_jobs_on_that_alias_alone(platform):
    platform.add_tenant("writer")
    smart = platform.bedrock.submit("a", model=profile_arn("writer", "smart"), role=role_arn("app"))
    fast = platform.bedrock.submit("b", model=profile_arn("writer", "fast"), role=role_arn("app"))
    bare = platform.bedrock.submit("c", model="anthropic.claude", role=role_arn("app"))
    order(platform, "smart")
    platform.run()
    assert status_of(platform, smart) == "Stopping"
    assert {status_of(platform, each) for each in (fast, bare)} == {"InProgress"}


def test_a_job_that_begins_during_a_stop_is_ended_by_the_next_run(platform):
    platform.add_tenant("writer")
    order(platform)
    platform.run()
    job = platform.bedrock.submit("late", model=profile_arn("writer", "smart"), role="r")
    platform.later(minutes=5)
    platform.run()
    assert status_of(platform, job) == "Stopping"


def test_nobody_asks_for_jobs_while_nothing_is_stopped(platform):
    platform.add_tenant("writer")
    platform.services.break_call("bedrock", "get_paginator", "AccessDeniedException")
    assert platform.run().failed == frozenset()


def test_jobs_that_cannot_be_read_are_a_failure_of_the_stop_and_keep_nothing_from_it(platform):
    platform.add_tenant("writer")
    order(platform)
    platform.services.break_call("bedrock", "get_paginator", "AccessDeniedException")
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.state("writer").failures["batch jobs"].code == "access-denied"
    platform.services.mend()
    platform.later(minutes=5)
    platform.run()
    assert platform.state("writer").failures == {}


def test_a_stop_deactivates_declared_keys_and_a_resumption_activates_those_again(platform):
    platform.add_tenant("writer", api_key_users=[USER])
    keys = platform.services.iam
    keys.add_key(NAME, "ACCA1")
    keys.add_key(NAME, "ACCA2", "Inactive")
    keys.add_key("somebody-else", "ACCA3")
    order(platform)
    platform.run()
    assert {name: key["Status"] for name, key in keys.keys.items()} == {
        "ACCA1": "Inactive",
        "ACCA2": "Inactive",
        "ACCA3": "Active",
    }
    resume(platform)
    platform.run()
    assert keys.keys["ACCA1"]["Status"] == "Active"
    assert keys.keys["ACCA2"]["Status"] == "Inactive"
    (off,) = journal(platform, "api-keys-deactivated")
    (on,) = journal(platform, "api-keys-activated")
    assert off["keys"] == on["keys"] == [f"{NAME}/ACCA1"]


def test_a_key_activated_during_a_stop_is_deactivated_again_and_given_back_once(platform):
    platform.add_tenant("writer", api_key_users=[USER])
    keys = platform.services.iam
    keys.add_key(NAME, "ACCA1")
    order(platform)
    platform.run()
    keys.keys["ACCA1"]["Status"] = "Active"
    platform.later(minutes=5)
    platform.run()
    assert keys.keys["ACCA1"]["Status"] == "Inactive"
    resume(platform)
    platform.run()
    platform.later(minutes=5)
    keys.keys["ACCA1"]["Status"] = "Inactive"
    platform.run()
    assert keys.keys["ACCA1"]["Status"] == "Inactive", "a person's own deactivation is left alone"


def test_a_stop_of_an_alias_leaves_keys_alone(platform):
    platform.add_tenant("writer", api_key_users=[USER])
    platform.services.iam.add_key(NAME, "ACCA1")
    order(platform, "smart")
    platform.run()
    assert platform.services.iam.keys["ACCA1"]["Status"] == "Active"


def test_keys_are_given_back_though_the_user_is_no_longer_declared(platform):
    platform.add_tenant("writer", api_key_users=[USER])
    platform.services.iam.add_key(NAME, "ACCA1")
    order(platform)
    platform.run()
    platform.put_policy("writer")
    resume(platform)
    platform.run()
    assert platform.services.iam.keys["ACCA1"]["Status"] == "Active"


def test_a_user_without_the_tenants_tag_is_a_failure_that_the_status_shows(platform):
    platform.add_tenant("writer", api_key_users=[USER])
    platform.services.iam.add_key(NAME, "ACCA1")
    platform.services.iam.denied.add(NAME)
    order(platform)
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.state("writer").failures["api keys"].code == "access-denied"


def test_a_user_of_another_account_is_never_touched(platform):
    platform.add_tenant("writer", api_key_users=["arn:aws:iam::999999999999:user/x"])
    order(platform)
    platform.run()
    assert platform.state("writer").failures["api keys"].code == "misplaced"
