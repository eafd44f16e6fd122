"""The registry entry by which the kill switch knows a tenant."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from aws_cdk import Token
from constructs import Construct, IConstruct

from finops_constructs._place import place_of
from finops_constructs._tokens import is_unresolved
from finops_constructs._validation import invalid
from finops_constructs.enforcement.modes import Mode
from finops_constructs.enforcement.registry import RegistryEntry, policy_path
from finops_constructs.enforcement.suspension_policy import suspension_policy_arn
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


class PolicyEntry(Construct):
    """Defines a tenant's policy entry: limit, thresholds, mode, owner, where to find the rest."""

    def __init__(
        self,
        scope: Construct,
        id: str,
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
    ) -> None:
        """Define the entry; see `CostBudget` for what the arguments mean."""
        super().__init__(scope, id)
        limit = monthly_limit_usd
        RegistryEntry(
            self,
            "Entry",
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
                "budget_name": budget_name,
                "alert_topic_arn": alert_topic_arn,
                "suspension_policy_arn": suspension_policy_arn(place_of(self), guard.tenant),
                "cost_tags": dict(cost_tags),
            },
        )


def parse_mode(construct: IConstruct, mode: Mode | str) -> Mode:
    """Return the mode, or raise ValueError naming the allowed ones."""
    try:
        return Mode(mode)
    except ValueError:
        allowed = ", ".join(Mode)
        raise invalid(construct, f"mode must be one of {allowed}, got {mode!r}") from None
