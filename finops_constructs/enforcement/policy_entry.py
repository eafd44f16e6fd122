"""The registry entry by which the kill switch knows a tenant."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from aws_cdk import Token
from aws_cdk import aws_ssm as ssm
from constructs import Construct, IConstruct

from finops_constructs._tokens import is_unresolved
from finops_constructs._validation import invalid
from finops_constructs.enforcement.modes import Mode
from finops_constructs.enforcement.registry import define_entry, policy_path
from finops_constructs.enforcement.tenant_guard import TenantGuard


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
    budget_name: str,
    alert_topic_arn: str,
    cost_tags: Mapping[str, str],
) -> ssm.CfnParameter:
    """Define a tenant's policy entry: limit, thresholds, mode, owner, where to find the rest.

    The arguments are those of `CostBudget`.
    """
    limit = monthly_limit_usd
    return define_entry(
        scope,
        "PolicyEntry",
        path=policy_path(guard.tenant),
        description=f"Limit, mode and owner of tenant {guard.tenant}",
        value={
            "tenant": guard.tenant,
            "display_name": display_name,
            "owner": asdict(owner) if owner else None,
            "monthly_limit_usd": Token.as_string(limit) if is_unresolved(limit) else str(limit),
            "alert_percentages": list(alert_percentages),
            "stop_percentage": stop_percentage,
            "mode": mode.value,
            "guard": guard.guard.value,
            "cost_tags": dict(cost_tags),
        },
        references={
            "budget_name": budget_name,
            "alert_topic_arn": alert_topic_arn,
            "suspension_policy_arn": guard.suspension_policy_arn,
        },
    )


def parse_mode(construct: IConstruct, mode: Mode | str) -> Mode:
    """Return the mode, or raise ValueError naming the allowed ones."""
    try:
        return Mode(mode)
    except ValueError:
        allowed = ", ".join(Mode)
        raise invalid(construct, f"mode must be one of {allowed}, got {mode!r}") from None
