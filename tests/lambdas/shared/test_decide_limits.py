from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shared.decide import decide
from tests.lambdas.shared.decision_inputs import (
    NOW,
    ago,
    billed_in,
    inputs,
    policy,
    spend,
    then,
)
from tests.lambdas.shared.decision_steps import (
    ALL,
    NONE,
    codes,
    later,
)


@pytest.mark.parametrize(("total", "desired"), [("499.99", NONE), ("500", ALL)])
def test_the_monthly_limit_stops_the_whole_tenant_at_the_limit_itself(total, desired):
    decision = decide(inputs(total))
    assert decision.desired == desired
    assert decision.tenant_wide is (desired == ALL)


def test_a_monthly_stop_says_what_was_spent_since_when_and_what_ends_it():
    (reason,) = decide(inputs(512)).reasons
    assert reason.text == (
        "spend of 2026-11 was $512.00 and reached $500.00, 100 % of the monthly limit"
    )
    assert reason.since == NOW
    assert reason.ends == "with the month, at 2026-12-01 00:00 UTC, or when the limit is raised"


def test_a_monthly_stop_keeps_its_beginning_while_spend_creeps_on():
    first = inputs(512)
    second = later(first, decide(first), 30, spend=spend(519))
    assert decide(second).reasons[0].since == NOW
    assert decide(second).reasons[0].text == decide(first).reasons[0].text


def test_a_monthly_stop_ends_with_the_month_while_a_latch_does_not():
    first = inputs(512, policy=policy(daily_cap_usd=Decimal(100)), today=130)
    stopped = decide(first)
    assert codes(stopped) == ["monthly-limit", "daily-cap"]
    december = datetime(2026, 12, 1, 0, 1, tzinfo=UTC)
    new_month = decide(then(first, stopped, now=december, spend=spend(0, now=december)))
    assert codes(new_month) == ["daily-cap"]
    assert new_month.desired == ALL


def test_a_raised_limit_ends_a_monthly_stop():
    first = inputs(512)
    raised = later(first, decide(first), 5, policy=policy(monthly_limit_usd=Decimal(600)))
    assert decide(raised).desired == NONE


def test_last_months_bill_suspends_nobody_in_the_first_hours_of_a_month():
    december = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
    november = (billed_in(NOW, 700), billed_in(NOW, 700, source="reconciled"))
    first_hours = inputs(1, now=december, billed=november)
    assert decide(first_hours).desired == NONE
    assert decide(first_hours).spend_usd == 1


def test_this_months_bill_stops_what_the_estimate_missed():
    assert decide(inputs(20, billed=(billed_in(NOW, 500),))).desired == ALL
    assert decide(inputs(20, spend=None, billed=(billed_in(NOW, 500),))).desired == ALL


def test_spend_of_another_month_is_refused():
    with pytest.raises(ValueError, match="2026-11 given at 2026-12"):
        inputs(1, now=datetime(2026, 12, 1, tzinfo=UTC), spend=spend(1))


def test_an_unknown_spend_holds_a_stop_and_an_active_tenant_alike():
    stopping = inputs(512)
    stopped = decide(later(stopping, decide(stopping), 5, spend=None))
    assert stopped.desired == ALL
    assert codes(stopped) == ["monthly-limit", "spend-unknown"]
    calm = inputs(20)
    active = decide(later(calm, decide(calm), 5, spend=None))
    assert active.desired == NONE
    assert active.hold
    assert codes(active) == ["spend-unknown"]


def test_an_unreadable_policy_holds_the_state():
    first = inputs(512)
    held = later(first, decide(first), 5, policy=None, policy_fault="not JSON", spend=spend(1))
    assert decide(held).desired == ALL
    assert "policy-unreadable" in codes(decide(held))


def test_a_profile_without_a_policy_is_only_watched():
    unguarded = inputs(9000, policy=None, bursts={"smart": ago(minutes=2)})
    decision = decide(unguarded)
    assert decision.desired == NONE
    assert codes(decision) == ["no-policy"]
    assert [w.code for w in decision.would_stop] == ["burst"]


def test_a_tenant_whose_policy_went_away_is_left_as_it_is():
    first = inputs(512)
    gone = later(first, decide(first), 60, policy=None, spend=spend(0))
    assert decide(gone).desired == ALL


def test_shadow_mode_says_when_it_would_have_stopped_and_what_that_would_have_saved():
    first = inputs(505, policy=policy(mode="shadow"))
    second = later(first, decide(first), 90, spend=spend(742))
    decision = decide(second)
    assert decision.desired == NONE
    (announced,) = decision.would_stop
    assert (announced.since, announced.avoided_usd) == (NOW, Decimal(237))


def test_what_was_only_announced_stops_nothing_once_the_mode_can_stop():
    first = inputs(20, policy=policy(mode="shadow"), bursts={"smart": ago(minutes=1)})
    enforced = later(first, decide(first), 60, policy=policy(), bursts={})
    assert decide(enforced).desired == NONE


def test_thresholds_warn_once():
    first = inputs(460)
    assert decide(first).warnings == (Decimal(75), Decimal(90))
    assert decide(replace(first, told=frozenset({Decimal(75)}))).warnings == (Decimal(90),)
    assert decide(inputs(374)).warnings == ()


def test_a_deleted_and_recreated_tenant_is_suspended_again():
    first = inputs(512, bursts={"smart": ago(minutes=1)})
    retired = later(first, decide(first), 5, policy=policy(retired=True), bursts={})
    released = decide(retired)
    assert released.desired == NONE
    back = later(retired, released, 5, policy=policy())
    assert decide(back).desired == ALL
    december = datetime(2026, 12, 2, tzinfo=UTC)
    later_still = then(
        retired, released, policy=policy(), now=december, spend=spend(0, now=december)
    )
    assert decide(later_still).desired == {"smart": "suspended", "fast": "active"}
