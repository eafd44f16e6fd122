"""Which automatic reasons to stop a tenant there are: those that last and those that arise."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from shared.decision_types import BURST, DAILY_CAP, MONTHLY_LIMIT, Cause, CauseCode, Inputs, Memory
from shared.known_spend import limit_spend, passes_limit, scope_spend, share_of_limit
from shared.latches import last_cleared
from shared.ledger import month_of
from shared.money import format_usd
from shared.utc_months import for_people

# A burst alarm looks at five minutes and CloudWatch is up to five late: one that is still in ALARM
# so long after a resumption is about calls made since.
RENEWED_BURST_AFTER: Final = timedelta(minutes=15)


def present_causes(inputs: Inputs, memory: Memory) -> tuple[Cause, ...]:
    """Return every cause there is now, the monthly limit first.

    Args:
        inputs: What is known.
        memory: What the last decision handed on, without the latches that have ended.
    """
    latched = [cause for cause in memory.causes if cause.latched]
    return (
        *_monthly(inputs, memory),
        *latched,
        *_new_daily(inputs, memory, latched),
        *_new_bursts(inputs, memory, latched),
    )


def _monthly(inputs: Inputs, memory: Memory) -> Iterator[Cause]:
    """The monthly limit is no latch: it is there while spend says so, or while nothing is known."""
    passed = passes_limit(inputs)
    before = next((c for c in memory.causes if c.code == MONTHLY_LIMIT), None)
    of_this_month = before is not None and month_of(before.since) == month_of(inputs.now)
    if passed is False or (passed is None and before is None):
        return
    if before is not None and (of_this_month or passed is None):
        yield before
        return
    policy = inputs.policy
    assert policy is not None
    threshold = share_of_limit(inputs, policy.stop_percentage)
    spent = format_usd(limit_spend(inputs) or Decimal(0))
    yield _cause(
        inputs,
        MONTHLY_LIMIT,
        None,
        f"spend of {month_of(inputs.now)} was {spent}{_by_the_bill(inputs)} and reached "
        f"{format_usd(threshold)}, {policy.stop_percentage} % of the monthly limit",
    )


def _by_the_bill(inputs: Inputs) -> str:
    """Say of a figure that is not the estimate whence it is."""
    if inputs.spend is None or limit_spend(inputs) == inputs.spend.total_usd:
        return ""
    estimate = format_usd(inputs.spend.total_usd)
    return f" by the bill ({estimate} were estimated)"


def _new_daily(inputs: Inputs, memory: Memory, latched: list[Cause]) -> Iterator[Cause]:
    if inputs.policy is None or inputs.policy.daily_cap_usd is None or inputs.spend is None:
        return
    if any(cause.code == DAILY_CAP for cause in latched):
        return
    cap, today = inputs.policy.daily_cap_usd, inputs.spend.today_usd
    if today - _allowed_today(inputs, memory) >= cap:
        text = f"spend of {inputs.now.date()} was {format_usd(today)} with a daily cap of "
        yield _cause(inputs, DAILY_CAP, None, text + format_usd(cap))


def _allowed_today(inputs: Inputs, memory: Memory) -> Decimal:
    allowance = memory.day_allowance
    if allowance is None or allowance.day != inputs.now.date().isoformat():
        return Decimal(0)
    if allowance.from_usd is None:
        return inputs.spend.today_usd if inputs.spend else Decimal(0)
    return allowance.from_usd


def _new_bursts(inputs: Inputs, memory: Memory, latched: list[Cause]) -> Iterator[Cause]:
    known = {cause.scope for cause in latched if cause.code == BURST}
    for alias, since in sorted((inputs.bursts or {}).items()):
        if alias in inputs.aliases and alias not in known:
            cleared = last_cleared(inputs, memory, alias)
            if _is_news(since, cleared, inputs.now):
                text = f"{alias} spent faster than its hourly cap allows, at {for_people(since)}"
                yield _cause(inputs, BURST, alias, text)


def _is_news(since: datetime, cleared: datetime | None, now: datetime) -> bool:
    return cleared is None or since > cleared or now - cleared >= RENEWED_BURST_AFTER


def _cause(inputs: Inputs, code: CauseCode, scope: str | None, text: str) -> Cause:
    unguarded = inputs.policy is None and inputs.policy_fault is None
    return Cause(
        code=code,
        scope=scope,
        since=inputs.now,
        spend_usd=scope_spend(inputs, scope),
        text=text,
        shadow=unguarded or (inputs.policy is not None and inputs.policy.mode == "shadow"),
    )


def with_known_allowance(inputs: Inputs, memory: Memory) -> Memory:
    """Return the memory with today's allowance filled in, as soon as the day's spend is known."""
    allowance = memory.day_allowance
    if allowance is None or allowance.from_usd is not None or inputs.spend is None:
        return memory
    filled = replace(allowance, from_usd=inputs.spend.today_usd)
    return replace(memory, day_allowance=filled)
