"""What all tenants of one account and Region share."""

from aws_cdk import Environment, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from finops_constructs.audit.audit_log import AuditLog
from finops_constructs.audit.auditor_role import AuditorRole
from finops_constructs.audit.invocation_logging import InvocationLogging
from finops_constructs.budgets.alert_key import PLATFORM_KEY_ALIAS, AlertKey
from finops_constructs.budgets.alert_topic import AlertTopic
from finops_constructs.config.audit_log import AuditLog as AuditLogConfig
from finops_constructs.config.audit_log_checks import declared_retention
from finops_constructs.config.platform import PlatformConfig
from finops_constructs.cost_lake.export_bucket import ExportDestination, cost_data_bucket
from finops_constructs.cost_lake.ledger_export import LedgerExport
from finops_constructs.enforcement.canary import PlatformCanary
from finops_constructs.enforcement.guard_alarms import GuardAlarms
from finops_constructs.enforcement.kill_switch import KillSwitch
from finops_constructs.enforcement.platform_dashboard import PlatformDashboard
from finops_constructs.enforcement.platform_release import PlatformRelease
from finops_constructs.enforcement.spend_meter import SpendMeter
from finops_constructs.enforcement.tenant_table import TenantTable
from finops_constructs.enforcement.wake_queue import WakeQueue
from finops_constructs.stacks import settings


class PlatformStack(Stack):
    """Defines the platform of one account and Region.

    Key, operator alerts, wake queue, the log of calls, spend meter, kill switch, the alarms on
    them, and a dashboard.

    Attributes:
        alerts: Where the platform team's own alerts go.
        wake_queue: What makes the kill switch look.
        meter: The spend meter.
        kill_switch: The kill switch; `grant_operate` lets people command it.
        canary: The daily self-test; None if there is none.
        audit_log: What fills the write-once log; None: there is none.
    """

    alerts: AlertTopic
    wake_queue: WakeQueue
    meter: SpendMeter
    kill_switch: KillSwitch
    audit_log: AuditLog | None
    canary: PlatformCanary | None

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        platform: PlatformConfig,
        account: str,
        region: str,
        canary_model: str | None = None,
    ) -> None:
        """Define the platform.

        Args:
            scope: The app or stage.
            id: The stack's name.
            platform: The organisation's settings.
            account: AWS account id.
            region: AWS Region.
            canary_model: What the self-test's profile is copied from; any model of the Region
                serves. Default: there is no self-test.
        """
        super().__init__(
            scope,
            id,
            description=f"FinOps guardrails for Amazon Bedrock: {platform.organization}, {region}",
            env=Environment(account=account, region=region),
            synthesizer=settings.synthesizer(platform),
        )
        zone = settings.landing_zone(platform, account=account, region=region)
        zone.apply(self)
        key = self._key(zone.kms_key_arn)
        self.wake_queue = WakeQueue(self, "WakeQueue")
        self.alerts = AlertTopic(
            self,
            "Alerts",
            emails=platform.alerts.emails,
            slack=settings.slack_channels(platform.alerts),
            teams=settings.teams_channels(platform.alerts),
            key=key,
            wake=False,
        )
        self.meter = SpendMeter(
            self,
            "SpendMeter",
            wake_queue=self.wake_queue,
            encryption_key=key,
            log_retention_days=platform.metering.log_retention_days,
        )
        self.kill_switch = KillSwitch(
            self,
            "KillSwitch",
            wake_queue=self.wake_queue,
            meter=self.meter,
            alerts=self.alerts,
            cost_account=platform.lake_account,
            replaced_idle_days=platform.attribution.replaced_idle_days,
        )
        self._export_ledger(platform, zone.name_prefix)
        self.audit_log = self._audit_log(platform.audit_log, key)
        InvocationLogging(
            self,
            "InvocationLogging",
            log_group=self.meter.log_group,
            overwrite=platform.metering.overwrite_invocation_logging,
            landing=self.audit_log.landing if self.audit_log else None,
            content=platform.audit_log.content if platform.audit_log else "none",
        )
        self.canary = self._canary(canary_model, platform.attribution.extra_tag_key)
        PlatformRelease(
            self,
            "Release",
            switch=self.kill_switch,
            before=[self.canary] if self.canary else [],
        )
        log = platform.audit_log
        if log is not None and log.auditors and log.archive_account not in {None, account}:
            # The archive's own auditor role sees nothing of this account.
            AuditorRole(self, "Auditor", principal_arns=log.auditors)
        self._watch_the_guard()
        settings.acknowledge(self, platform.acknowledge)

    def _export_ledger(self, platform: PlatformConfig, name_prefix: str) -> None:
        """Define the export where there is a cost lake, by the name that its stack gives it."""
        billing, account = platform.billing, platform.lake_account
        if billing is None or account is None:
            return
        region = billing.lake_region
        bucket = cost_data_bucket(name_prefix, account, region)
        LedgerExport(
            self,
            "LedgerExport",
            meter=self.meter,
            destination=ExportDestination(bucket_name=bucket, region=region, owner=account),
            alerts=self.alerts,
        )

    def _audit_log(self, log: AuditLogConfig | None, key: kms.IKey) -> AuditLog | None:
        if log is None:
            return None
        return AuditLog(
            self,
            "AuditLog",
            alerts=self.alerts,
            retention=declared_retention(log),
            journal=self.kill_switch.state,
            vault_account=log.archive_account,
            content_key=key if log.content == "full" else None,
            content_days=log.content_days,
            sign=log.sign,
            names_days=log.names_days,
            kept_metadata_keys=log.request_metadata,
            access_trail=log.access_trail,
        )

    def _canary(self, model: str | None, extra_tag_key: str | None) -> PlatformCanary | None:
        if model is None:
            return None
        return PlatformCanary(
            self,
            "Canary",
            model=model,
            meter=self.meter,
            switch=self.kill_switch,
            alerts=self.alerts,
            extra_tag_key=extra_tag_key,
        )

    def _watch_the_guard(self) -> None:
        alarms = GuardAlarms(
            self,
            "Guard",
            meter=self.meter,
            switch=self.kill_switch,
            wake_queue=self.wake_queue,
            alerts=self.alerts,
        )
        PlatformDashboard(
            self,
            "Dashboard",
            meter=self.meter,
            switch=self.kill_switch,
            wake_queue=self.wake_queue,
            tenant_table=TenantTable(
                self, "TenantTable", meter=self.meter, switch=self.kill_switch
            ),
            alarm_arns=[*alarms.alarm_arns, *(self.canary.alarm_arns if self.canary else ())],
        )

    def _key(self, existing_arn: str | None) -> kms.IKey:
        """Define the platform's key, or give the existing one the alias that tenants look for."""
        if existing_arn is None:
            return AlertKey(self, "Key", alias=PLATFORM_KEY_ALIAS).key
        key = kms.Key.from_key_arn(self, "ExistingKey", existing_arn)
        kms.CfnAlias(self, "KeyAlias", alias_name=PLATFORM_KEY_ALIAS, target_key_id=existing_arn)
        return key
