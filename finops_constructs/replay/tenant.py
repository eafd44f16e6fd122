"""The tenant that is played: its limits, prices and burst alarm, as synthesized."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from finops_constructs.replay.assembly import AssemblyError, TenantAssembly, read_tenant
from finops_constructs.replay.burst_alarm import BurstAlarm, parse_burst_alarm
from shared.rates import RateTable
from shared.registry import ProfileEntry, Registry, TenantPolicy, parse_registry


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedTenant:
    """One tenant, and the alias its traffic goes through.

    Attributes:
        registry: As the functions would read it.
        policy: Its policy, with the limit that is played.
        profile: The alias's entry.
        rates: What the alias's tokens cost.
        alarm: The alias's burst alarm; None: it has none.
        role_arn: Whoever calls.
        stack: The template that holds the policy.
        alias_was_chosen: Whether the alias was told, or is the only one that can be played.
    """

    registry: Registry
    policy: TenantPolicy
    profile: ProfileEntry
    rates: RateTable
    alarm: BurstAlarm | None
    role_arn: str
    stack: str
    alias_was_chosen: bool

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every alias of the tenant."""
        return tuple(sorted(self.registry.profiles[self.policy.tenant]))


def load_tenant(
    assembly: Path, tenant: str, *, alias: str | None = None, limit_usd: Decimal | None = None
) -> PlayedTenant:
    """Return the tenant as an assembly declares it.

    Args:
        assembly: The cloud assembly's folder.
        tenant: The tenant's id.
        alias: The alias that is called. Default: the dearest one, input and output together.
        limit_usd: The month's limit. Default: the synthesized one.

    Raises:
        AssemblyError: If it cannot be played; the text says what to do.
    """
    declared = read_tenant(assembly, tenant)
    registry = parse_registry(declared.entries)
    if registry.faults:
        faults = "; ".join(f"{fault.path}: {fault.reason}" for fault in registry.faults)
        raise AssemblyError(f"{assembly}: registry entries that nobody could read: {faults}")
    policy = registry.policies[tenant]
    priced = _priced(registry.profiles.get(tenant, {}))
    profile, rates = _chosen(tenant, registry, priced, alias)
    callers = registry.callers.get(tenant, [])
    return PlayedTenant(
        registry=registry,
        policy=policy if limit_usd is None else replace(policy, monthly_limit_usd=limit_usd),
        profile=profile,
        rates=rates,
        alarm=_alarm(declared, profile),
        role_arn=callers[0].role_arn if callers else "arn:aws:iam::000000000000:role/replayed",
        stack=declared.stack,
        alias_was_chosen=alias is not None or len(priced) == 1,
    )


def _priced(profiles: Mapping[str, ProfileEntry]) -> dict[str, RateTable]:
    return {
        alias: profile.rates
        for alias, profile in profiles.items()
        if profile.metered and profile.rates is not None
    }


def _chosen(
    tenant: str, registry: Registry, priced: Mapping[str, RateTable], alias: str | None
) -> tuple[ProfileEntry, RateTable]:
    profiles = registry.profiles.get(tenant, {})
    if not priced:
        raise AssemblyError(f"tenant {tenant!r} has no alias with a price: nothing to replay")
    name = alias or max(sorted(priced), key=lambda each: _dearness(priced[each]))
    if name not in profiles:
        raise AssemblyError(
            f"tenant {tenant!r} has no alias {name!r} (there: {', '.join(sorted(profiles))})"
        )
    if name not in priced:
        raise AssemblyError(
            f"alias {name!r} of tenant {tenant!r} is not priced by its tokens: its spend is "
            f"unmetered (metered: {', '.join(sorted(priced))})"
        )
    return profiles[name], priced[name]


def _dearness(rates: RateTable) -> int:
    return (rates.base.input or 0) + (rates.base.output or 0)


def _alarm(declared: TenantAssembly, profile: ProfileEntry) -> BurstAlarm | None:
    if profile.burst_alarm_name is None:
        return None
    alarm = declared.alarms.get(profile.burst_alarm_name)
    if alarm is None:
        raise AssemblyError(
            f"alias {profile.alias!r} names the burst alarm {profile.burst_alarm_name!r}, which "
            "no template of the assembly has"
        )
    return parse_burst_alarm(alarm, profile_id=profile.profile_id)
