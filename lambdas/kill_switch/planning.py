"""What is to be done for a tenant in one run, and how thoroughly it is looked at."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from kill_switch.deciding import Decided
from kill_switch.work import TenantWork
from shared.reach import Place
from shared.registry import Registry
from shared.tenant_state import TenantState

CHECKED_IN_RUNS: Final = 9
"""In so many runs, of one each 5 minutes, everything of every tenant is read back once."""
_CHECKED_AT_MOST_EVERY: Final = timedelta(minutes=30)
_HINTED_CHECKED_AT_MOST_EVERY: Final = timedelta(minutes=1)
_RECENTLY: Final = timedelta(minutes=30)


def work_for(
    tenant: str, decided: Decided, registry: Registry, *, place: Place, check: bool
) -> TenantWork:
    """Return a tenant's work; a profile that two aliases claim is nobody's to touch.

    What an alias led to before is stopped and released with it.

    Args:
        tenant: The tenant.
        decided: What was decided about it.
        registry: The registry.
        place: Where the kill switch works.
        check: Whether everything is read back, rather than only what is stopped or changing.
    """
    entries = registry.watched(tenant)
    own = {a: e for a, e in entries.items() if registry.by_model_id.get(e.profile_arn) is e}
    policy = registry.policies.get(tenant)
    return TenantWork(
        tenant=tenant,
        state=decided.state,
        profiles=own,
        claimed=tuple(sorted(set(entries) - set(own))),
        callers=tuple(registry.callers.get(tenant, ())),
        policy_arn=policy.suspension_policy_arn if policy else None,
        place=place,
        now=decided.known.inputs.now,
        check=check,
    )


def to_check(states: Mapping[str, TenantState], now: datetime, *, everybody: bool) -> set[str]:
    """Return the tenants of which everything is read back in this run.

    Those that changed a while ago, those a message names, and of the others by turns those that
    were not checked for longest, so that no run has to read everything.

    Args:
        states: The stored states of the tenants looked at.
        now: The clock.
        everybody: Whether all tenants are looked at, rather than those a message names.
    """
    at_most = _CHECKED_AT_MOST_EVERY if everybody else _HINTED_CHECKED_AT_MOST_EVERY
    changed = {t for t, state in states.items() if state.retired or _is_recent(state, now)}
    waiting = sorted(
        (tenant for tenant, state in states.items() if now - _checked_at(state) >= at_most),
        key=lambda tenant: (_checked_at(states[tenant]), tenant),
    )
    turn = math.ceil(len(states) / CHECKED_IN_RUNS) if everybody else len(waiting)
    return changed | set(waiting[:turn])


def _is_recent(state: TenantState, now: datetime) -> bool:
    return state.changed_at is not None and now - state.changed_at <= _RECENTLY


def _checked_at(state: TenantState) -> datetime:
    return state.checked_at or datetime.min.replace(tzinfo=UTC)
