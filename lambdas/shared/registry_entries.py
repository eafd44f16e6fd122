"""The values of the registry: what one tenant, one profile, one caller is declared to be."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from shared.parsing import (
    EntryError,
    choice_of,
    decimal_of,
    flag_of,
    mapping_of,
    text_of,
    whole_number_of,
)
from shared.rates import RateTable, parse_rate_table

MODES: Final = ("shadow", "approve", "enforce")
GUARDS: Final = ("observe", "enforce")
_APPROVAL_ENDS: Final = ("stop", "hold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who answers for a tenant's spend."""

    team: str
    email: str
    cost_centre: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantPolicy:
    """One tenant's limit, thresholds and mode. Percentages are of the monthly limit.

    Attributes:
        monthly_limit_usd: The limit of a calendar month in UTC.
        alert_percentages: Where warnings are sent, ascending.
        approval_on_timeout: `stop` or `hold`.
        daily_cap_usd: The cap of a UTC day; None: no cap.
        cool_down_minutes: After how long a latched stop ends by itself; None: never.
        retired: Whether the tenant is being taken down: everything is let go of.
        api_key_users: ARNs of IAM users whose Bedrock API keys a stop deactivates.
    """

    tenant: str
    display_name: str
    owner: Owner | None
    monthly_limit_usd: Decimal
    alert_percentages: tuple[Decimal, ...]
    stop_percentage: Decimal
    hard_cap_percentage: Decimal
    mode: str
    guard: str
    approval_timeout_minutes: int
    approval_on_timeout: str
    daily_cap_usd: Decimal | None
    cool_down_minutes: int | None
    budget_name: str
    alert_topic_arn: str
    suspension_policy_arn: str
    retired: bool
    api_key_users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileEntry:
    """One alias of a tenant and where it leads.

    Attributes:
        metered: Whether token counts price its calls; False: its spend is reported as unmetered.
        rates: What its tokens cost; None where no price is known.
        price_source: Where the price comes from; empty without a price.
        price_as_of: The day the price stood; None without one, or if it was undated.
        hourly_cap_usd: The cap its burst alarm watches; None: no alarm.
        burst_alarm_name: That alarm; None: no alarm.
        canary: Whether it is the short-lived profile of a drill, which nobody calls.
        replaced_at: Since when the alias leads to another profile; None: it leads to this one.
    """

    tenant: str
    alias: str
    base_model_id: str
    model_source: str
    region: str
    profile_arn: str
    profile_id: str
    metered: bool
    rates: RateTable | None
    price_source: str
    price_as_of: date | None
    hourly_cap_usd: Decimal | None
    burst_alarm_name: str | None
    canary: bool = False
    replaced_at: datetime | None = None

    @property
    def key(self) -> str:
        """What a tenant's state calls it: the alias, with the id of a profile that was replaced."""
        return self.alias if self.replaced_at is None else f"{self.alias}/{self.profile_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One role that may call a tenant's profiles, and the tenants it also serves."""

    tenant: str
    role_arn: str
    shared_with: tuple[str, ...]

    @property
    def role_name(self) -> str:
        """The role's name without its path, as IAM's API takes it."""
        return self.role_arn.rpartition("/")[2]


def parse_policy(tenant: str, entry: Mapping[str, Any]) -> TenantPolicy:
    """Return a tenant's policy; what an older schema lacks has the documented default.

    Raises:
        EntryError: If a value is missing or is not what it must be.
    """
    approval = mapping_of(_given(entry, "approval", {}), "approval")
    percentages = entry.get("alert_percentages", [75, 90])
    if not isinstance(percentages, list):
        raise EntryError(f"alert_percentages must be a list, got {percentages!r}")
    limit = decimal_of(entry.get("monthly_limit_usd"), "monthly_limit_usd")
    if limit <= 0:
        raise EntryError(f"monthly_limit_usd must be > 0, got {limit}")
    return TenantPolicy(
        tenant=tenant,
        display_name=text_of(_given(entry, "display_name", tenant), "display_name"),
        owner=_parse_owner(entry.get("owner")),
        monthly_limit_usd=limit,
        alert_percentages=tuple(sorted(_percentage(p, "alert_percentages") for p in percentages)),
        stop_percentage=_percentage(entry.get("stop_percentage", 100), "stop_percentage"),
        hard_cap_percentage=_percentage(
            entry.get("hard_cap_percentage", 120), "hard_cap_percentage"
        ),
        mode=choice_of(entry.get("mode", "shadow"), MODES, "mode"),
        guard=choice_of(entry.get("guard", "observe"), GUARDS, "guard"),
        approval_timeout_minutes=whole_number_of(
            approval.get("timeout_minutes", 60), "approval.timeout_minutes"
        ),
        approval_on_timeout=choice_of(
            approval.get("on_timeout", "stop"), _APPROVAL_ENDS, "approval.on_timeout"
        ),
        daily_cap_usd=_cap(entry.get("daily_cap_usd"), "daily_cap_usd"),
        cool_down_minutes=None
        if entry.get("cool_down_minutes") is None
        else whole_number_of(entry["cool_down_minutes"], "cool_down_minutes"),
        budget_name=text_of(entry.get("budget_name"), "budget_name"),
        alert_topic_arn=text_of(entry.get("alert_topic_arn"), "alert_topic_arn"),
        suspension_policy_arn=text_of(entry.get("suspension_policy_arn"), "suspension_policy_arn"),
        retired=flag_of(entry.get("retired", False), "retired"),
        api_key_users=_users(entry.get("api_key_users", [])),
    )


def parse_profile(tenant: str, alias: str, entry: Mapping[str, Any]) -> ProfileEntry:
    """Return one alias of a tenant.

    Raises:
        EntryError: If a value is missing or is not what it must be.
    """
    price = None if entry.get("price") is None else mapping_of(entry["price"], "price")
    alarm = entry.get("burst_alarm_name")
    return ProfileEntry(
        tenant=tenant,
        alias=alias,
        base_model_id=text_of(entry.get("base_model_id"), "base_model_id"),
        model_source=text_of(entry.get("model_source"), "model_source"),
        region=text_of(entry.get("region"), "region"),
        profile_arn=text_of(entry.get("profile_arn"), "profile_arn"),
        profile_id=text_of(entry.get("profile_id"), "profile_id"),
        metered=flag_of(entry.get("metered", True), "metered"),
        rates=None if price is None else parse_rate_table(price),
        price_source="" if price is None else text_of(price.get("source"), "price.source"),
        price_as_of=None if price is None else _day(price.get("as_of"), "price.as_of"),
        hourly_cap_usd=_cap(entry.get("hourly_cap_usd"), "hourly_cap_usd"),
        burst_alarm_name=None if alarm is None else text_of(alarm, "burst_alarm_name"),
        canary=flag_of(entry.get("canary", False), "canary"),
    )


def parse_replaced(tenant: str, name: str, entry: Mapping[str, Any]) -> ProfileEntry:
    """Return a profile that an alias led to before.

    Args:
        tenant: The tenant.
        name: The end of the entry's path: alias and profile id.
        entry: What the alias's entry said then, and `replaced_at`.

    Raises:
        EntryError: If a value is missing or is not what it must be.
    """
    alias, _, profile_id = name.partition("/")
    found = replace(
        parse_profile(tenant, alias, entry),
        hourly_cap_usd=None,
        burst_alarm_name=None,
        replaced_at=_instant(entry.get("replaced_at"), "replaced_at"),
    )
    if found.profile_id != profile_id:
        raise EntryError(f"profile_id must be {profile_id!r}, got {found.profile_id!r}")
    return found


def parse_caller(tenant: str, entry: Mapping[str, Any]) -> Caller:
    """Return one caller role of a tenant.

    Raises:
        EntryError: If a value is missing or is not what it must be.
    """
    shared = _given(entry, "shared_with", [])
    if not isinstance(shared, list):
        raise EntryError(f"shared_with must be a list, got {shared!r}")
    return Caller(
        tenant=tenant,
        role_arn=text_of(entry.get("role_arn"), "role_arn"),
        shared_with=tuple(text_of(other, "shared_with") for other in shared),
    )


def _given(entry: Mapping[str, Any], key: str, default: object) -> object:
    value = entry.get(key)
    return default if value is None else value


def _parse_owner(value: object) -> Owner | None:
    if value is None:
        return None
    owner = mapping_of(value, "owner")
    return Owner(
        team=text_of(owner.get("team"), "owner.team"),
        email=text_of(owner.get("email"), "owner.email"),
        cost_centre=text_of(owner.get("cost_centre"), "owner.cost_centre"),
    )


def _users(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise EntryError(f"api_key_users must be a list, got {value!r}")
    return tuple(text_of(each, "api_key_users") for each in value)


def _percentage(value: object, where: str) -> Decimal:
    percentage = decimal_of(value, where)
    if percentage <= 0:
        raise EntryError(f"{where} must be > 0, got {value!r}")
    return percentage


def _cap(value: object, where: str) -> Decimal | None:
    if value is None:
        return None
    cap = decimal_of(value, where)
    if cap <= 0:
        raise EntryError(f"{where} must be > 0, got {value!r}")
    return cap


def _day(value: object, where: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(text_of(value, where))
    except ValueError:
        raise EntryError(f"{where} must be YYYY-MM-DD, got {value!r}") from None


def _instant(value: object, where: str) -> datetime:
    try:
        return datetime.fromisoformat(text_of(value, where)).astimezone(UTC)
    except ValueError:
        raise EntryError(f"{where} must be an ISO 8601 instant, got {value!r}") from None
