from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.decide import decide, standing_orders
from tests.lambdas.shared.decision_inputs import (
    ALIASES,
    NOW,
    any_inputs,
    billed_in,
    inputs,
    policies,
    policy,
    then,
    usd,
)


def suspended(decision):
    return {alias for alias, state in decision.desired.items() if state == "suspended"}


@given(any_inputs(), usd, usd, usd)
def test_more_spend_never_turns_a_suspended_alias_active(
    given_inputs, more, more_today, more_alias
):
    if given_inputs.spend is None:
        return
    less = given_inputs.spend
    by_alias = {alias: less.by_alias.get(alias, 0) + more_alias for alias in ALIASES}
    greater = replace(
        less,
        total_usd=less.total_usd + more,
        today_usd=less.today_usd + more_today,
        by_alias=by_alias,
    )
    before, after = decide(given_inputs), decide(replace(given_inputs, spend=greater))
    assert suspended(before) <= suspended(after)
    assert before.tenant_wide <= after.tenant_wide


@given(any_inputs(), usd)
def test_a_greater_bill_never_turns_a_suspended_alias_active(given_inputs, amount):
    billed = replace(given_inputs, billed=(*given_inputs.billed, billed_in(NOW, amount)))
    assert suspended(decide(given_inputs)) <= suspended(decide(billed))


@given(any_inputs(policy=policy(mode="shadow"), policy_fault=None))
def test_in_shadow_mode_only_a_person_suspends(given_inputs):
    decision = decide(given_inputs)
    assert suspended(decision) == {
        alias
        for order in standing_orders(given_inputs)
        for alias in ALIASES
        if order.scope in {None, alias}
    }


@given(any_inputs())
def test_nothing_is_active_without_a_reason_while_something_is_not_known(given_inputs):
    decision = decide(given_inputs)
    unknown = (
        given_inputs.spend is None or given_inputs.policy is None or given_inputs.bursts is None
    )
    assert decision.hold == unknown
    codes = {reason.code for reason in decision.reasons}
    said = codes & {"spend-unknown", "policy-unreadable", "no-policy", "alarms-unknown"}
    assert bool(said) == unknown


@given(any_inputs(spend=None, bursts=None, override=None, resumes=(), answers=()), policies)
def test_what_was_stopped_stays_stopped_while_nothing_is_known(given_inputs, known_policy):
    stopping = replace(known_policy, mode="enforce", cool_down_minutes=None)
    given_inputs = replace(given_inputs, policy=stopping, policy_fault=None, billed=())
    stopped = {c.scope for c in given_inputs.memory.causes if c.in_force and not c.shadow}
    kept = {a for a in ALIASES if stopped & {None, a}}
    assert kept <= suspended(decide(given_inputs))


@given(any_inputs(), st.integers(0, 3 * 24 * 60))
def test_an_override_outlives_neither_its_expiry_nor_its_ceiling(given_inputs, minutes):
    override = given_inputs.override
    if override is None:
        return
    decision = decide(given_inputs)
    if decision.memory.lifted_by is None:
        return
    assert given_inputs.now < override.expires_at
    assert given_inputs.now < override.at + timedelta(hours=24)
    assert decision.spend_usd is None or decision.spend_usd < override.up_to_usd


@given(any_inputs(), usd)
def test_an_override_that_is_over_never_comes_back(given_inputs, lower):
    if given_inputs.override is None or given_inputs.spend is None:
        return
    first = decide(given_inputs)
    if first.memory.ended_override is None or first.memory.lifted_by is not None:
        return
    less = replace(given_inputs.spend, total_usd=lower)
    second = decide(then(given_inputs, first, spend=less, billed=()))
    assert second.memory.lifted_by is None


@given(any_inputs())
def test_an_override_never_lifts_a_persons_suspension(given_inputs):
    if given_inputs.policy is not None and given_inputs.policy.retired:
        return
    ordered = {
        alias
        for order in standing_orders(given_inputs)
        for alias in ALIASES
        if order.scope in {None, alias}
    }
    assert ordered <= suspended(decide(given_inputs))


@given(any_inputs())
def test_deciding_again_with_nothing_new_changes_nothing(given_inputs):
    first = decide(given_inputs)
    second = decide(then(given_inputs, first))
    assert second.desired == first.desired
    assert second.tenant_wide == first.tenant_wide
    assert decide(then(given_inputs, second)).memory == second.memory


@given(any_inputs())
def test_an_alias_stop_stops_that_alias_only(given_inputs):
    only_bursts = replace(
        given_inputs,
        policy=policy(),
        policy_fault=None,
        spend=replace(inputs().spend),
        billed=(),
        orders=tuple(o for o in given_inputs.orders if o.scope == "smart"),
        bursts={a: s for a, s in (given_inputs.bursts or {}).items() if a == "smart"},
        memory=replace(given_inputs.memory, causes=()),
    )
    decision = decide(only_bursts)
    assert suspended(decision) <= {"smart"}
    assert not decision.tenant_wide


@given(any_inputs())
def test_a_retired_tenant_is_let_go_of_and_its_memory_waits(given_inputs):
    retired = replace(given_inputs, policy=policy(retired=True), policy_fault=None)
    decision = decide(retired)
    assert suspended(decision) == set()
    assert not decision.tenant_wide
    assert decision.memory == given_inputs.memory


@given(any_inputs(), st.lists(st.integers(1, 24 * 60), min_size=1, max_size=12))
def test_a_cool_down_lifts_a_scope_at_most_once_a_day(given_inputs, steps):
    current = replace(
        given_inputs,
        policy=policy(cool_down_minutes=30, daily_cap_usd=1),
        policy_fault=None,
        spend=None,
        billed=(),
    )
    cooled: dict[str, list[datetime]] = {}
    for step in steps:
        now = current.now + timedelta(minutes=step)
        decision = decide(replace(current, now=now, bursts={"smart": now}))
        for scope, at in decision.memory.cooled.items():
            if at == now:
                cooled.setdefault(scope, []).append(at)
        current = then(current, decision, now=now)
    for times in cooled.values():
        assert all(b - a >= timedelta(days=1) for a, b in pairwise(times))
