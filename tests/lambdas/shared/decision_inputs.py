"""Inputs of `decide`, made by hand and by Hypothesis."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from shared.decision_types import (
    Answer,
    Billed,
    Cause,
    DayAllowance,
    Inputs,
    Memory,
    Order,
    Override,
    Resume,
)
from shared.ledger import MonthSpend, month_of
from shared.registry import TenantPolicy
from shared.utc_months import month_end

NOW = datetime(2026, 11, 25, 10, 42, tzinfo=UTC)
ALIASES = ("smart", "fast")


def ago(**kwargs):
    return NOW - timedelta(**kwargs)


def policy(**changes):
    base = TenantPolicy(
        tenant="writer",
        display_name="Writer",
        owner=None,
        monthly_limit_usd=Decimal(500),
        alert_percentages=(Decimal(75), Decimal(90)),
        stop_percentage=Decimal(100),
        hard_cap_percentage=Decimal(120),
        mode="enforce",
        guard="observe",
        approval_timeout_minutes=60,
        approval_on_timeout="stop",
        daily_cap_usd=None,
        cool_down_minutes=None,
        budget_name="finops-writer",
        alert_topic_arn="arn:aws:sns:eu-west-1:111122223333:finops-writer",
        suspension_policy_arn="arn:aws:iam::111122223333:policy/finops/suspension/eu-west-1/writer",
        retired=False,
    )
    return replace(base, **changes)


def spend(total, *, now=NOW, today=0, **by_alias):
    return MonthSpend(
        month=month_of(now),
        total_usd=Decimal(total),
        today_usd=Decimal(today),
        by_alias={alias: Decimal(usd) for alias, usd in by_alias.items()},
    )


def inputs(total=0, *, today=0, now=NOW, **changes):
    base = Inputs(
        now=now,
        tenant="writer",
        policy=policy(),
        aliases=ALIASES,
        spend=spend(total, today=today, now=now),
    )
    return replace(base, **changes)


def billed_in(when, amount, source="budget"):
    starts = when.replace(day=1, hour=0, minute=0)
    return Billed(
        source=source,
        amount_usd=Decimal(amount),
        starts=starts,
        ends=month_end(when),
        as_of=when,
    )


def then(before, decision, **changes):
    """Return the inputs of the next decision."""
    return replace(before, memory=decision.memory, **changes)


scopes = st.sampled_from([None, *ALIASES])
instants = st.integers(-3 * 24 * 60, 0).map(lambda minutes: NOW + timedelta(minutes=minutes))
usd = st.integers(0, 1200).map(Decimal)
people = st.just("arn:aws:sts::111122223333:assumed-role/admin/kim")
reasons = st.just("because")
orders = st.builds(Order, scope=scopes, at=instants, actor=people, reason=reasons)
resumes = st.builds(Resume, scope=scopes, at=instants, actor=people, reason=reasons)
answers = st.builds(
    Answer, scope=scopes, at=instants, approved=st.booleans(), actor=people, reason=reasons
)
overrides = st.builds(
    Override,
    at=instants,
    expires_at=instants.map(lambda at: at + timedelta(days=2)),
    up_to_usd=usd,
    actor=people,
    reason=reasons,
)
policies = st.builds(
    policy,
    mode=st.sampled_from(["shadow", "approve", "enforce"]),
    daily_cap_usd=st.none() | st.integers(1, 200).map(Decimal),
    cool_down_minutes=st.none() | st.integers(1, 600),
    approval_on_timeout=st.sampled_from(["stop", "hold"]),
)
causes = st.builds(
    Cause,
    code=st.sampled_from(["monthly-limit", "daily-cap"]),
    scope=st.none(),
    since=instants,
    spend_usd=usd,
    text=st.just("seen"),
    verdict=st.sampled_from(["pending", "approved", "rejected"]),
    shadow=st.booleans(),
    in_force=st.booleans(),
    in_force_since=st.none() | instants,
) | st.builds(
    Cause,
    code=st.just("burst"),
    scope=st.sampled_from(ALIASES),
    since=instants,
    spend_usd=usd,
    text=st.just("seen"),
    shadow=st.booleans(),
    in_force=st.booleans(),
    in_force_since=st.none() | instants,
)
memories = st.builds(
    Memory,
    causes=st.lists(causes, max_size=4, unique_by=lambda c: (c.code, c.scope)).map(tuple),
    lifted_by=st.none() | instants,
    ended_override=st.none() | instants,
    cleared=st.dictionaries(st.sampled_from(["", *ALIASES]), instants),
    cooled=st.dictionaries(st.sampled_from(["", *ALIASES]), instants),
    day_allowance=st.none()
    | st.builds(
        DayAllowance,
        day=st.sampled_from(["2026-11-25", "2026-11-24"]),
        from_usd=st.none() | usd,
    ),
)
billed_figures = st.builds(billed_in, st.sampled_from([NOW, NOW - timedelta(days=30)]), usd)


@st.composite
def any_inputs(draw, /, **fixed):
    total = draw(st.none() | usd)
    known = None if total is None else spend(total, today=draw(usd), smart=draw(usd))
    unguarded = draw(st.integers(0, 9)) == 0
    fault = draw(st.none() | st.just("not JSON")) if unguarded else None
    drawn = {
        "policy": None if unguarded else draw(policies),
        "policy_fault": fault,
        "spend": known,
        "billed": tuple(draw(st.lists(billed_figures, max_size=2))),
        "bursts": draw(st.none() | st.dictionaries(st.sampled_from(ALIASES), instants)),
        "orders": tuple(draw(st.lists(orders, max_size=2))),
        "resumes": tuple(draw(st.lists(resumes, max_size=2))),
        "override": draw(st.none() | overrides),
        "answers": tuple(draw(st.lists(answers, max_size=2))),
        "memory": draw(memories),
    }
    return inputs(**(drawn | fixed))
