"""AWS::Chatbot::MicrosoftTeamsChannelConfiguration."""

from typing import ClassVar

from local.cloudformation.chat_configuration import ChatConfiguration


class MicrosoftTeamsChannelConfiguration(ChatConfiguration):
    """A Microsoft Teams channel."""

    name: ClassVar[str] = "AWS::Chatbot::MicrosoftTeamsChannelConfiguration"
    kind: ClassVar[str] = "microsoft-teams-channel"
    create_only: ClassVar[tuple[str, ...]] = ("TeamId", "TeamsTenantId", "ConfigurationName")
