from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.decide import decide
from shared.decision_types import Order
from tests.lambdas.shared.decision_inputs import (
    ago,
    inputs,
    policy,
    spend,
    then,
)
from tests.lambdas.shared.decision_steps import (
    ALL,
    KIM,
    NONE,
    SOON,
    codes,
    later,
    override,
    resume,
)


@pytest.mark.parametrize("mode", ["shadow", "approve", "enforce"])
def test_a_persons_suspension_is_honoured_in_every_mode_until_resumed(mode):
    order = Order(scope=None, at=ago(minutes=5), actor=KIM, reason="incident 7")
    first = inputs(1, policy=policy(mode=mode), orders=(order,))
    decision = decide(first)
    assert decision.desired == ALL
    assert decision.tenant_wide
    assert decision.reasons[0].text == f"suspended by {KIM}: incident 7"
    assert decide(replace(first, resumes=(resume(ago(minutes=5)),))).desired == ALL
    assert decide(replace(first, resumes=(resume(ago(minutes=4)),))).desired == NONE


def test_an_alias_resumed_stays_stopped_by_a_suspension_of_the_tenant():
    order = Order(scope=None, at=ago(minutes=5), actor=KIM, reason="incident 7")
    assert decide(inputs(1, orders=(order,), resumes=(resume(SOON, "smart"),))).desired == ALL


def test_an_override_lifts_automatic_stops_until_its_ceiling():
    first = inputs(512, override=override(ago(minutes=1), up_to=600))
    decision = decide(first)
    assert decision.desired == NONE
    assert codes(decision) == ["override"]
    assert decision.reasons[0].ends == "at 2026-11-25 14:41 UTC, or at $600.00 of spend this month"
    over = later(first, decision, 5, spend=spend(600))
    stopped = decide(over)
    assert stopped.desired == ALL
    below = later(over, stopped, 5, spend=spend(590))
    assert decide(below).desired == ALL


def test_an_override_ends_after_24_hours_and_with_its_month_whatever_it_says():
    first = inputs(512, override=override(ago(hours=23), hours=90))
    assert decide(first).desired == NONE
    assert decide(later(first, decide(first), 61)).desired == ALL
    last_day = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    burst = inputs(20, now=last_day, override=override(last_day), bursts={"smart": last_day})
    lifted = decide(burst)
    assert lifted.desired == NONE
    december = last_day + timedelta(hours=1)
    ended = then(burst, lifted, now=december, spend=spend(0, now=december))
    assert decide(ended).desired["smart"] == "suspended"


def test_an_override_goes_on_while_spend_is_unknown_but_none_begins():
    given = override(ago(minutes=1))
    first = inputs(512, override=given)
    assert decide(later(first, decide(first), 5, spend=None)).desired == NONE
    stopped = inputs(512)
    begun = later(stopped, decide(stopped), 5, spend=None, override=given)
    assert decide(begun).desired == ALL
