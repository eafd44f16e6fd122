import itertools

import pytest

from finops_constructs.operations.client import Operator
from finops_constructs.operations.errors import CredentialsError, UnreachableError
from finops_constructs.operations.waiting import Clock, Outcome, Step, wait_for
from tests.operations.fake_platform import order, status


class Machine:
    """A clock whose sleep is instant."""

    def __init__(self):
        self.seconds = 100.0

    def clock(self):
        return Clock(now=lambda: self.seconds, sleep=self._sleep)

    def _sleep(self, seconds):
        assert seconds > 0
        self.seconds += seconds


def _wait(platform, given=None, *, timeout_seconds=30):
    seen: list[Step] = []
    machine = Machine()
    outcome = wait_for(
        Operator(platform),
        given or order(),
        timeout_seconds=timeout_seconds,
        on_step=seen.append,
        clock=machine.clock(),
    )
    return outcome, seen, machine.seconds - 100


def test_each_stage_is_told_once_with_its_time(platform):
    platform.upcoming = [
        status(),
        status(state="suspending"),
        status(state="suspending"),
        status(state="applied", decided=2),
    ]
    outcome, seen, _ = _wait(platform)
    assert outcome.last.reached
    assert [step.stage for step in outcome.steps] == ["accepted", "suspending", "applied"]
    assert list(outcome.steps[1:]) == seen
    assert seen == [Step(stage="suspending", seconds=0.5), Step(stage="applied", seconds=2.4)]


def test_it_ends_when_the_time_is_up_and_not_much_later(platform):
    outcome, _, waited = _wait(platform, timeout_seconds=7)
    assert (outcome.last.done, outcome.last.stage) == (False, "accepted")
    assert waited == pytest.approx(7)


def test_a_status_that_cannot_be_read_for_a_moment_is_asked_for_again(platform):
    platform.failures = [UnreachableError("throttled"), UnreachableError("throttled")]
    platform.upcoming = [status(state="applied", decided=2)]
    outcome, _, _ = _wait(platform)
    assert (outcome.last.reached, outcome.fault) == (True, "")


def test_a_status_that_cannot_be_read_at_the_end_is_told(platform):
    platform.failures = [UnreachableError("nobody there")] * 99
    outcome, _, _ = _wait(platform, timeout_seconds=5)
    assert (outcome.last.reached, outcome.fault) == (False, "nobody there")


def test_expired_credentials_end_the_waiting_at_once(platform):
    platform.failures = [CredentialsError("log in again")]
    outcome, _, waited = _wait(platform)
    assert (outcome.fault, waited) == ("log in again", 0)


def test_an_order_nobody_waited_for_is_accepted_and_no_more():
    outcome = Outcome.unwaited(order())
    assert (outcome.last.stage, outcome.last.reached) == ("accepted", False)
    assert [step.stage for step in outcome.steps] == ["accepted"]


def test_it_asks_less_and_less_often():
    machine = Machine()
    pauses = list(machine.clock().pauses(60))
    gaps = [b - a for a, b in itertools.pairwise(pauses)]
    assert pauses[0] == 0
    assert gaps[:-1] == sorted(gaps[:-1])
    assert max(gaps) == 4
    assert pauses[-1] == pytest.approx(60)
