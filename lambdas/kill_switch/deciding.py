"""Decides about a tenant and stores that, so that concurrent runs come to one and the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aws_lambda_powertools import Logger

from kill_switch.changes import changes
from kill_switch.clock import Clock
from kill_switch.messages import Facts, notice_of
from kill_switch.next_state import journal_entry, next_state, with_notices
from kill_switch.sources import Known, Sources
from shared.canary_tenant import CANARY_TENANT
from shared.decide import decide
from shared.decision_types import Decision
from shared.registry import ProfileEntry
from shared.state_table import StateConflictError
from shared.tenant_state import Notice, TenantState

logger = Logger(child=True)

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision, as it stands in the state table.

    Attributes:
        known: What it rests on.
        decision: The decision.
        state: The tenant's state with it.
        version: The state's version in the table; 0 if none is stored.
    """

    known: Known
    decision: Decision
    state: TenantState
    version: int


def decide_and_store(sources: Sources, tenant: str, clock: Clock) -> Decided:
    """Read a tenant, decide, and store what is different with its journal entry.

    What is to be done is stored before anything is done, so that a crash cannot forget it. If
    another run stored something meanwhile, everything is read and decided anew.

    Raises:
        StateConflictError: If that happens five times.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        known = sources.read(tenant, clock.now())
        try:
            return _decide_once(sources, known)
        except StateConflictError:
            logger.info("another run was faster", tenant=tenant, attempt=attempt)
    raise StateConflictError(tenant)


def _decide_once(sources: Sources, known: Known) -> Decided:
    inputs, items = known.inputs, known.items
    before = items.state or TenantState()
    decision = decide(inputs)
    retired = inputs.policy is not None and inputs.policy.retired
    after = next_state(before, decision, retired=retired, now=inputs.now)
    after = with_notices(after, [] if retired else _notices(sources, known, before, decision))
    version = items.version
    if after != before:
        entry = journal_entry(before, after, decision, inputs.now)
        version = sources.table.store_state(inputs.tenant, after, version, entry)
    return Decided(known=known, decision=decision, state=after, version=version)


def _notices(
    sources: Sources, known: Known, before: TenantState, decision: Decision
) -> list[Notice]:
    inputs = known.inputs
    told = known.items.told | {notice.key for notice in before.outbox}
    profiles = sources.registry.profiles.get(inputs.tenant, {})
    if inputs.tenant == CANARY_TENANT:
        return []
    news = [
        change
        for change in changes(before, decision, inputs, told)
        if not _is_canary(profiles, change.scope)
    ]
    if not news:
        return []
    facts = Facts(inputs=inputs, top_roles=sources.top_roles(inputs.tenant, inputs.now))
    return [notice_of(change, facts) for change in news]


def _is_canary(profiles: Mapping[str, ProfileEntry], scope: str | None) -> bool:
    """Whether news is about the profile of a drill, of which only the journal tells."""
    entry = profiles.get(scope or "")
    return entry is not None and entry.canary
