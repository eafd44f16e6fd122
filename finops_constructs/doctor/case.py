"""What every item of the doctor looks at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from finops_constructs.doctor.registry import Entries, TenantEntries
from finops_constructs.operations.aws import Aws, translated

ALARM_PREFIX: Final = "finops-"
BURST_PREFIX: Final = "finops-burst-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One account and Region, or one tenant of it.

    Attributes:
        aws: Where and as whom.
        payer: The payer account; None: no credentials of it were given.
        account: The account of `aws`.
        tenant: The one tenant looked at; None: all.
        entries: The registry.
        alarms: The guard's and the burst alarms, as CloudWatch describes them.
        slack_workspaces: Workspaces that the configuration names, by tenant.
        now: The clock.
    """

    aws: Aws
    payer: Aws | None
    account: str
    tenant: str | None
    entries: Entries
    alarms: tuple[Mapping[str, Any], ...]
    slack_workspaces: Mapping[str, Iterable[str]]
    now: datetime

    @property
    def platform_stack(self) -> str:
        """Name of the platform's stack."""
        return f"finops-platform-{self.account}-{self.aws.region}"

    @property
    def deploy_platform(self) -> str:
        """How the platform is deployed again."""
        return f"cdk deploy {self.platform_stack}"

    @property
    def tenants(self) -> Mapping[str, TenantEntries]:
        """The tenants looked at, by id."""
        known = self.entries.tenants
        return {t: each for t, each in known.items() if self.tenant in (None, t)}

    @property
    def guard_alarms(self) -> tuple[Mapping[str, Any], ...]:
        """The alarms on the guard itself."""
        return tuple(a for a in self.alarms if not a["AlarmName"].startswith(BURST_PREFIX))


def read_alarms(aws: Aws, tenant: str | None) -> tuple[Mapping[str, Any], ...]:
    """Return the guard's alarms and those of all tenants, or of one."""
    cloudwatch = aws.client("cloudwatch")
    with translated("reading the alarms (cloudwatch:DescribeAlarms)"):
        return tuple(
            alarm
            for page in cloudwatch.get_paginator("describe_alarms").paginate(
                AlarmNamePrefix=ALARM_PREFIX, PaginationConfig={"PageSize": 100}
            )
            for alarm in page["MetricAlarms"]
            if tenant is None
            or not alarm["AlarmName"].startswith(BURST_PREFIX)
            or f"-{tenant}-" in alarm["AlarmName"]
        )
