from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from shared.decide import decide
from shared.decision_types import Answer, Order, Override, Resume
from tests.lambdas.shared.decision_inputs import (
    NOW,
    ago,
    billed_in,
    inputs,
    policy,
    spend,
    then,
)

ALL = {"smart": "suspended", "fast": "suspended"}
NONE = {"smart": "active", "fast": "active"}
KIM = "arn:aws:sts::111122223333:assumed-role/admin/kim"
APPROVE = policy(mode="approve")


def codes(decision):
    return [reason.code for reason in decision.reasons]


def later(before, decision, minutes, **changes):
    now = before.now + timedelta(minutes=minutes)
    if before.spend is not None and "spend" not in changes:
        changes["spend"] = replace(before.spend, month=now.strftime("%Y-%m"))
    return then(before, decision, now=now, **changes)


def resume(at, scope=None):
    return Resume(scope=scope, at=at, actor=KIM, reason="fixed")


def answer(at, *, approved, scope=None):
    return Answer(scope=scope, at=at, approved=approved, actor=KIM, reason="seen")


def override(at, *, hours=4, up_to=800):
    return Override(
        at=at,
        expires_at=at + timedelta(hours=hours),
        up_to_usd=Decimal(up_to),
        actor=KIM,
        reason="quarter end",
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


def test_a_burst_stops_its_alias_and_latches_until_a_person_resumes_it():
    first = inputs(20, bursts={"smart": ago(minutes=1)})
    stopped = decide(first)
    assert stopped.desired == {"smart": "suspended", "fast": "active"}
    assert not stopped.tenant_wide
    quiet = later(first, stopped, 60, bursts={})
    assert decide(quiet).desired["smart"] == "suspended"
    resumed = later(quiet, decide(quiet), 1, resumes=(resume(quiet.now),))
    assert decide(resumed).desired == NONE


def test_after_a_resumption_the_old_alarm_does_not_count_but_a_renewed_burst_stops_again():
    since = ago(minutes=1)
    first = inputs(20, bursts={"smart": since})
    at = NOW + timedelta(minutes=2)
    resumed = later(first, decide(first), 3, resumes=(resume(at, "smart"),))
    calm = decide(resumed)
    assert calm.desired == NONE
    anew = later(resumed, calm, 4, bursts={"smart": at + timedelta(minutes=4)})
    assert decide(anew).desired["smart"] == "suspended"


def test_an_alarm_that_never_went_quiet_counts_again_a_quarter_of_an_hour_after_a_resumption():
    first = inputs(20, bursts={"smart": ago(minutes=1)})
    at = NOW + timedelta(minutes=2)
    resumed = later(first, decide(first), 10, resumes=(resume(at),))
    assert decide(resumed).desired == NONE
    still = later(resumed, decide(resumed), 8)
    assert decide(still).desired["smart"] == "suspended"


def test_resuming_one_alias_leaves_the_other_and_the_tenant():
    first = inputs(20, bursts={"smart": ago(minutes=1), "fast": ago(minutes=1)})
    resumed = later(first, decide(first), 2, resumes=(resume(NOW, "smart"),))
    assert decide(resumed).desired == {"smart": "active", "fast": "suspended"}


def test_a_resumption_grants_another_daily_cap_for_the_rest_of_the_day():
    capped = policy(daily_cap_usd=Decimal(100))
    first = inputs(130, policy=capped, today=100)
    stopped = decide(first)
    assert codes(stopped) == ["daily-cap"]
    at = NOW + timedelta(minutes=1)
    resumed = later(first, stopped, 2, spend=spend(133, today=103), resumes=(resume(at),))
    calm = decide(resumed)
    assert calm.desired == NONE
    below = later(resumed, calm, 60, spend=spend(232, today=202))
    assert decide(below).desired == NONE
    again = later(resumed, calm, 60, spend=spend(233, today=203))
    assert decide(again).desired == ALL


def test_a_daily_cap_lifted_while_spend_is_unknown_counts_from_when_it_is_known():
    first = inputs(130, policy=policy(daily_cap_usd=Decimal(100)), today=100)
    lifted = later(first, decide(first), 2, spend=None, resumes=(resume(NOW),))
    known = later(lifted, decide(lifted), 5, spend=spend(140, today=110))
    assert decide(known).desired == NONE
    again = later(known, decide(known), 5, spend=spend(240, today=210))
    assert decide(again).desired == ALL


def test_a_cool_down_lifts_a_burst_once_and_the_next_one_of_the_day_stays():
    cooling = policy(cool_down_minutes=30)
    first = inputs(20, policy=cooling, bursts={"smart": ago(minutes=1)})
    early = later(first, decide(first), 29, bursts={})
    assert decide(early).desired["smart"] == "suspended"
    cooled = later(early, decide(early), 1)
    calm = decide(cooled)
    assert calm.desired == NONE
    second = later(cooled, calm, 20, bursts={"smart": cooled.now + timedelta(minutes=19)})
    burst = decide(second)
    assert burst.desired["smart"] == "suspended"
    evening = later(second, burst, 600, bursts={})
    assert decide(evening).desired["smart"] == "suspended"


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
    assert decide(inputs(1, orders=(order,), resumes=(resume(NOW, "smart"),))).desired == ALL


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
    no = later(first, decide(first), 90, answers=(answer(NOW, approved=False),))
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
    no = later(first, asked, 5, answers=(answer(NOW, approved=False),))
    assert decide(no).approval == "none"
    anew = later(no, decide(no), 5, bursts={"smart": no.now + timedelta(minutes=4)})
    assert decide(anew).approval == "pending"


def test_what_is_stopped_already_stays_so_when_the_mode_becomes_approve():
    first = inputs(505)
    assert decide(later(first, decide(first), 5, policy=APPROVE)).desired == ALL


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
