from datetime import UTC, datetime
from itertools import pairwise

import pytest

from kill_switch.hints import Hint
from shared.decision_types import Order, Resume

KIM = "arn:aws:sts::123456789012:assumed-role/admin/kim"


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
