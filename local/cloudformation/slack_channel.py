"""AWS::Chatbot::SlackChannelConfiguration."""

from typing import ClassVar

from local.cloudformation.chat_configuration import ChatConfiguration


class SlackChannelConfiguration(ChatConfiguration):
    """A Slack channel."""

    name: ClassVar[str] = "AWS::Chatbot::SlackChannelConfiguration"
    kind: ClassVar[str] = "slack-channel"
    create_only: ClassVar[tuple[str, ...]] = ("SlackWorkspaceId", "ConfigurationName")
