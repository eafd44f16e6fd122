"""One tenant: its profiles, budget, alerts and guard."""

from aws_cdk import Environment, Stack
from constructs import Construct

from finops_constructs._place import Uploads, place_of, settle_stack
from finops_constructs._sheet import sheet
from finops_constructs.attribution.application_inference_profile import (
    ApplicationInferenceProfile,
)
from finops_constructs.attribution.cost_tags import CostTags
from finops_constructs.attribution.profile import InferenceProfile
from finops_constructs.attribution.profile_metrics import CacheMetricNames
from finops_constructs.budgets.alert_key import PLATFORM_KEY_ALIAS
from finops_constructs.budgets.alert_topic import AlertTopic
from finops_constructs.budgets.cost_budget import CostBudget
from finops_constructs.config.platform import PlatformConfig
from finops_constructs.config.tenant import Model, TenantConfig
from finops_constructs.enforcement.burst_alarm import BurstAlarm
from finops_constructs.enforcement.policy_entry import TenantOwner
from finops_constructs.enforcement.statements import GuardExemptions
from finops_constructs.enforcement.tenant_guard import TenantGuard
from finops_constructs.prices.price_list import PriceList
from finops_constructs.stacks import settings


class TenantStack(Stack):
    """Defines everything of one tenant; deployed beside the `PlatformStack` of its Region.

    Attributes:
        profiles: Alias -> profile.
        budget: The tenant's budget.
    """

    profiles: dict[str, InferenceProfile]
    budget: CostBudget

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tenant: TenantConfig,
        platform: PlatformConfig,
        prices: PriceList,
    ) -> None:
        """Define the tenant.

        Args:
            scope: The app or stage.
            id: The stack's name.
            tenant: The tenant.
            platform: What holds for every tenant.
            prices: The price list, with the organisation's own prices in it.
        """
        super().__init__(
            scope,
            id,
            description=f"Bedrock for {tenant.display_name}, tagged, budgeted and guarded",
            env=Environment(account=tenant.account, region=tenant.region),
            synthesizer=settings.synthesizer(platform),
        )
        qualifier = platform.landing_zone.cdk_qualifier
        settle_stack(self, scope, id, Uploads(qualifier, tenant.account, tenant.region))
        zone = settings.landing_zone(platform, account=tenant.account, region=tenant.region)
        zone.apply(self, within=scope)
        self._platform, self._prices = platform, prices
        with sheet(self):
            self._define(tenant)
        settings.acknowledge(self, tenant.acknowledge)

    def _define(self, tenant: TenantConfig) -> None:
        tags = settings.cost_tags(tenant, self._platform)
        guard = TenantGuard.of(self, tenant.id, guard=tenant.guard)
        guard.exempt(_exemptions(tenant))
        self.profiles = {
            alias: self._profile(alias, model, tenant.id, tags)
            for alias, model in tenant.models.items()
        }
        self.budget = self._budget(tenant, tags)
        self._watch_bursts(tenant)
        for caller in tenant.callers:
            guard.grant_invoke_to_given(
                caller.role_arn, list(self.profiles.values()), shared_with=caller.shared_with
            )

    def _profile(self, alias: str, model: Model, tenant: str, tags: CostTags) -> InferenceProfile:
        names = self._platform.cache_metrics
        cache = CacheMetricNames(names.read, names.write)
        if model.profile_arn is not None:
            adopted = ApplicationInferenceProfile.from_profile_arn(
                self,
                f"Profile-{alias}",
                profile_arn=model.profile_arn,
                tenant=tenant,
                alias=alias,
                model=model.model,
                metered=model.metered,
                price=model.price,
                prices=self._prices,
                cache_metrics=cache,
            )
            adopted.adopt(tags)
            return adopted
        return ApplicationInferenceProfile(
            self,
            f"Profile-{alias}",
            tenant=tenant,
            alias=alias,
            cost_tags=tags,
            model=model.model,
            description=model.description,
            metered=model.metered,
            price=model.price,
            prices=self._prices,
            cache_metrics=cache,
        )

    def _budget(self, tenant: TenantConfig, tags: CostTags) -> CostBudget:
        alerts = AlertTopic(
            self,
            "Alerts",
            emails=list(dict.fromkeys([tenant.owner.email, *tenant.alerts.emails])),
            slack=settings.slack_channels(tenant.alerts),
            teams=settings.teams_channels(tenant.alerts),
            key_arn=place_of(self).arn("kms", PLATFORM_KEY_ALIAS),
        )
        budget = tenant.budget
        return CostBudget(
            self,
            "Budget",
            tenant=tenant.id,
            cost_tags=tags,
            monthly_limit_usd=budget.monthly_limit_usd,
            alerts=alerts,
            alert_percentages=budget.alert_percentages,
            stop_percentage=budget.stop_percentage,
            hard_cap_percentage=budget.hard_cap_percentage,
            daily_cap_usd=tenant.caps.daily_usd,
            approval_timeout_minutes=tenant.approval.timeout_minutes,
            approval_on_timeout=tenant.approval.on_timeout,
            cool_down_minutes=tenant.cool_down_minutes,
            forecast_alert=budget.forecast_alert,
            mode=tenant.mode,
            owner=TenantOwner(**tenant.owner.model_dump()),
            display_name=tenant.display_name,
            adopt_budget=budget.adopt_budget,
            tag_key_prefix=self._platform.budgets.tag_key_prefix,
            api_key_users=tenant.api_key_users,
            regulation=settings.regulation(tenant),
        )

    def _watch_bursts(self, tenant: TenantConfig) -> None:
        for alias, profile in self.profiles.items():
            if profile.rates is None or profile.rates.is_free:
                continue
            BurstAlarm(
                self,
                f"Burst-{alias}",
                profile=profile,
                budget=self.budget,
                hourly_cap_usd=tenant.models[alias].hourly_cap_usd or tenant.caps.hourly_usd,
            )


def _exemptions(tenant: TenantConfig) -> GuardExemptions:
    allow = tenant.allow
    return GuardExemptions(
        mantle=allow.mantle,
        api_keys=allow.api_keys,
        batch_jobs=allow.batch_jobs,
        models=tuple(allow.models),
    )
