from datetime import timedelta
from decimal import Decimal

from shared.decide import decide
from tests.lambdas.shared.decision_inputs import (
    NOW,
    ago,
    inputs,
    policy,
    spend,
    then,
)
from tests.lambdas.shared.decision_steps import ALL, NONE, SOON, codes, later, resume


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
    resumed = later(first, decide(first), 2, resumes=(resume(SOON, "smart"),))
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
    lifted = later(first, decide(first), 2, spend=None, resumes=(resume(SOON),))
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


def test_a_cool_down_counts_from_the_stop_and_not_from_the_question():
    cooling = policy(mode="approve", cool_down_minutes=30)
    first = inputs(20, policy=cooling, bursts={"smart": ago(minutes=1)})
    stopped = later(first, decide(first), 60, bursts={})
    assert decide(stopped).desired["smart"] == "suspended"
    soon = later(stopped, decide(stopped), 29)
    assert decide(soon).desired["smart"] == "suspended"
    assert decide(later(soon, decide(soon), 1)).desired == NONE


def test_a_resumption_known_when_a_cap_is_passed_is_not_about_that_stop():
    capped = policy(daily_cap_usd=Decimal(100))
    first = inputs(130, policy=capped, today=100, resumes=(resume(NOW),))
    stopped = decide(first)
    assert stopped.desired == ALL
    assert decide(then(first, stopped)).desired == ALL
