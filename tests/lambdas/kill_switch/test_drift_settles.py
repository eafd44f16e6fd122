"""The drift alarm counts from 48 hours after the cost tags are known to be active."""

from datetime import timedelta

from tests.lambdas.shared.decision_inputs import NOW

MONTH = NOW.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def drifts(platform):
    report = platform.run()
    return {tenant: figures.drift_percent for tenant, figures in report.figures.items()}


def ask_again(platform, hours):
    platform.later(hours=hours)
    platform.run()
    return drifts(platform)["writer"]


def test_a_bill_that_is_half_the_estimate_is_no_drift_until_the_tags_have_settled(platform):
    platform.add_tenant("writer", mode="shadow")
    platform.now = NOW.replace(day=10)
    platform.spend("writer", 100)
    platform.later(hours=30)
    platform.bill("writer", "0", MONTH)
    platform.run()
    assert ask_again(platform, 2) is None
    platform.budgets.periods["budget-writer"][0]["ActualAmount"]["Amount"] = "50"
    assert ask_again(platform, 2) is None
    assert ask_again(platform, 47) is None
    assert ask_again(platform, 2) == 100


def test_what_settled_stays_settled_in_the_next_month(platform):
    platform.add_tenant("writer", mode="shadow")
    platform.now = NOW.replace(day=27)
    platform.bill("writer", "50", MONTH)
    platform.run()
    platform.now = MONTH + timedelta(days=33)
    platform.spend("writer", 40)
    platform.later(hours=30)
    platform.bill("writer", "10", (MONTH + timedelta(days=33)).replace(day=1))
    platform.run()
    assert ask_again(platform, 2) == 300
