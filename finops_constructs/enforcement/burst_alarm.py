"""The alarm on one alias's spend of the last minutes, independent of the log."""

from decimal import Decimal
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from finops_constructs._sheet import define
from finops_constructs._shell import Shell
from finops_constructs._validation import invalid, require_literal
from finops_constructs.attribution import profile_metrics
from finops_constructs.attribution.profile import InferenceProfile
from finops_constructs.budgets.cost_budget import CostBudget
from finops_constructs.budgets.limits import check_limit
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.prices.model_price import Rates

_RUNBOOK: Final = "docs/runbooks/burst.md"
_PERIOD_MINUTES: Final = 5
_PERIODS_PER_HOUR: Final = 60 // _PERIOD_MINUTES
# CloudWatch looks every minute at the 5 minutes before it, of which the last two may not be
# published yet and then count as nothing. The older of two periods is complete: with one period
# only, a steady burst of up to 5/3 of the cap would never be seen.
_PERIODS, _PERIODS_TO_ALARM = 2, 1


class BurstAlarm(Shell):
    """Defines the burst alarm of one alias: what its tokens cost in 5 minutes, against a cap.

    It reads CloudWatch's own token counts, so it works while the log path is silent. It tells the
    tenant's alert topic, which wakes the kill switch; that stops this alias only. Each token kind
    that has a price costs $0.10 a month. An unmetered alias cannot have one.

    Example:
        BurstAlarm(stack, "Burst", profile=model, budget=budget)

    Attributes:
        alarm_name: `finops-burst-<region>-<tenant>-<alias>`.
        hourly_cap_usd: The cap, USD an hour.
    """

    alarm_name: str
    hourly_cap_usd: Decimal | float

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        profile: InferenceProfile,
        budget: CostBudget,
        hourly_cap_usd: Decimal | float | None = None,
    ) -> None:
        """Define the alarm, and enter it in the alias's registry entry.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            profile: The alias; its registry entry must be of this stack.
            budget: The budget of its tenant; its alerts tell of the alarm.
            hourly_cap_usd: USD an hour. Default: the monthly limit / 24, the
                month's money in a day.

        Raises:
            ValueError: If profile and budget are of two tenants, the profile is unmetered or
                registered by another stack, or the cap is no sum known at synthesis.
        """
        super().__init__(scope, id)
        entry = profile.entry
        if entry is None:
            raise invalid(self, "another stack registers the profile: define its burst alarm there")
        if profile.tenant != budget.tenant:
            raise invalid(
                self, f"the profile is {profile.tenant!r}'s, the budget {budget.tenant!r}'s"
            )
        if hourly_cap_usd is None:
            hourly_cap_usd = budget.default_hourly_cap_usd()
        check_limit(self, hourly_cap_usd, name="hourly_cap_usd")
        require_literal(self, "hourly_cap_usd", hourly_cap_usd, "the threshold is computed from it")
        self.hourly_cap_usd = hourly_cap_usd
        self.alarm_name = f"finops-burst-{profile.place.region}-{profile.tenant}-{profile.alias}"
        alarm = define(
            cloudwatch.CfnAlarm,
            self,
            "Resource",
            alarm_actions=[budget.alerts.topic_arn],
            alarm_description=(
                f"Tenant {profile.tenant}, alias {profile.alias}: the tokens of {_PERIOD_MINUTES} "
                f"minutes cost more than a twelfth of the hourly cap of {hourly_cap_usd:,.2f} USD. "
                f"Runbook: {_RUNBOOK}"
            ),
            alarm_name=self.alarm_name,
            comparison_operator="GreaterThanThreshold",
            datapoints_to_alarm=_PERIODS_TO_ALARM,
            evaluation_periods=_PERIODS,
            metrics=profile_metrics.cost_queries(
                profile.profile_id,
                _rates(self, profile),
                cache=profile.cache_metrics,
                period_seconds=_PERIOD_MINUTES * 60,
            ),
            threshold=float(Decimal(str(hourly_cap_usd)) / _PERIODS_PER_HOUR),
            # No data is no traffic, and no traffic costs nothing.
            treat_missing_data="notBreaching",
        )
        why = "It tells the tenant of a burst of this alias within minutes"
        declare(alarm, {Control.SPEND_WATCHED: why}, tenant=profile.tenant)
        entry.watch(hourly_cap_usd=hourly_cap_usd, burst_alarm_name=self.alarm_name)


def _rates(construct: Construct, profile: InferenceProfile) -> Rates:
    if profile.rates is None or profile.rates.is_free:
        why = "is not metered" if profile.rates is None else "is free"
        raise invalid(construct, f"alias {profile.alias!r} {why}: there is no spend to watch")
    return profile.rates
