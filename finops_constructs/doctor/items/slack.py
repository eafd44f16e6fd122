"""Slack workspaces: each must be authorised once, by hand, in the AWS console."""

from collections.abc import Iterator
from typing import Any, Final

from finops_constructs.doctor.case import Case
from finops_constructs.doctor.finding import Finding
from finops_constructs.operations.aws import translated

ITEM: Final = "slack"
# The service has endpoints in few Regions, and shows the same in each.
_CHATBOT_REGION: Final = "us-east-2"
_ENABLED: Final = "ENABLED"
_CONSOLE: Final = "open https://console.aws.amazon.com/chatbot/ and configure a Slack client for"


def examine(case: Case) -> Iterator[Finding]:
    """Yield channels that AWS has disabled, and workspaces that the configuration awaits."""
    topics = {
        str(entries.policy["alert_topic_arn"]): tenant
        for tenant, entries in case.tenants.items()
        if entries.policy and entries.policy.get("alert_topic_arn")
    }
    chatbot = case.aws.client("chatbot", _CHATBOT_REGION)
    for channel in _channels(chatbot):
        tenants = sorted({topics[t] for t in channel["SnsTopicArns"] if t in topics})
        if tenants and channel.get("State", _ENABLED) != _ENABLED:
            why = channel.get("StateReason") or "AWS gives no reason"
            problem = f"Slack channel {channel['SlackChannelId']} gets nothing: {why}"
            yield _finding(tenants[0], problem, channel["SlackTeamId"])
    yield from _awaited(case, chatbot)


def _awaited(case: Case, chatbot: Any) -> Iterator[Finding]:
    wanted = {
        tenant: workspaces
        for tenant, workspaces in case.slack_workspaces.items()
        if case.tenant in (None, tenant)
    }
    if not wanted:
        return
    with translated("reading the Slack workspaces (chatbot:DescribeSlackWorkspaces)"):
        pages = chatbot.get_paginator("describe_slack_workspaces").paginate()
        known = {each["SlackTeamId"] for page in pages for each in page["SlackWorkspaces"]}
    for tenant, workspaces in sorted(wanted.items()):
        for workspace in sorted(set(workspaces) - known):
            problem = f"Slack workspace {workspace} is not authorised: the stack will not deploy"
            yield _finding(tenant, problem, workspace)


def _channels(chatbot: Any) -> Iterator[dict[str, Any]]:
    with translated("reading the Slack channels (chatbot:DescribeSlackChannelConfigurations)"):
        pages = chatbot.get_paginator("describe_slack_channel_configurations").paginate()
        yield from (each for page in pages for each in page["SlackChannelConfigurations"])


def _finding(tenant: str, problem: str, workspace: str) -> Finding:
    return Finding(
        item=ITEM,
        about=tenant,
        problem=problem,
        command=f"{_CONSOLE} workspace {workspace}",
        owner="an administrator of the Slack workspace",
    )
