"""FinOps and compliance guardrails for Amazon Bedrock, as AWS CDK constructs.

Names are loaded when they are first touched, so that importing the package does not start the CDK.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finops_constructs.attribution.application_inference_profile import (
        ApplicationInferenceProfile,
    )
    from finops_constructs.attribution.cost_tags import CostTags
    from finops_constructs.attribution.imported_profile import ImportedInferenceProfile
    from finops_constructs.attribution.profile import InferenceProfile
    from finops_constructs.attribution.profile_metrics import CacheMetricNames
    from finops_constructs.audit.athena import AuditLogQueries
    from finops_constructs.audit.audit_log import AuditLog
    from finops_constructs.audit.audit_log_bucket import AuditLogBucket
    from finops_constructs.audit.auditor_role import AuditorRole
    from finops_constructs.audit.invocation_logging import InvocationLogging
    from finops_constructs.audit.log_archiver import LogArchiver
    from finops_constructs.audit.retention import LockMode, Retention
    from finops_constructs.budgets.alert_key import AlertKey
    from finops_constructs.budgets.alert_topic import AlertTopic
    from finops_constructs.budgets.chat_channels import SlackChannel, TeamsChannel
    from finops_constructs.budgets.cost_budget import CostBudget
    from finops_constructs.checks.pack import FinOpsChecks
    from finops_constructs.cost_lake.cost_allocation_tags import CostAllocationTags
    from finops_constructs.cost_lake.cost_export import CostExport
    from finops_constructs.cost_lake.cost_lake import CostLake
    from finops_constructs.cost_lake.export_bucket import ExportBucket, ExportDestination
    from finops_constructs.cost_lake.ledger_export import LedgerExport
    from finops_constructs.cost_lake.monthly_report import MonthlyReport
    from finops_constructs.cost_lake.reconciliation import PlatformPlace, Reconciliation
    from finops_constructs.cost_lake.tag_activation_role import TagActivationRole
    from finops_constructs.enforcement.burst_alarm import BurstAlarm
    from finops_constructs.enforcement.kill_switch import KillSwitch
    from finops_constructs.enforcement.modes import Guard, Mode
    from finops_constructs.enforcement.policy_entry import TenantOwner
    from finops_constructs.enforcement.spend_meter import SpendMeter
    from finops_constructs.enforcement.statements import GuardExemptions
    from finops_constructs.enforcement.tenant_guard import TenantGuard
    from finops_constructs.enforcement.wake_queue import WakeQueue
    from finops_constructs.landing_zone import LandingZone
    from finops_constructs.prices.overlay import TokenRates
    from finops_constructs.prices.price_list import PriceList, load_price_list
    from finops_constructs.stacks.audit_log_stack import AuditLogStack
    from finops_constructs.stacks.billing_stack import BillingStack
    from finops_constructs.stacks.cost_stack import CostStack
    from finops_constructs.stacks.platform_stack import PlatformStack
    from finops_constructs.stacks.tenant_stack import TenantStack

_HOMES = {
    "AlertKey": "budgets.alert_key",
    "AlertTopic": "budgets.alert_topic",
    "ApplicationInferenceProfile": "attribution.application_inference_profile",
    "AuditLog": "audit.audit_log",
    "AuditLogBucket": "audit.audit_log_bucket",
    "AuditLogQueries": "audit.athena",
    "AuditLogStack": "stacks.audit_log_stack",
    "AuditorRole": "audit.auditor_role",
    "BillingStack": "stacks.billing_stack",
    "BurstAlarm": "enforcement.burst_alarm",
    "CacheMetricNames": "attribution.profile_metrics",
    "CostAllocationTags": "cost_lake.cost_allocation_tags",
    "CostBudget": "budgets.cost_budget",
    "CostExport": "cost_lake.cost_export",
    "CostLake": "cost_lake.cost_lake",
    "CostStack": "stacks.cost_stack",
    "CostTags": "attribution.cost_tags",
    "ExportBucket": "cost_lake.export_bucket",
    "ExportDestination": "cost_lake.export_bucket",
    "FinOpsChecks": "checks.pack",
    "Guard": "enforcement.modes",
    "GuardExemptions": "enforcement.statements",
    "ImportedInferenceProfile": "attribution.imported_profile",
    "InferenceProfile": "attribution.profile",
    "InvocationLogging": "audit.invocation_logging",
    "KillSwitch": "enforcement.kill_switch",
    "LandingZone": "landing_zone",
    "LedgerExport": "cost_lake.ledger_export",
    "LockMode": "audit.retention",
    "LogArchiver": "audit.log_archiver",
    "Mode": "enforcement.modes",
    "MonthlyReport": "cost_lake.monthly_report",
    "PlatformPlace": "cost_lake.reconciliation",
    "PlatformStack": "stacks.platform_stack",
    "PriceList": "prices.price_list",
    "Reconciliation": "cost_lake.reconciliation",
    "Retention": "audit.retention",
    "SlackChannel": "budgets.chat_channels",
    "SpendMeter": "enforcement.spend_meter",
    "TagActivationRole": "cost_lake.tag_activation_role",
    "TeamsChannel": "budgets.chat_channels",
    "TenantGuard": "enforcement.tenant_guard",
    "TenantOwner": "enforcement.policy_entry",
    "TenantStack": "stacks.tenant_stack",
    "TokenRates": "prices.overlay",
    "WakeQueue": "enforcement.wake_queue",
    "load_price_list": "prices.price_list",
}

__all__ = [
    "AlertKey",
    "AlertTopic",
    "ApplicationInferenceProfile",
    "AuditLog",
    "AuditLogBucket",
    "AuditLogQueries",
    "AuditLogStack",
    "AuditorRole",
    "BillingStack",
    "BurstAlarm",
    "CacheMetricNames",
    "CostAllocationTags",
    "CostBudget",
    "CostExport",
    "CostLake",
    "CostStack",
    "CostTags",
    "ExportBucket",
    "ExportDestination",
    "FinOpsChecks",
    "Guard",
    "GuardExemptions",
    "ImportedInferenceProfile",
    "InferenceProfile",
    "InvocationLogging",
    "KillSwitch",
    "LandingZone",
    "LedgerExport",
    "LockMode",
    "LogArchiver",
    "Mode",
    "MonthlyReport",
    "PlatformPlace",
    "PlatformStack",
    "PriceList",
    "Reconciliation",
    "Retention",
    "SlackChannel",
    "SpendMeter",
    "TagActivationRole",
    "TeamsChannel",
    "TenantGuard",
    "TenantOwner",
    "TenantStack",
    "TokenRates",
    "WakeQueue",
    "load_price_list",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
