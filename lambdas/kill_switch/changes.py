"""What is new about a tenant and worth telling: every stop, warning, approval, resume, override.

What lasts (a stop, a pending approval) is told once by its key; what is only an instant (a resume,
an override's end) is seen by comparing the decision with the state before it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from shared.decision_types import (
    MONTHLY_LIMIT,
    SUSPENDED,
    Decision,
    Inputs,
    Reason,
)
from shared.known_spend import passes_limit
from shared.lasting_words import Pause
from shared.pausing import pause_at
from shared.tenant_state import NOT_A_STOP, TenantState

SUSPENDED_KIND: Final = "finops.tenant.suspended"
RESUMED_KIND: Final = "finops.tenant.resumed"
WARNED_KIND: Final = "finops.tenant.warned"
WOULD_STOP_KIND: Final = "finops.tenant.would-stop"
APPROVAL_KIND: Final = "finops.approval.requested"
OVERRIDE_STARTED_KIND: Final = "finops.override.started"
OVERRIDE_ENDED_KIND: Final = "finops.override.ended"
PAUSE_STARTED_KIND: Final = "finops.pause.started"
PAUSE_ENDED_KIND: Final = "finops.pause.ended"
_WARNED: Final = "warned#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something to be told once.

    Attributes:
        kind: EventBridge detail type.
        key: What it is told once by, within its month.
        headline: What happened, in a few words.
        why: A sentence.
        since: Since when.
        ends: What ends it; empty if nothing has to.
        scope: The alias; None: the whole tenant.
        for_people: Whether people are told, or EventBridge alone.
    """

    kind: str
    key: str
    headline: str
    why: str
    since: datetime
    ends: str = ""
    scope: str | None = None
    for_people: bool = True


def warned_percentages(told: frozenset[str]) -> frozenset[Decimal]:
    """Return the alert percentages that were told, by the keys of what was told."""
    return frozenset(Decimal(key.removeprefix(_WARNED)) for key in told if key.startswith(_WARNED))


def changes(
    before: TenantState, decision: Decision, inputs: Inputs, told: frozenset[str]
) -> list[Change]:
    """Return what is to be told now.

    Args:
        before: The state stored before the decision.
        decision: The decision.
        inputs: What it rests on.
        told: Keys of what was told this month or waits in the outbox.
    """
    pause = pause_at(inputs.pauses, inputs.now)
    found = (
        *_stops(decision),
        *_would_stops(decision, pause),
        *_warnings(decision, inputs),
        *_override_began(decision, inputs),
        *_override_ended(before, decision, inputs),
        *_pause_began(decision, pause),
        *_pause_ended(before, decision, inputs),
        *_resumed(before, decision, inputs),
    )
    return [change for change in found if change.key not in told]


def _stops(decision: Decision) -> Iterator[Change]:
    for reason in decision.reasons:
        if reason.code == "awaiting-approval":
            yield _lasting(APPROVAL_KIND, "a stop awaits approval", reason)
        elif reason.code not in NOT_A_STOP:
            yield _lasting(SUSPENDED_KIND, "suspended", reason)


def _lasting(kind: str, headline: str, reason: Reason) -> Change:
    assert reason.since is not None
    return Change(
        kind=kind,
        key=_key(f"{kind}#{reason.code}", reason.code, reason.scope, reason.since),
        headline=headline,
        why=reason.text,
        since=reason.since,
        ends=reason.ends,
        scope=reason.scope,
    )


def _key(prefix: str, code: str, scope: str | None, since: datetime) -> str:
    """The monthly limit is passed once a month; anything else may happen again."""
    if code == MONTHLY_LIMIT:
        return prefix
    return f"{prefix}#{scope or ''}#{since.isoformat()}"


def _would_stops(decision: Decision, pause: Pause | None) -> Iterator[Change]:
    """What stopped before a pause was told then."""
    for each in decision.would_stop:
        if pause and each.since <= pause.at:
            continue
        yield Change(
            kind=WOULD_STOP_KIND,
            key=_key(f"{WOULD_STOP_KIND}#{each.code}", each.code, each.scope, each.since),
            headline="would have been stopped, but "
            + ("automatic stops are paused" if pause else "its mode is shadow"),
            why=each.text,
            since=each.since,
            scope=each.scope,
        )


def _warnings(decision: Decision, inputs: Inputs) -> Iterator[Change]:
    """What stops, or would have, needs no warning any more."""
    policy = inputs.policy
    for percentage in decision.warnings:
        if policy and passes_limit(inputs) and percentage <= policy.stop_percentage:
            continue
        yield Change(
            kind=WARNED_KIND,
            key=f"{_WARNED}{percentage}",
            headline=f"has passed {percentage} % of its monthly limit",
            why=f"spend passed {percentage} % of the monthly limit",
            since=inputs.now,
        )


def _override_began(decision: Decision, inputs: Inputs) -> Iterator[Change]:
    for reason in decision.reasons:
        if reason.code == "override":
            yield Change(
                kind=OVERRIDE_STARTED_KIND,
                key=f"{OVERRIDE_STARTED_KIND}#{reason.since}",
                headline="automatic stops are overridden",
                why=reason.text,
                since=reason.since or inputs.now,
                ends=reason.ends,
            )


def _override_ended(before: TenantState, decision: Decision, inputs: Inputs) -> Iterator[Change]:
    lifted = before.memory.lifted_by
    if lifted is not None and decision.memory.lifted_by != lifted:
        yield Change(
            kind=OVERRIDE_ENDED_KIND,
            key=f"{OVERRIDE_ENDED_KIND}#{lifted}",
            headline="the override has ended",
            why="its time, its ceiling or its month is over",
            since=inputs.now,
        )


def _pause_began(decision: Decision, pause: Pause | None) -> Iterator[Change]:
    for reason in decision.reasons:
        if pause and reason.code == "paused":
            yield Change(
                kind=PAUSE_STARTED_KIND,
                key=f"{PAUSE_STARTED_KIND}#{pause.at.isoformat()}",
                headline="automatic stops are paused",
                why=reason.text,
                since=pause.at,
                ends=reason.ends,
                # Of a pause of all tenants the platform team knows: it would get a mail for each.
                for_people=pause.scope == "tenant",
            )


def _pause_ended(before: TenantState, decision: Decision, inputs: Inputs) -> Iterator[Change]:
    given = before.memory.paused_by
    if given is not None and decision.memory.paused_by is None:
        stops = [r.text for r in decision.reasons if r.code not in NOT_A_STOP]
        yield Change(
            kind=PAUSE_ENDED_KIND,
            key=f"{PAUSE_ENDED_KIND}#{given.at.isoformat()}",
            headline="the pause has ended",
            why=f"automatic stops apply again: {'; '.join(stops) or 'nothing is stopped'}",
            since=inputs.now,
            for_people=bool(stops) or given.scope == "tenant",
        )


def _resumed(before: TenantState, decision: Decision, inputs: Inputs) -> Iterator[Change]:
    active = sorted(
        alias
        for alias, state in decision.desired.items()
        if state != SUSPENDED and before.desired.get(alias) == SUSPENDED
    )
    if not active:
        return
    ended = [r.text for r in before.reasons if r.code not in NOT_A_STOP]
    whole = len(active) == len(decision.desired)
    yield Change(
        kind=RESUMED_KIND,
        key=f"{RESUMED_KIND}#{inputs.now.isoformat()}",
        headline="calls are allowed again",
        why=f"no longer stopped because {'; '.join(ended)}" if ended else "no longer stopped",
        since=inputs.now,
        scope=None if whole else ", ".join(active),
    )
