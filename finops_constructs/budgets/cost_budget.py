"""A tenant's monthly budget, which is also its entry in the guard's books."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from aws_cdk import aws_budgets as budgets
from constructs import Construct

from finops_constructs._sheet import define, struct
from finops_constructs._shell import Shell
from finops_constructs._validation import require_literal
from finops_constructs.attribution.cost_tags import CostTags
from finops_constructs.budgets.alert_topic import AlertTopic
from finops_constructs.budgets.limits import (
    check_hard_cap,
    check_limit,
    check_minutes,
    check_percentages,
)
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.controls.scope import TenantScope
from finops_constructs.enforcement.modes import Guard, Mode, OnTimeout
from finops_constructs.enforcement.policy_entry import (
    TenantOwner,
    define_policy_entry,
    parse_mode,
    parse_on_timeout,
)
from finops_constructs.enforcement.statements import TENANT_TAG
from finops_constructs.enforcement.tenant_guard import TenantGuard

DEFAULT_ALERT_PERCENTAGES: Final = (75, 90)
_HOURS_OF_A_MONTHS_MONEY: Final = 24
_CENT: Final = Decimal("0.01")


class CostBudget(Shell):
    """Defines one tenant's monthly AWS budget, filtered by its cost tags, and its policy entry.

    The filter is by tag, never by service: Claude and other Marketplace models are billed as
    services of their own. Credits and refunds are left out, so that they do not mask spend. People
    are told of actual spend at the alert percentages and the stop percentage, and of a forecast
    above the limit. AWS updates budgets every 8 to 12 hours: this is the slow, true tier.

    The budget has no name of its own: a change of its notifications replaces it, and a fixed name
    would collide.

    Attributes:
        tenant: The tenant's id.
        alerts: Where the tenant's alerts go.
        monthly_limit_usd: USD per calendar month (UTC); may be a token.
    """

    tenant: str
    alerts: AlertTopic
    monthly_limit_usd: Decimal | float

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tenant: str,
        cost_tags: CostTags,
        monthly_limit_usd: Decimal | float,
        alerts: AlertTopic,
        alert_percentages: Sequence[float] = DEFAULT_ALERT_PERCENTAGES,
        stop_percentage: float = 100,
        hard_cap_percentage: float = 120,
        daily_cap_usd: Decimal | float | None = None,
        approval_timeout_minutes: int = 60,
        approval_on_timeout: OnTimeout | str = OnTimeout.STOP,
        cool_down_minutes: int | None = None,
        forecast_alert: bool = True,
        mode: Mode | str = Mode.SHADOW,
        guard: Guard | str | None = None,
        owner: TenantOwner | None = None,
        display_name: str | None = None,
        adopt_budget: str | None = None,
        tag_key_prefix: str = "",
        api_key_users: Sequence[str] = (),
        regulation: TenantScope | None = None,
    ) -> None:
        """Define the budget and the tenant's policy entry.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            tenant: The tenant's id.
            cost_tags: The tenant's cost tags; all of them must match.
            monthly_limit_usd: USD per calendar month (UTC); may be a token.
            alerts: Where alerts go.
            alert_percentages: Actual spend at which people are told, in percent of the limit.
                Default: 75 and 90.
            stop_percentage: Spend at which the tenant is stopped, in percent of the limit.
                Default: 100.
            hard_cap_percentage: Spend at which `mode="approve"` stops without an answer, in percent
                of the limit. Default: 120.
            daily_cap_usd: USD a day (UTC) at which the tenant is stopped until a person resumes it;
                may be a token. Default: no daily cap.
            approval_timeout_minutes: How long `mode="approve"` waits for an answer. Default: 60.
            approval_on_timeout: Without one, `stop` the tenant, or `hold` up to the hard cap.
                Default: `stop`.
            cool_down_minutes: When a stop by a cap ends by itself, at most once a day. Default:
                only a person resumes.
            forecast_alert: Tell people of a forecast above the limit. Default: True.
            mode: What the kill switch does at the limit. Default: `shadow`, which touches nothing.
            guard: Whether callers carry the standing deny. Default: what an earlier construct of
                the tenant said, else `enforce`.
            owner: Who answers for the spend. Default: nobody is named.
            display_name: Default: the tenant's id.
            adopt_budget: Name of an existing budget to use instead of defining one; it keeps its
                own limit, filter and notifications. Default: one is defined.
            tag_key_prefix: Prefix of tag keys in the filter; AWS's documents leave open whether
                `user:` is needed. Default: none.
            api_key_users: ARNs of IAM users whose Bedrock API keys are deactivated while the tenant
                is stopped; each must carry the tag `finops:tenant`. Default: none.
            regulation: What is declared about the tenant and the law, for `finops evidence`.
                Default: nothing, which leaves its clauses to a person.

        Raises:
            ValueError: If a limit or percentage makes no sense, saying what does.
        """
        super().__init__(scope, id)
        check_limit(self, monthly_limit_usd)
        check_percentages(self, alert_percentages, stop_percentage)
        check_hard_cap(self, hard_cap_percentage, stop_percentage)
        if daily_cap_usd is not None:
            check_limit(self, daily_cap_usd, name="daily_cap_usd")
        check_minutes(self, "approval_timeout_minutes", approval_timeout_minutes)
        check_minutes(self, "cool_down_minutes", cool_down_minutes)
        self.tenant, self.alerts, self.monthly_limit_usd = tenant, alerts, monthly_limit_usd
        tenant_guard = TenantGuard.of(scope, tenant, guard=guard)
        tenant_guard.own(self, "budget")
        self._adopted = adopt_budget
        if adopt_budget is None:
            self._resource = define(
                budgets.CfnBudget,
                self,
                "Resource",
                budget=_budget_data(cost_tags, monthly_limit_usd, tag_key_prefix),
                notifications_with_subscribers=_notifications(
                    alerts.topic_arn, [*alert_percentages, stop_percentage], forecast_alert
                ),
                resource_tags=[
                    struct(budgets.CfnBudget.ResourceTagProperty, key=TENANT_TAG, value=tenant),
                    *(
                        struct(budgets.CfnBudget.ResourceTagProperty, key=key, value=value)
                        for key, value in cost_tags.values
                    ),
                ],
            )
            why = "It counts what carries the tenant's tags, and tells people in time"
            declare(self._resource, {Control.BUDGET_BY_TAG: why}, tenant=tenant)
        else:
            tags = {**cost_tags.as_dict(), TENANT_TAG: tenant}
            tenant_guard.release.adopt_budget(adopt_budget, tags)
        define_policy_entry(
            self,
            guard=tenant_guard,
            mode=parse_mode(self, mode),
            display_name=display_name or tenant,
            owner=owner,
            monthly_limit_usd=monthly_limit_usd,
            alert_percentages=alert_percentages,
            stop_percentage=stop_percentage,
            hard_cap_percentage=hard_cap_percentage,
            approval_timeout_minutes=approval_timeout_minutes,
            approval_on_timeout=parse_on_timeout(self, approval_on_timeout),
            daily_cap_usd=daily_cap_usd,
            cool_down_minutes=cool_down_minutes,
            budget_name=self.budget_name,
            alert_topic_arn=alerts.topic_arn,
            cost_tags=cost_tags.as_dict(),
            api_key_users=api_key_users,
            regulation=regulation,
        )
        tenant_guard.release.before(self)

    @property
    def budget_name(self) -> str:
        """The name CloudFormation gave the budget, or that of the adopted one."""
        return self._resource.ref if self._adopted is None else self._adopted

    def default_hourly_cap_usd(self) -> Decimal:
        """Return the hourly cap of an alias that has none of its own: the month's money in a day.

        USD per hour, rounded to the cent, at least one cent.

        Raises:
            ValueError: If the limit is known at deployment only.
        """
        why = "the hourly cap is computed from it; give hourly_cap_usd"
        require_literal(self, "monthly_limit_usd", self.monthly_limit_usd, why)
        hourly = Decimal(str(self.monthly_limit_usd)) / _HOURS_OF_A_MONTHS_MONEY
        return max(hourly.quantize(_CENT, ROUND_HALF_UP), _CENT)


def _budget_data(
    cost_tags: CostTags, limit: Decimal | float, tag_key_prefix: str
) -> budgets.CfnBudget.BudgetDataProperty:
    expression = budgets.CfnBudget.ExpressionProperty
    by_tag = [
        struct(
            expression,
            tags=struct(
                budgets.CfnBudget.TagValuesProperty,
                key=f"{tag_key_prefix}{key}",
                values=[value],
                match_options=["EQUALS"],
            ),
        )
        for key, value in cost_tags.values
    ]
    without_credits = struct(
        expression,
        not_=struct(
            expression,
            dimensions=struct(
                budgets.CfnBudget.ExpressionDimensionValuesProperty,
                key="RECORD_TYPE",
                values=["Credit", "Refund"],
                match_options=["EQUALS"],
            ),
        ),
    )
    return struct(
        budgets.CfnBudget.BudgetDataProperty,
        budget_type="COST",
        time_unit="MONTHLY",
        budget_limit=struct(budgets.CfnBudget.SpendProperty, amount=float(limit), unit="USD"),
        filter_expression=struct(expression, and_=[*by_tag, without_credits]),
        metrics=["UnblendedCost"],
    )


def _notifications(
    topic_arn: str,
    percentages: Sequence[float],
    forecast: bool,  # noqa: FBT001
) -> list[budgets.CfnBudget.NotificationWithSubscribersProperty]:
    thresholds: list[tuple[str, float]] = [("ACTUAL", p) for p in dict.fromkeys(percentages)]
    if forecast:
        thresholds.append(("FORECASTED", 100))
    return [
        struct(
            budgets.CfnBudget.NotificationWithSubscribersProperty,
            notification=struct(
                budgets.CfnBudget.NotificationProperty,
                comparison_operator="GREATER_THAN",
                notification_type=kind,
                threshold=threshold,
                threshold_type="PERCENTAGE",
            ),
            subscribers=[
                struct(
                    budgets.CfnBudget.SubscriberProperty, address=topic_arn, subscription_type="SNS"
                )
            ],
        )
        for kind, threshold in thresholds
    ]
