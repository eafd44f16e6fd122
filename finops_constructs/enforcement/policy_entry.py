"""The registry entry by which the kill switch knows a tenant."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from aws_cdk import aws_ssm as ssm
from constructs import Construct, IConstruct

from finops_constructs._validation import invalid
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.controls.scope import TenantScope
from finops_constructs.enforcement.modes import Mode, OnTimeout
from finops_constructs.enforcement.registry import define_entry, money, policy_path
from finops_constructs.enforcement.tenant_guard import TenantGuard

_Choice = TypeVar("_Choice", bound=StrEnum)
_SUPPORTS: Final = {
    Control.BUDGET_BY_TAG: "It names the tenant's budget and who is told at which percentage",
    Control.CALLERS_GUARDED: "It says whether the callers carry the standing deny",
    Control.OWNER_NAMED: "It names the tenant's owner",
    Control.STOP_ENFORCED: "It says what the switch does at the limit",
    Control.USE_CAN_BE_STOPPED: "It puts the tenant under the switch",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantOwner:
    """Who answers for a tenant's spend.

    Attributes:
        team: The team.
        email: Its address.
        cost_centre: The cost centre that pays.
    """

    team: str
    email: str
    cost_centre: str


def define_policy_entry(
    scope: Construct,
    *,
    guard: TenantGuard,
    mode: Mode,
    display_name: str,
    owner: TenantOwner | None,
    monthly_limit_usd: Decimal | float,
    alert_percentages: Sequence[float],
    stop_percentage: float,
    hard_cap_percentage: float,
    approval_timeout_minutes: int,
    approval_on_timeout: OnTimeout,
    daily_cap_usd: Decimal | float | None,
    cool_down_minutes: int | None,
    budget_name: str,
    alert_topic_arn: str,
    cost_tags: Mapping[str, str],
    api_key_users: Sequence[str],
    regulation: TenantScope | None,
) -> ssm.CfnParameter:
    """Define a tenant's policy entry: limit, thresholds, mode, owner, where to find the rest.

    The arguments are those of `CostBudget`.
    """
    entry = define_entry(
        scope,
        "PolicyEntry",
        path=policy_path(guard.tenant),
        description=f"Limit, mode and owner of tenant {guard.tenant}",
        value={
            "tenant": guard.tenant,
            "display_name": display_name,
            "owner": asdict(owner) if owner else None,
            "monthly_limit_usd": money(monthly_limit_usd),
            "alert_percentages": list(alert_percentages),
            "stop_percentage": stop_percentage,
            "hard_cap_percentage": hard_cap_percentage,
            "mode": mode.value,
            "guard": guard.guard.value,
            "approval": {
                "timeout_minutes": approval_timeout_minutes,
                "on_timeout": approval_on_timeout.value,
            },
            "daily_cap_usd": money(daily_cap_usd),
            "cool_down_minutes": cool_down_minutes,
            "cost_tags": dict(cost_tags),
            # A parameter has 4 KB: what few tenants have is written for them alone.
            **({"api_key_users": list(api_key_users)} if api_key_users else {}),
            **({"allowed_models": list(allowed)} if (allowed := guard.exempt_models) else {}),
        },
        references={
            "budget_name": budget_name,
            "alert_topic_arn": alert_topic_arn,
            "suspension_policy_arn": guard.suspension_policy_arn,
        },
    )
    declare(entry, _SUPPORTS, scope=regulation)
    return entry


def parse_mode(construct: IConstruct, mode: Mode | str) -> Mode:
    """Return the mode, or raise ValueError naming the allowed ones."""
    return _parse(construct, "mode", Mode, mode)


def parse_on_timeout(construct: IConstruct, on_timeout: OnTimeout | str) -> OnTimeout:
    """Return what happens without an answer, or raise ValueError naming what may."""
    return _parse(construct, "approval_on_timeout", OnTimeout, on_timeout)


def _parse(construct: IConstruct, name: str, kind: type[_Choice], given: str) -> _Choice:
    try:
        return kind(given)
    except ValueError:
        allowed = ", ".join(kind)
        raise invalid(construct, f"{name} must be one of {allowed}, got {given!r}") from None
