"""What ends a latched stop: a person, a person's rejection, or the declared cool-down."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from shared.decision_types import DAILY_CAP, Cause, DayAllowance, Inputs, Memory
from shared.ledger import month_of

COOL_DOWN_AT_MOST_EVERY: Final = timedelta(days=1)


class Scoped(Protocol):
    """A person's word about a tenant (scope None) or one alias, at an instant."""

    @property
    def scope(self) -> str | None:
        """The alias; None: the whole tenant."""

    @property
    def at(self) -> datetime:
        """When it was given."""


def last_word(words: Iterable[Scoped], scope: str | None) -> datetime | None:
    """Return when the last word that covers `scope` was given; a tenant's covers every alias."""
    return max((word.at for word in words if word.scope in (None, scope)), default=None)


def last_cleared(inputs: Inputs, memory: Memory, scope: str | None) -> datetime | None:
    """Return when latches of `scope` were last lifted or a person last resumed it."""
    times = [memory.cleared.get(key) for key in {"", scope or ""}]
    times.append(last_word(inputs.resumes, scope))
    return max((time for time in times if time is not None), default=None)


def after_lifting(inputs: Inputs) -> Memory:
    """Return the memory without the latches that have ended, and with the note that they have."""
    memory = _without_stale_shadows(inputs)
    for cause in memory.causes:
        if not cause.latched:
            continue
        by_a_person = _resumed(inputs, cause) or _rejected(inputs, cause)
        if by_a_person is not None:
            memory = _lifted(inputs, memory, cause, by_a_person)
        elif _cooled_down(inputs, memory, cause):
            memory = _lifted(inputs, memory, cause, inputs.now)
            memory = replace(memory, cooled={**memory.cooled, cause.scope or "": inputs.now})
    return memory


def _without_stale_shadows(inputs: Inputs) -> Memory:
    """Drop what was only announced, once the mode can stop or the month is another."""
    stops = inputs.policy is not None and inputs.policy.mode != "shadow"
    kept = tuple(
        cause
        for cause in inputs.memory.causes
        if not cause.shadow or (not stops and month_of(cause.since) == month_of(inputs.now))
    )
    return replace(inputs.memory, causes=kept)


def _resumed(inputs: Inputs, cause: Cause) -> datetime | None:
    """A resumption known when the cause arose is not about it, not even at the same instant."""
    resumed = last_word(inputs.resumes, cause.scope)
    return resumed if resumed is not None and resumed > cause.since else None


def _rejected(inputs: Inputs, cause: Cause) -> datetime | None:
    if inputs.policy is None or inputs.policy.mode != "approve" or cause.verdict != "pending":
        return None
    rejected = last_word([a for a in inputs.answers if not a.approved], cause.scope)
    return rejected if rejected is not None and rejected > cause.since else None


def _cooled_down(inputs: Inputs, memory: Memory, cause: Cause) -> bool:
    if inputs.policy is None or inputs.policy.cool_down_minutes is None:
        return False
    began = cause.since if cause.shadow else cause.in_force_since
    before = memory.cooled.get(cause.scope or "")
    if began is None or (before is not None and inputs.now - before < COOL_DOWN_AT_MOST_EVERY):
        return False
    return inputs.now - began >= timedelta(minutes=inputs.policy.cool_down_minutes)


def _lifted(inputs: Inputs, memory: Memory, cause: Cause, at: datetime) -> Memory:
    allowance = memory.day_allowance
    if cause.code == DAILY_CAP:
        spent = None if inputs.spend is None else inputs.spend.today_usd
        allowance = DayAllowance(day=inputs.now.date().isoformat(), from_usd=spent)
    return replace(
        memory,
        causes=tuple(each for each in memory.causes if each is not cause),
        cleared={**memory.cleared, cause.scope or "": at},
        day_allowance=allowance,
    )
