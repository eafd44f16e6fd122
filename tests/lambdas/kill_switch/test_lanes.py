from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kill_switch.calls import Call, Result
from kill_switch.clock import Clock
from kill_switch.lanes import PER_SECOND, Lanes
from tests.lambdas.fake_aws import InlineExecutor

THROTTLED = Result(failure=("throttled", "slow down"))


class Work:
    """So many calls of one kind, each followed by a read."""

    def __init__(self, tenant: str, kind: Any, targets: Any, priority: int = 0) -> None:
        self.calls = [
            Call(kind=kind, tenant=tenant, target=target, arn="a", priority=priority)
            for target in targets
        ]
        self.done: list[Call] = []
        self.undone = False

    def first_calls(self):
        return self.calls

    def after(self, call, result):
        self.done.append(call)
        if not call.writes or result.failure:
            return []
        read: Any = "read-tag" if call.kind == "tag" else "read-roles"
        return [Call(kind=read, tenant=call.tenant, target=call.target, arn="a", priority=1)]

    def left_undone(self):
        self.undone = True


class Aws:
    def __init__(self, throttle=lambda _: False):
        self.seconds, self.made, self.throttle = 0.0, [], throttle

    def make(self, call):
        self.made.append((self.seconds, call))
        return THROTTLED if self.throttle(call) else Result()

    def run(self, works, deadline=1000.0):
        clock = Clock(seconds=lambda: self.seconds, sleep=self.sleep)
        Lanes(self.make, InlineExecutor(), clock, deadline).run(works)

    def sleep(self, seconds):
        self.seconds += seconds


@pytest.mark.parametrize(("kind", "lane"), [("tag", "tag"), ("attach", "role")])
def test_each_lane_keeps_its_pace(kind, lane):
    aws = Aws()
    aws.run({"t": Work("t", kind, map(str, range(51)))})
    times = [at for at, call in aws.made if call.kind == kind]
    assert times[-1] == pytest.approx(50 / PER_SECOND[lane])
    assert all(b - a >= 1 / PER_SECOND[lane] - 1e-9 for a, b in pairwise(times))


def test_lanes_run_side_by_side():
    aws = Aws()
    aws.run(
        {"a": Work("a", "tag", map(str, range(50))), "b": Work("b", "attach", map(str, range(50)))}
    )
    assert aws.seconds < 50 / PER_SECOND["role"] + 1


def test_stops_go_before_releases():
    aws = Aws()
    aws.run({"a": Work("a", "untag", "xyz", priority=2), "b": Work("b", "tag", "xyz", priority=0)})
    kinds = [call.kind for _, call in aws.made if call.writes]
    assert kinds == ["tag"] * 3 + ["untag"] * 3


def test_nothing_begins_after_the_deadline_and_who_is_not_done_is_told():
    aws = Aws()
    works = {"a": Work("a", "tag", "abc"), "b": Work("b", "tag", map(str, range(50)))}
    aws.run(works, deadline=1.0)
    assert max(at for at, _ in aws.made) < 1.0
    assert (works["a"].undone, works["b"].undone) == (False, True)


def test_a_throttled_lane_slows_down_and_the_call_keeps_its_place():
    refused: list[Call] = []

    def throttle(call):
        if call.target == "0" and len(refused) < 3:
            refused.append(call)
            return True
        return False

    aws = Aws(throttle)
    work = Work("t", "tag", map(str, range(5)))
    aws.run({"t": work})
    tags = [(at, call.target) for at, call in aws.made if call.kind == "tag"]
    assert [target for _, target in tags] == ["0", "0", "0", "0", "1", "2", "3", "4"]
    assert tags[3][0] - tags[2][0] > tags[1][0] - tags[0][0]
    assert len(work.done) == 10


def test_a_call_that_is_always_throttled_is_given_up_for_this_run():
    aws = Aws(lambda call: call.target == "0")
    work = Work("t", "tag", "01")
    aws.run({"t": work})
    assert Counter(call.target for _, call in aws.made if call.kind == "tag") == {"0": 4, "1": 1}
    assert len(work.done) == 3


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 20)),
    st.floats(0.1, 30),
    st.sets(st.integers(0, 40)),
)
def test_every_call_is_made_or_its_tenant_is_told(sizes, deadline, refused):
    number = iter(range(10_000))
    aws = Aws(lambda _: next(number) in refused)
    works = {t: Work(t, "tag", map(str, range(size))) for t, size in sizes.items()}
    aws.run(works, deadline=deadline)
    for tenant, size in sizes.items():
        written = {call.target for call in works[tenant].done if call.writes}
        assert works[tenant].undone or len(written) == size
