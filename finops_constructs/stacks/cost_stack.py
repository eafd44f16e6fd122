"""Where the bill is asked: the lake, the tags, the reports, the reconciliation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Environment, Stack
from aws_cdk import aws_kms as kms

from finops_constructs.attribution.cost_tags import ENVIRONMENT_KEY, PROJECT_KEY, TOOL_KEY
from finops_constructs.budgets.alert_key import AlertKey
from finops_constructs.budgets.alert_topic import AlertTopic
from finops_constructs.cost_lake.cost_allocation_tags import CostAllocationTags
from finops_constructs.cost_lake.cost_lake import CostLake
from finops_constructs.cost_lake.export_bucket import (
    ExportBucket,
    ExportDestination,
    cost_data_bucket,
)
from finops_constructs.cost_lake.monthly_report import MonthlyReport
from finops_constructs.cost_lake.reconciliation import PlatformPlace, Reconciliation
from finops_constructs.cost_lake.tag_activation_role import ROLE_NAME
from finops_constructs.stacks import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from finops_constructs.config.cost_data import Billing
    from finops_constructs.config.platform import PlatformConfig
    from finops_constructs.config.tenant import TenantConfig
    from finops_constructs.prices.price_list import PriceList

_TENANT_KEY = "finops:tenant"


class CostStack(Stack):
    """Defines the bucket of the exports, the cost lake and what asks it.

    In any account and Region; by default in the payer account.

    Attributes:
        lake: The cost lake; `grant_query` lets people ask it.
        destination: Where the exports go.
        tag_activation: The activation of tags; None in a member account, or where it is not wanted.
        reconciliation: The daily job.
        report: The monthly report; None where it is not wanted.
    """

    lake: CostLake
    destination: ExportDestination
    tag_activation: CostAllocationTags | None
    reconciliation: Reconciliation
    report: MonthlyReport | None

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        platform: PlatformConfig,
        billing: Billing,
        account: str,
        tenants: Sequence[TenantConfig],
        prices: PriceList,
    ) -> None:
        """Define the stack.

        Args:
            scope: The app or stage.
            id: The stack's name.
            platform: The organisation's settings.
            billing: Its settings of the bill.
            account: AWS account id.
            tenants: Every tenant: their limits are the budgets of reports, and their accounts and
                Regions are told what was billed.
            prices: The price list, with the organisation's own prices in it.
        """
        region = billing.lake_region
        super().__init__(
            scope,
            id,
            description=f"Amazon Bedrock cost data: lake and reports of {platform.organization}",
            env=Environment(account=account, region=region),
            synthesizer=settings.synthesizer(platform),
        )
        zone = settings.landing_zone(platform, account=account, region=region)
        zone.apply(self)
        self._platform, self._billing = platform, billing
        bucket = ExportBucket(
            self,
            "Exports",
            payer_account=billing.export_account or billing.payer_account,
            # The billing stack, of another account, has to know it.
            bucket_name=cost_data_bucket(zone.name_prefix, account, region),
            ledger_accounts=[tenant.account for tenant in tenants],
        )
        self.destination = bucket.destination
        self.lake = CostLake(
            self,
            "Lake",
            exports=bucket,
            prices=prices,
            budgets={each.id: each.budget.monthly_limit_usd for each in tenants},
            broad_values=sorted(settings.broad_values(platform.attribution)),
            extra_tag_key=platform.attribution.extra_tag_key,
            scan_limit_gib=billing.scan_limit_gib,
        )
        key = self._key(zone.kms_key_arn)
        alerts = AlertTopic(
            self,
            "Alerts",
            emails=platform.alerts.emails,
            slack=settings.slack_channels(platform.alerts),
            teams=settings.teams_channels(platform.alerts),
            key=key,
            wake=False,
        )
        self.tag_activation = self._tags(alerts)
        platforms = [PlatformPlace(account=t.account, region=t.region) for t in tenants]
        self.reconciliation = Reconciliation(
            self,
            "Reconciliation",
            lake=self.lake,
            platforms=platforms,
            alerts=alerts,
        )
        self.report = self._report(key, platforms)
        settings.acknowledge(self, platform.acknowledge)

    def _tags(self, alerts: AlertTopic) -> CostAllocationTags | None:
        billing, platform = self._billing, self._platform
        if not billing.activate_tags or billing.export_account not in {None, billing.payer_account}:
            return None
        extra = platform.attribution.extra_tag_key
        zone = platform.landing_zone
        role = f"{zone.role_path}{zone.name_prefix}{ROLE_NAME}"
        return CostAllocationTags(
            self,
            "CostAllocationTags",
            tag_keys=[
                *(ENVIRONMENT_KEY, PROJECT_KEY, TOOL_KEY, _TENANT_KEY),
                *([extra] if extra else []),
            ],
            payer_role_arn=f"arn:{self.partition}:iam::{billing.payer_account}:role{role}",
            alerts=alerts,
            backfill_from=billing.backfill_from,
        )

    def _key(self, existing_arn: str | None) -> kms.IKey:
        if existing_arn is None:
            return AlertKey(self, "Key").key
        return kms.Key.from_key_arn(self, "ExistingKey", existing_arn)

    def _report(self, key: kms.IKey, platforms: Sequence[PlatformPlace]) -> MonthlyReport | None:
        wanted = self._platform.reporting.monthly
        if wanted is None:
            return None
        readers = AlertTopic(self, "Readers", emails=wanted.emails, key=key, wake=False)
        return MonthlyReport(
            self,
            "MonthlyReport",
            lake=self.lake,
            readers=readers,
            key=key,
            organization=self._platform.organization,
            platforms=platforms,
            working_day=wanted.working_day,
            holidays=wanted.holidays,
        )
