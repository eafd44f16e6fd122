"""The metrics of a run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from shared.canary_tenant import CANARY_TENANT
from shared.decision_types import SUSPENDED
from shared.registry import ProfileEntry, Registry
from shared.reported_state import HOLDS, profiles_of
from shared.tenant_state import TenantState

CONFIRMED_WITHIN: Final = timedelta(minutes=20)
"""After so long a stop should be confirmed: reading back, five quiet minutes, CloudWatch's delay,
and the kill switch's own period."""


@dataclass(frozen=True, slots=True)
class TenantFigures:
    """What one tenant adds to the metrics."""

    state: TenantState
    spend_known: bool
    drift_percent: Decimal | None


def action_failures(tenants: Iterable[TenantFigures], failed_tenants: int, untold: int) -> int:
    """Return how many actions are outstanding: failed calls, tenants and notices."""
    return sum(len(each.state.failures) for each in tenants) + failed_tenants + untold


def spend_unknown(tenants: Iterable[TenantFigures]) -> int:
    """Return how many tenants' ledger could not be read."""
    return sum(not each.spend_known for each in tenants)


def unconfirmed(
    tenants: Mapping[str, TenantFigures],
    profiles: Mapping[str, Mapping[str, ProfileEntry]],
    now: datetime,
) -> int:
    """Return how many profiles should be confirmed as stopped by now and are not."""
    return sum(
        1
        for tenant, each in tenants.items()
        for alias, desired in each.state.desired.items()
        if desired == SUSPENDED
        and not profiles.get(tenant, {})[alias].canary
        and (each.state.changed_at is None or now - each.state.changed_at > CONFIRMED_WITHIN)
        and not _is_confirmed(each.state, alias)
    )


def _is_confirmed(state: TenantState, alias: str) -> bool:
    seen = profiles_of(state, alias)
    return alias in seen and all(each.confirmed_at is not None for each in seen.values())


def drift(tenants: Iterable[TenantFigures]) -> Decimal | None:
    """Return the largest drift between estimate and bill in percent; None if none is known."""
    return max((e.drift_percent for e in tenants if e.drift_percent is not None), default=None)


def stopped(tenants: Mapping[str, TenantFigures]) -> int:
    """Return of how many tenants anything is to be stopped."""
    return sum(each.state.stops for tenant, each in tenants.items() if tenant != CANARY_TENANT)


def held(tenants: Mapping[str, TenantFigures]) -> int:
    """Return how many tenants keep their last state for want of knowledge."""
    return sum(
        bool({reason.code for reason in each.state.reasons} & HOLDS)
        for tenant, each in tenants.items()
        if tenant != CANARY_TENANT
    )


def paused(tenants: Mapping[str, TenantFigures]) -> int:
    """Return of how many tenants a person holds automatic stops."""
    return sum(
        each.state.memory.paused_by is not None
        for tenant, each in tenants.items()
        if tenant != CANARY_TENANT
    )


def price_age_days(registry: Registry, now: datetime) -> int | None:
    """Return the age of the oldest price of a metered profile; None if there is no price."""
    days = [
        (now.date() - entry.price_as_of).days
        for aliases in registry.profiles.values()
        for entry in aliases.values()
        if entry.metered and entry.price_as_of is not None
    ]
    return max(days, default=None)


def unguarded_profiles(registry: Registry) -> int:
    """Return how many profiles have no policy."""
    return sum(len(registry.profiles[tenant]) for tenant in registry.unguarded)
