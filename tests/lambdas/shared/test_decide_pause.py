from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.decide import decide, standing_orders
from shared.decision_types import (
    Order,
)
from shared.lasting_words import Pause
from shared.pausing import pause_at
from tests.lambdas.shared.decision_inputs import (
    ALIASES,
    NOW,
    ago,
    any_inputs,
    inputs,
    instants,
    people,
    policy,
    spend,
    then,
)

HOUR = timedelta(hours=1)
pauses = st.builds(
    Pause,
    scope=st.sampled_from(["tenant", "all"]),
    at=instants,
    expires_at=instants.map(lambda at: at + timedelta(days=2)),
    actor=people,
    reason=st.just("the price was wrong"),
)


def pause(at=NOW, hours=1, scope="tenant"):
    return Pause(
        scope=scope, at=at, expires_at=at + hours * HOUR, actor="kim", reason="wrong price"
    )


def suspended(decision):
    return {alias for alias, state in decision.desired.items() if state == "suspended"}


def codes(decision):
    return {reason.code for reason in decision.reasons}


@given(any_inputs(), st.lists(pauses, min_size=1, max_size=2).map(tuple))
def test_while_a_pause_lasts_only_a_person_suspends_and_it_is_said(given_inputs, given_pauses):
    if given_inputs.policy is not None and given_inputs.policy.retired:
        return
    paused = replace(given_inputs, pauses=given_pauses)
    decision = decide(paused)
    if pause_at(given_pauses, NOW) is None:
        assert decision == decide(given_inputs)
        return
    ordered = {o.scope for o in standing_orders(paused)}
    assert suspended(decision) == {a for a in ALIASES if ordered & {None, a}}
    assert "paused" in codes(decision)


@given(pauses)
def test_no_pause_lasts_longer_than_a_day(given_pause):
    last = given_pause.at + timedelta(hours=24)
    assert pause_at((given_pause,), last) is None


def test_a_monthly_stop_is_lifted_and_is_back_when_the_pause_ends_by_itself():
    stopped = decide(inputs(512))
    paused = then(inputs(512), stopped, pauses=(pause(),))
    lifted = decide(paused)
    assert suspended(lifted) == set()
    assert [each.code for each in lifted.would_stop] == ["monthly-limit"]
    after = decide(then(paused, lifted, now=NOW + HOUR))
    assert suspended(after) == set(ALIASES)
    assert "paused" not in codes(after)


def test_a_stop_whose_figure_was_put_right_meanwhile_does_not_come_back():
    paused = then(inputs(512), decide(inputs(512)), pauses=(pause(),))
    corrected = then(paused, decide(paused), spend=spend(12), now=NOW + 2 * HOUR)
    assert suspended(decide(corrected)) == set()


def test_what_arises_during_a_pause_stops_nothing_later_but_what_is_so_then_does():
    burst = inputs(10, pauses=(pause(),), bursts={"smart": NOW})
    first = decide(burst)
    assert suspended(first) == set()
    over = then(burst, first, now=NOW + HOUR)
    assert suspended(decide(replace(over, bursts={}))) == set()
    assert suspended(decide(over)) == {"smart"}


def test_a_latch_from_before_rests_and_is_back_unless_a_person_ended_it():
    stopped = decide(inputs(10, bursts={"smart": ago(minutes=1)}))
    paused = then(inputs(10), stopped, pauses=(pause(),), now=NOW + HOUR / 2)
    resting = decide(paused)
    assert suspended(resting) == set()
    assert suspended(decide(then(paused, resting, now=NOW + HOUR))) == {"smart"}


def test_a_pause_lifts_what_is_held_for_want_of_a_policy_or_of_the_spend():
    stopped = decide(inputs(512))
    for unknown in ({"spend": None}, {"policy": None, "policy_fault": "not JSON"}):
        held = then(inputs(512), stopped, **unknown)
        assert suspended(decide(held)) == set(ALIASES)
        assert suspended(decide(replace(held, pauses=(pause(),)))) == set()


def test_a_persons_suspension_stands_through_a_pause():
    order = Order(scope="fast", at=ago(minutes=5), actor="kim", reason="INC-7")
    assert suspended(decide(inputs(512, orders=(order,), pauses=(pause(),)))) == {"fast"}


def test_of_two_pauses_the_one_that_lasts_longer_counts():
    long, short = pause(hours=9, scope="all"), pause(hours=1)
    assert pause_at((long, short), NOW) == long
    assert pause_at((long, short), NOW + 2 * HOUR) == long


@pytest.mark.parametrize("mode", ["enforce", "approve"])
def test_an_answer_given_during_a_pause_counts_after_it(mode):
    asked = inputs(512, policy=policy(mode=mode), pauses=(pause(),))
    assert decide(asked).approval == "none"
    after = then(asked, decide(asked), now=NOW + HOUR)
    assert decide(after).approval == ("pending" if mode == "approve" else "none")
    assert decide(after).spend_usd == Decimal(512)
