from datetime import timedelta

import pytest

from shared.decide import decide
from tests.lambdas.shared.decision_inputs import (
    NOW,
    ago,
    inputs,
    policy,
    spend,
)
from tests.lambdas.shared.decision_steps import ALL, APPROVE, NONE, SOON, answer, codes, later


def test_approval_is_asked_and_a_yes_stops():
    first = inputs(505, policy=APPROVE)
    asked = decide(first)
    assert (asked.approval, asked.desired, codes(asked)) == (
        "pending",
        NONE,
        ["awaiting-approval"],
    )
    yes = later(first, asked, 5, answers=(answer(NOW + timedelta(minutes=4), approved=True),))
    assert decide(yes).desired == ALL
    assert decide(yes).approval == "approved"


def test_a_no_holds_the_stop_until_the_hard_cap():
    first = inputs(505, policy=APPROVE)
    no = later(first, decide(first), 90, answers=(answer(SOON, approved=False),))
    decision = decide(no)
    assert decision.desired == NONE
    assert decision.approval == "rejected"
    assert codes(decision) == ["approval-rejected"]
    assert decide(later(no, decision, 5, spend=spend(600))).desired == ALL


@pytest.mark.parametrize(("on_timeout", "desired"), [("stop", ALL), ("hold", NONE)])
def test_an_approval_nobody_answers_times_out_as_configured(on_timeout, desired):
    first = inputs(505, policy=policy(mode="approve", approval_on_timeout=on_timeout))
    asked = decide(first)
    assert decide(later(first, asked, 59)).desired == NONE
    late = decide(later(first, asked, 60))
    assert late.desired == desired
    assert late.approval == "timed-out"
    assert late.reasons[0].text.endswith("; nobody answered in time") == (desired == ALL)


def test_the_hard_cap_stops_before_anybody_is_asked_and_says_so():
    decision = decide(inputs(600, policy=APPROVE))
    assert decision.desired == ALL
    assert decision.reasons[0].text.endswith(
        "; $600.00, the hard cap, is passed, which stops without approval"
    )


def test_a_stop_by_the_hard_cap_that_nobody_answered_is_not_called_approved():
    first = inputs(505, policy=APPROVE)
    assert decide(later(first, decide(first), 5, spend=spend(600))).approval == "none"


def test_an_answer_counts_for_what_was_asked_before_it_only():
    first = inputs(505, policy=APPROVE, answers=(answer(ago(minutes=1), approved=True),))
    assert decide(first).desired == NONE


def test_rejecting_the_stop_of_a_burst_lets_it_go_until_it_bursts_anew():
    first = inputs(20, policy=APPROVE, bursts={"smart": ago(minutes=1)})
    asked = decide(first)
    assert asked.approval == "pending"
    no = later(first, asked, 5, answers=(answer(SOON, approved=False),))
    assert decide(no).approval == "none"
    anew = later(no, decide(no), 5, bursts={"smart": no.now + timedelta(minutes=4)})
    assert decide(anew).approval == "pending"


def test_what_is_stopped_already_stays_so_when_the_mode_becomes_approve():
    first = inputs(505)
    assert decide(later(first, decide(first), 5, policy=APPROVE)).desired == ALL
