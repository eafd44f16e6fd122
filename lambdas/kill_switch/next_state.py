"""From one stored state of a tenant to the next, with the journal entry that tells of it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.decision_types import Decision, Reason
from shared.json_values import plain
from shared.tenant_state import Notice, TenantState


def next_state(
    before: TenantState, decision: Decision, *, retired: bool, now: datetime
) -> TenantState:
    """Return the state a decision leads to; equal to `before` if nothing is different."""
    changed = dict(decision.desired) != dict(before.desired) or (
        decision.tenant_wide != before.tenant_wide
    )
    # Aliases that were never stopped come and go without being news.
    stopped_before = any(each != "active" for each in before.desired.values())
    news = changed and (decision_stops(decision) or stopped_before or before.tenant_wide)
    after = replace(
        before,
        memory=decision.memory,
        desired=decision.desired,
        tenant_wide=decision.tenant_wide,
        reasons=_lasting_reasons(decision),
        approval=decision.approval,
        retired=retired,
    )
    if news:
        after = replace(after, changed_at=now)
    return after if after == before else replace(after, decided_at=now)


def with_notices(state: TenantState, notices: list[Notice]) -> TenantState:
    """Return the state with more in its outbox."""
    return replace(state, outbox=(*state.outbox, *notices)) if notices else state


def decision_stops(decision: Decision) -> bool:
    """Return whether a decision stops anything."""
    return decision.tenant_wide or any(each != "active" for each in decision.desired.values())


def journal_entry(
    before: TenantState, after: TenantState, decision: Decision, now: datetime
) -> dict[str, Any] | None:
    """Return what the journal says of a change; None if only notes of the switch itself differ."""
    if after == replace(before, decided_at=after.decided_at, outbox=after.outbox):
        return None
    return {
        "kind": "decision",
        "at": now,
        "changed_at": after.changed_at,
        "memory": plain(after.memory),
        "retired": after.retired,
        "desired": after.desired,
        "tenant_wide": after.tenant_wide,
        "was": {"desired": before.desired, "tenant_wide": before.tenant_wide},
        "reasons": plain(after.reasons),
        "would_stop": plain(decision.would_stop),
        "approval": after.approval,
        "spend_usd": decision.spend_usd,
        "told": [notice.key for notice in after.outbox if notice not in before.outbox],
    }


def _lasting_reasons(decision: Decision) -> tuple[Reason, ...]:
    """An unreadable alarm list is CloudWatch's, not the tenant's: it changes no tenant's state."""
    return tuple(reason for reason in decision.reasons if reason.code != "alarms-unknown")
