"""Everything that is put into ministack before it serves."""

from local import (
    alarms,
    api_keys,
    athena_queries,
    batch_jobs,
    bedrock_invocations,
    bedrock_profiles,
    billing_tags,
    budget_spend,
    change_events,
    chat_channels,
    current_request,
    event_rules,
    function_clock,
    function_files,
    function_forks,
    function_urls,
    iam_limits,
    insights_stats,
    invocation_logging,
    lambda_functions,
    lambda_logs,
    log_subscriptions,
    metric_data,
    model_access,
    policy_simulation,
    queue_metrics,
    service_names,
    service_quotas,
    stack_operations,
    unread_mail,
)
from local.cloudformation.alarm import Alarm
from local.cloudformation.bucket import Bucket
from local.cloudformation.budget import Budget
from local.cloudformation.data_export import DataExport
from local.cloudformation.inference_profile import ApplicationInferenceProfile
from local.cloudformation.managed_policy import ManagedPolicy
from local.cloudformation.named_query import NamedQuery
from local.cloudformation.names import refuse_taken_names
from local.cloudformation.role import Role
from local.cloudformation.role_policy import RolePolicy
from local.cloudformation.slack_channel import SlackChannelConfiguration
from local.cloudformation.table import Table
from local.cloudformation.teams_channel import MicrosoftTeamsChannelConfiguration
from local.cloudformation.trail import Trail

_MODULES = (
    alarms,
    api_keys,
    athena_queries,
    batch_jobs,
    bedrock_invocations,
    bedrock_profiles,
    billing_tags,
    budget_spend,
    chat_channels,
    current_request,
    event_rules,
    function_clock,
    function_files,
    function_forks,
    function_urls,
    iam_limits,
    insights_stats,
    invocation_logging,
    lambda_functions,
    lambda_logs,
    log_subscriptions,
    metric_data,
    model_access,
    policy_simulation,
    queue_metrics,
    service_quotas,
    stack_operations,
    unread_mail,
    service_names,
    # Last: it tells of what the stricter operations let through.
    change_events,
)
_RESOURCE_TYPES = (
    Alarm,
    ApplicationInferenceProfile,
    Bucket,
    Budget,
    DataExport,
    ManagedPolicy,
    MicrosoftTeamsChannelConfiguration,
    NamedQuery,
    Role,
    RolePolicy,
    SlackChannelConfiguration,
    Table,
    Trail,
)


def install() -> None:
    """Register the resource types and the stricter operations."""
    for module in _MODULES:
        module.install()
    for resource_type in _RESOURCE_TYPES:
        resource_type().register()
    refuse_taken_names()
