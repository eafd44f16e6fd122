"""Where one account's and Region's log of calls is kept, in that account or in an archive's."""

from collections.abc import Sequence

from aws_cdk import Environment, Stack
from constructs import Construct

from finops_constructs.audit import names
from finops_constructs.audit.athena import AuditLogQueries
from finops_constructs.audit.audit_log_bucket import AuditLogBucket, bootstrap_role_arn
from finops_constructs.audit.auditor_role import AuditorRole
from finops_constructs.audit.auditor_statements import AuditedLog
from finops_constructs.config.audit_log_checks import declared_retention
from finops_constructs.config.platform import PlatformConfig
from finops_constructs.stacks import settings


class AuditLogStack(Stack):
    """Defines the locked bucket of one account's and Region's calls, and what it is queried by.

    Attributes:
        vault: The locked bucket.
        queries: Its tables and views.
    """

    vault: AuditLogBucket
    queries: AuditLogQueries

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        platform: PlatformConfig,
        account: str,
        region: str,
        tenants: Sequence[str],
    ) -> None:
        """Define the stack.

        Args:
            scope: The app or stage.
            id: The stack's name.
            platform: The organisation's settings, with `audit_log`.
            account: The account whose calls are logged.
            region: Their Region, and the stack's.
            tenants: Ids of the tenants there.

        Raises:
            ValueError: If the settings have no `audit_log`.
        """
        if platform.audit_log is None:
            raise ValueError(f"{id}: platform.audit_log must be set")
        log = platform.audit_log
        archive_account = log.archive_account or account
        super().__init__(
            scope,
            id,
            description=f"Write-once log of Bedrock calls: {platform.organization}, {region}",
            env=Environment(account=archive_account, region=region),
            synthesizer=settings.synthesizer(platform),
        )
        zone = settings.landing_zone(platform, account=account, region=region)
        zone.apply(self)
        writer = names.archiver_role_arn(zone, self.partition, account, region)
        self.vault = AuditLogBucket(
            self,
            "Vault",
            bucket_name=names.vault_bucket(zone, account, region),
            writer_role_arn=writer,
            retention=declared_retention(log),
            key_alias=names.vault_key_alias(account, region),
            reader_role_arns=log.readers,
            legal_hold_role_arns=log.legal_hold_roles,
            cold_after_days=log.cold_after_days,
            deployment_role_arns=[bootstrap_role_arn(self, platform.landing_zone.cdk_qualifier)],
        )
        self.queries = AuditLogQueries(
            self,
            "Queries",
            bucket_name=names.vault_bucket(zone, account, region),
            log_account=account,
            log_region=region,
            tenants=tenants,
        )
        if log.auditors:
            self._let_auditors_in(log.auditors)
        settings.acknowledge(self, platform.acknowledge)

    def _let_auditors_in(self, principal_arns: Sequence[str]) -> None:
        AuditorRole(
            self,
            "Auditor",
            principal_arns=principal_arns,
            log=AuditedLog(
                bucket_arn=f"arn:{self.partition}:s3:::{self.vault.bucket.bucket_name}",
                key_arn=self.vault.key.attr_arn,
                database=self.queries.database_name,
            ),
        )
