"""The state of an alias and of a tenant, as far as it was read back; nothing more is claimed."""

from collections.abc import Iterable, Mapping
from typing import Final

from shared.decision_types import ACTIVE, SUSPENDED
from shared.registry import ProfileEntry
from shared.tenant_state import TenantState

SUSPENDING: Final = "suspending"
APPLIED: Final = "applied"
CONFIRMED: Final = "confirmed"
RESUMING: Final = "resuming"
HELD: Final = "held"
HOLDS: Final = frozenset({"no-policy", "policy-unreadable", "spend-unknown"})


def alias_state(state: TenantState, alias: str, entry: ProfileEntry) -> str:
    """Return `active`, `suspending`, `applied`, `confirmed` or `resuming`.

    One that was never stopped is active before it is read for the first time.
    """
    seen = state.profiles.get(alias)
    tag = seen.tag if seen is not None and seen.arn == entry.profile_arn else None
    if state.desired.get(alias, ACTIVE) == SUSPENDED:
        if seen is None or tag != SUSPENDED:
            return SUSPENDING
        return CONFIRMED if seen.confirmed_at else APPLIED
    never_stopped = tag is None and state.changed_at is None
    return ACTIVE if tag == ACTIVE or never_stopped else RESUMING


def tenant_state(
    state: TenantState, profiles: Mapping[str, ProfileEntry], editable_roles: Iterable[str]
) -> str:
    """Return the state of a whole tenant; canaries of drills are left out.

    Args:
        state: What is stored.
        profiles: The tenant's registered aliases.
        editable_roles: Names of its caller roles that the suspension policy may be attached to.
    """
    own = {alias: entry for alias, entry in profiles.items() if not entry.canary}
    states = {alias_state(state, alias, entry) for alias, entry in own.items()}
    if state.tenant_wide:
        missing = set(editable_roles) - set(state.attached or ())
        if missing or SUSPENDING in states:
            return SUSPENDING
        return CONFIRMED if states == {CONFIRMED} else APPLIED
    if state.attached or RESUMING in states:
        return RESUMING
    if {reason.code for reason in state.reasons} & HOLDS:
        return HELD
    return ACTIVE if ACTIVE in states or not states else _least_stopped(states)


def _least_stopped(states: set[str]) -> str:
    """All aliases of a tenant are stopped, each for itself: it is as stopped as the least of them.

    While one of them is active, so is the tenant.
    """
    return next(each for each in (SUSPENDING, APPLIED, CONFIRMED) if each in states)
