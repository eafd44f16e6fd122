"""The state of an alias and of a tenant, as far as it was read back; nothing more is claimed."""

from collections.abc import Iterable, Mapping
from typing import Final

from shared.decision_types import ACTIVE, SUSPENDED
from shared.registry import ProfileEntry
from shared.tenant_state import ProfileState, TenantState

SUSPENDING: Final = "suspending"
APPLIED: Final = "applied"
CONFIRMED: Final = "confirmed"
RESUMING: Final = "resuming"
HELD: Final = "held"
HOLDS: Final = frozenset({"no-policy", "policy-unreadable", "spend-unknown"})


def alias_state(state: TenantState, alias: str, entry: ProfileEntry) -> str:
    """Return `active`, `suspending`, `applied`, `confirmed` or `resuming`.

    An alias is as its least advanced profile is, replaced ones included. One that was never stopped
    is active before it is read for the first time.
    """
    seen = state.profiles.get(alias)
    if seen is None or seen.arn != entry.profile_arn:
        seen = ProfileState(arn=entry.profile_arn)
    every = [seen, *(each for key, each in profiles_of(state, alias).items() if key != alias)]
    tags = {each.tag for each in every}
    if state.desired.get(alias, ACTIVE) == SUSPENDED:
        if tags != {SUSPENDED}:
            return SUSPENDING
        return CONFIRMED if all(each.confirmed_at for each in every) else APPLIED
    never_stopped = tags <= {None, ACTIVE} and state.changed_at is None
    return ACTIVE if tags == {ACTIVE} or never_stopped else RESUMING


def profiles_of(state: TenantState, alias: str) -> dict[str, ProfileState]:
    """Return what is known of an alias's profile and of those it replaced, by their keys."""
    return {key: each for key, each in state.profiles.items() if key.partition("/")[0] == alias}


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
