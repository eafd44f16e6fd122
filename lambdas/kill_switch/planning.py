"""What is to be done for a tenant in one run, and how thoroughly it is looked at."""

from datetime import datetime, timedelta
from typing import Final

from kill_switch.deciding import Decided
from kill_switch.hints import Hint
from kill_switch.work import TenantWork
from shared.reach import Place
from shared.registry import Registry
from shared.tenant_state import TenantState

CHECKED_EVERY: Final = timedelta(minutes=50)
"""With a run every 5 minutes, everything of a tenant is read back at least once an hour."""
_HINTED_CHECKED_EVERY: Final = timedelta(minutes=1)
_RECENTLY: Final = timedelta(minutes=30)
_NEW_ORDER: Final = timedelta(minutes=10)


def work_for(
    tenant: str, decided: Decided, registry: Registry, *, place: Place, hint: Hint
) -> TenantWork:
    """Return a tenant's work; a profile that two aliases claim is nobody's to touch."""
    entries = registry.profiles.get(tenant, {})
    own = {a: e for a, e in entries.items() if registry.by_model_id.get(e.profile_arn) is e}
    policy = registry.policies.get(tenant)
    now = decided.known.inputs.now
    return TenantWork(
        tenant=tenant,
        state=decided.state,
        profiles=own,
        claimed=tuple(sorted(set(entries) - set(own))),
        callers=tuple(registry.callers.get(tenant, ())),
        policy_arn=policy.suspension_policy_arn if policy else None,
        place=place,
        now=now,
        check=is_due(decided.state, now, hint),
    )


def is_due(state: TenantState, now: datetime, hint: Hint) -> bool:
    """Return whether everything of a tenant is read back, rather than only what is stopped."""
    checked, changed = state.checked_at, state.changed_at
    if checked is None or state.retired:
        return True
    if changed is not None and now - changed <= _RECENTLY:
        return True
    every = CHECKED_EVERY if hint.everybody else _HINTED_CHECKED_EVERY
    return now - checked >= every


def names_new_alias(decided: Decided) -> bool:
    """Return whether a person ordered something just now about an alias that is not known yet."""
    inputs = decided.known.inputs
    return any(
        order.scope not in (None, *inputs.aliases) and inputs.now - order.at <= _NEW_ORDER
        for order in inputs.orders
    )
