"""Fixtures of drills: an account in memory, a switch that works at once, a clock of its own."""

import pytest

from finops_constructs.operations.client import Operator
from finops_constructs.operations.drill import Drill
from finops_constructs.operations.waiting import Clock
from tests.operations.fake_aws import FakeAws, SwitchedPlatform


@pytest.fixture
def aws():
    return FakeAws()


@pytest.fixture
def platform(aws, monkeypatch):
    platform = SwitchedPlatform(aws)
    monkeypatch.setattr(Operator, "of", lambda _: Operator(platform))
    return platform


class _Time:
    def __init__(self):
        self.seconds = 0.0

    def sleep(self, seconds):
        self.seconds += seconds


@pytest.fixture
def drilled(aws, platform):
    def run(**settings):
        time = _Time()
        return Drill(
            aws,
            tenant="writer",
            timeout_seconds=20,
            clock=Clock(now=lambda: time.seconds, sleep=time.sleep),
            **settings,
        )

    return run
