from datetime import UTC, datetime
from itertools import pairwise

import pytest

from kill_switch.hints import Hint
from shared.decision_types import Order, Resume
from tests.lambdas.platform_under_test import STATE, policy_arn, profile_arn

KIM = "arn:aws:sts::123456789012:assumed-role/admin/kim"


def codes(platform, tenant):
    return {t: f.code for t, f in platform.state(tenant).failures.items()}


@pytest.mark.parametrize(
    ("service", "method", "code", "targets"),
    [
        ("bedrock", "tag_resource", "ThrottlingException", {"profile fast", "profile smart"}),
        ("bedrock", "tag_resource", "AccessDeniedException", {"profile fast", "profile smart"}),
        ("iam", "attach_role_policy", "Throttling", {"role app"}),
        ("iam", "attach_role_policy", "AccessDenied", {"role app"}),
        ("iam", "attach_role_policy", "LimitExceeded", {"role app"}),
        ("iam", "attach_role_policy", "UnmodifiableEntity", {"role app"}),
    ],
)
def test_what_fails_is_reported_never_claimed_and_succeeds_in_a_later_run(
    platform, service, method, code, targets
):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.services.break_call(service, method, code)
    platform.run()
    assert set(codes(platform, "writer")) == targets
    assert platform.published("writer")["state"] == "suspending"
    (wake,) = [w for w in platform.wakes() if w["tenants"] == ["writer"]]
    assert wake["wake"] == "kill-switch"
    platform.services.mend()
    platform.later(minutes=5)
    platform.run()
    assert codes(platform, "writer") == {}
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.attached("writer") == {"app"}
    assert platform.published("writer")["state"] == "applied"


def test_each_fault_is_named_by_what_aws_said(platform):
    platform.add_tenant("writer", roles=("full", "gone", "app"))
    platform.services("iam").delete_role(RoleName="gone")
    platform.spend("writer", 512)
    platform.services.break_call(
        "iam", "attach_role_policy", "LimitExceeded", lambda **kw: kw["RoleName"] == "full"
    )
    report = platform.run()
    assert codes(platform, "writer") == {"role full": "quota-full", "role gone": "gone"}
    assert platform.attached("writer") == {"app"}
    assert len(report.figures["writer"].state.failures) == 2
    journal = platform.journal("writer")[-1]
    assert {f["target"] for f in journal["failures"]} == {"role full", "role gone"}


def test_what_is_never_tried_wakes_nobody_again_and_again(platform):
    platform.add_tenant("writer", roles=())
    platform.add_caller("writer", "sso", "/aws-reserved/sso.amazonaws.com/")
    platform.spend("writer", 512)
    for _ in range(3):
        platform.run("writer")
        assert platform.wakes() == []
        platform.later(minutes=1)


def test_retries_back_off_and_a_new_decision_tries_at_once(platform):
    platform.add_tenant("writer", aliases=("smart",))
    platform.spend("writer", 512)
    tried: list[datetime] = []

    def refused(**_):
        tried.append(platform.now)
        return True

    platform.services.break_call("bedrock", "tag_resource", "AccessDeniedException", refused)
    platform.run("writer")
    for _ in range(60):
        platform.later(seconds=1)
        platform.run("writer")
    gaps = [(b - a).total_seconds() for a, b in pairwise(tried)]
    assert gaps == [5, 10, 20]
    platform.now = datetime(2026, 12, 1, tzinfo=UTC)
    platform.run("writer")
    order = Order(scope=None, at=platform.now, actor=KIM, reason="now")
    platform.word("writer", "ORDER", order)
    platform.run("writer")
    assert len(tried) == 5


def test_a_tag_that_does_not_read_back_is_never_called_applied(platform, monkeypatch):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    monkeypatch.setattr(platform.bedrock, "tag_resource", lambda **_: {})
    platform.run()
    assert platform.published("writer")["state"] == "suspending"
    assert platform.state("writer").failures["profile smart"].text == "reads back as no tag"


def test_an_attachment_that_does_not_read_back_is_never_called_applied(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.services.break_call("iam", "get_paginator", "Throttling")
    platform.run()
    assert platform.published("writer")["state"] == "suspending"
    assert codes(platform, "writer") == {"policy": "throttled"}
    platform.services.mend()
    platform.later(minutes=5)
    platform.run()
    assert platform.published("writer")["state"] == "applied"


def test_an_unreadable_ledger_holds_both_a_stopped_and_an_active_tenant(platform):
    platform.add_tenant("writer")
    platform.add_tenant("reader", roles=("reader-app",))
    platform.spend("writer", 512)
    platform.run()
    platform.services("dynamodb").delete_table(TableName="finops-ledger")
    platform.later(minutes=5)
    report = platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.stopped("reader") == set()
    assert not any(each.spend_known for each in report.figures.values())
    assert platform.published("reader")["state"] == "held"
    assert platform.published("reader")["why"][0]["code"] == "spend-unknown"


def test_unreadable_alarms_keep_latches_and_change_no_tenants_entry(platform):
    platform.add_tenant("writer")
    platform.burst("writer", "fast")
    platform.run()
    before = platform.published("writer")
    platform.services.break_call("cloudwatch", "get_paginator", "Throttling")
    platform.later(minutes=5)
    platform.run()
    assert platform.stopped("writer") == {"fast"}
    assert platform.published("writer") == before


def test_a_faulty_policy_entry_holds_its_tenant_and_no_other(platform):
    platform.add_tenant("writer")
    platform.add_tenant("reader", roles=("reader-app",))
    platform.spend("writer", 512)
    platform.run()
    platform.put("/finops/writer/policy", "{")
    platform.spend("reader", 512)
    platform.later(minutes=5)
    report = platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.attached("writer") == {"app"}
    assert platform.stopped("reader") == {"smart", "fast"}
    assert len(report.registry.faults) == 1


def test_an_unreadable_state_leaves_its_tenant_alone_and_fails_its_turn_only(platform):
    platform.add_tenant("writer")
    platform.add_tenant("reader", roles=("reader-app",))
    item = {"pk": {"S": "writer"}, "sk": {"S": "STATE"}, "doc": {"S": "?"}, "version": {"N": "1"}}
    platform.services("dynamodb").put_item(TableName=STATE, Item=item)
    platform.spend("writer", 512)
    platform.spend("reader", 512)
    report = platform.run()
    assert report.failed == {"writer"}
    assert platform.stopped("writer") == set()
    assert platform.stopped("reader") == {"smart", "fast"}


def test_a_run_that_dies_after_deciding_is_finished_by_the_next(platform, monkeypatch):
    platform.add_tenant("writer")
    platform.spend("writer", 512)

    def die(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(platform.bedrock, "tag_resource", die)
    with pytest.raises(KeyboardInterrupt):
        platform.run()
    monkeypatch.undo()
    assert platform.state("writer").desired == {"smart": "suspended", "fast": "suspended"}
    platform.later(minutes=5)
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    assert len(platform.read_mail(platform.mail["writer"])) == 1


def test_time_running_out_leaves_the_rest_to_a_run_of_its_own(platform):
    for tenant in ("a", "b", "c"):
        platform.add_tenant(tenant, roles=(f"{tenant}-app",))
        platform.spend(tenant, 512)
    platform.run(seconds=0.4)
    stopped = {t for t in ("a", "b", "c") if len(platform.stopped(t)) == 2}
    assert len(stopped) < 3
    (wake,) = [w for w in platform.wakes() if w["wake"] == "kill-switch"]
    platform.later(seconds=2)
    platform.run(*wake["tenants"])
    for tenant in ("a", "b", "c"):
        assert platform.stopped(tenant) == {"smart", "fast"}
        assert platform.attached(tenant) == {f"{tenant}-app"}


def test_tags_of_a_stopped_tenant_come_before_its_roles(platform):
    for tenant in ("a", "b"):
        platform.add_tenant(tenant, roles=(f"{tenant}-app",))
        platform.spend(tenant, 512)
    order: list[str] = []
    platform.services.watch_call("bedrock", "tag_resource", lambda **_: order.append("tag"))
    platform.services.watch_call("iam", "attach_role_policy", lambda **_: order.append("role"))
    platform.run()
    assert order.index("role") >= 2
    assert sorted(order) == ["role", "role", "tag", "tag", "tag", "tag"]


def test_two_runs_at_once_come_to_one_state_and_one_message(platform, monkeypatch):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    other = platform.new_switch()
    table = type(platform.switch.table)
    store = table.store_state
    raced: list[bool] = []

    def store_after_the_other(self, *args, **kwargs):
        if not raced:
            raced.append(True)
            other.run(Hint(everybody=True), seconds_left=200)
        return store(self, *args, **kwargs)

    monkeypatch.setattr(table, "store_state", store_after_the_other)
    platform.run()
    assert platform.published("writer")["state"] == "applied"
    assert len(platform.read_mail(platform.mail["writer"])) == 1
    assert [e["kind"] for e in platform.journal("writer")].count("decision") == 1


def test_a_run_with_an_old_decision_is_put_right_by_the_next_look(platform, monkeypatch):
    """The slow run tags after a person's resumption has been carried out by a faster one."""
    platform.add_tenant("writer", mode="shadow")
    order = Order(scope=None, at=platform.now, actor=KIM, reason="INC")
    platform.word("writer", "ORDER", order)
    platform.later(seconds=1)
    fast = platform.new_switch()
    tag = platform.bedrock.tag_resource
    raced: list[bool] = []

    def slow_tag(**asked):
        if not raced:
            raced.append(True)
            resume = Resume(scope=None, at=platform.now, actor=KIM, reason="ok")
            platform.word("writer", "RESUME", resume)
            platform.later(seconds=1)
            fast.run(Hint(tenants=frozenset({"writer"})), seconds_left=200)
        return tag(**asked)

    monkeypatch.setattr(platform.bedrock, "tag_resource", slow_tag)
    platform.run("writer")
    assert platform.stopped("writer") == {"smart", "fast"}
    assert {"wake": "kill-switch", "tenants": ["writer"]} in platform.wakes()
    platform.later(seconds=2)
    platform.run("writer")
    assert platform.stopped("writer") == set()
    assert platform.attached("writer") == set()


def test_a_notice_that_reached_one_topic_goes_to_the_other_alone_next_time(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.services.break_call(
        "sns", "publish", "Throttled", lambda **kw: kw["TopicArn"] == platform.topic
    )
    report = platform.run()
    assert report.untold == 1
    platform.services.mend()
    for _ in range(2):
        platform.later(minutes=5)
        platform.run()
    assert len(platform.read_mail(platform.mail["writer"])) == 1
    assert len(platform.read_mail(platform.platform_mail)) == 1


def test_a_notice_goes_to_eventbridge_too(platform):
    platform.add_tenant("writer", mode="shadow")
    platform.spend("writer", 512)
    entries: list[dict[str, str]] = []
    platform.services.watch_call(
        "events", "put_events", lambda **asked: entries.extend(asked["Entries"])
    )
    platform.run()
    (entry,) = entries
    assert (entry["Source"], entry["DetailType"]) == (
        "finops-constructs",
        "finops.tenant.would-stop",
    )


def test_a_burst_resumed_while_its_profile_is_gone_is_reported_gone(platform):
    platform.add_tenant("writer")
    del platform.bedrock.tags[profile_arn("writer", "fast")]
    platform.spend("writer", 512)
    platform.run()
    assert codes(platform, "writer") == {"profile fast": "gone"}
    assert platform.stopped("writer") == {"smart"}


def test_a_suspension_policy_that_is_gone_is_said(platform):
    platform.add_tenant("writer")
    platform.services("iam").delete_policy(PolicyArn=policy_arn("writer"))
    platform.spend("writer", 512)
    platform.run()
    assert codes(platform, "writer") == {"role app": "gone"}
    assert platform.stopped("writer") == {"smart", "fast"}
