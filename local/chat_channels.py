"""What the chat service says of Slack: workspaces that were authorised, and deployed channels.

A workspace is taken for authorised as soon as a channel of it is deployed; AWS would refuse the
deployment before. `set_workspace_state` is what an administrator of the workspace does.
"""

from typing import Any

from ministack import app
from ministack.core.responses import AccountScopedDict

from local.cloudformation import chat_configuration
from local.json_service import JsonService

_ENABLED = "ENABLED"
_reasons = AccountScopedDict()


def install() -> None:
    """Answer for the service `chatbot`."""
    service = JsonService(
        {
            "/describe-slack-workspaces": _workspaces,
            "/describe-slack-channel-configurations": _channels,
        }
    )
    app.SERVICE_HANDLERS["chatbot"] = service.handle


def set_workspace_state(workspace_id: str, reason: str) -> str:
    """Disable a workspace for a reason; an empty one enables it."""
    _reasons[workspace_id] = reason
    return reason


def add_channel(workspace_id: str, channel_id: str, topic_arn: str) -> str:
    """Record a channel as its CloudFormation type would."""
    arn = f"arn:aws:chatbot::channel/slack-channel/{channel_id}"
    chat_configuration._configurations[arn] = {
        "ConfigurationName": channel_id,
        "SlackWorkspaceId": workspace_id,
        "SlackChannelId": channel_id,
        "SnsTopicArns": [topic_arn],
    }
    return arn


def _deployed() -> list[tuple[str, dict[str, Any]]]:
    found = chat_configuration._configurations.items()
    return [(arn, config) for arn, config in sorted(found) if "SlackWorkspaceId" in config]


def _workspaces(_: dict[str, Any]) -> dict[str, Any]:
    ids = sorted({config["SlackWorkspaceId"] for _, config in _deployed()})
    return {"SlackWorkspaces": [{"SlackTeamId": each, "SlackTeamName": each} for each in ids]}


def _channels(_: dict[str, Any]) -> dict[str, Any]:
    return {
        "SlackChannelConfigurations": [
            {
                "ChatConfigurationArn": arn,
                "ConfigurationName": config["ConfigurationName"],
                "IamRoleArn": str(config.get("IamRoleArn", "")),
                "SlackChannelId": config["SlackChannelId"],
                "SlackTeamId": config["SlackWorkspaceId"],
                "SlackTeamName": config["SlackWorkspaceId"],
                "SnsTopicArns": config.get("SnsTopicArns", []),
                **_state(config["SlackWorkspaceId"]),
            }
            for arn, config in _deployed()
        ]
    }


def _state(workspace_id: str) -> dict[str, str]:
    reason = _reasons.get(workspace_id)
    return {"State": "DISABLED", "StateReason": reason} if reason else {"State": _ENABLED}
