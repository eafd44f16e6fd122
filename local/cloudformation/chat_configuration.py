"""What the two chat channel types have in common: they are recorded, nothing is sent."""

from typing import ClassVar

from ministack.core.responses import AccountScopedDict, get_account_id

from local.cloudformation.resource_type import Properties, Provisioned, ResourceType
from local.service_calls import ServiceCallError

_configurations = AccountScopedDict()


class ChatConfiguration(ResourceType):
    """A chat channel that is subscribed to SNS topics.

    Attributes:
        kind: The part of the ARN that tells the kinds apart.
    """

    kind: ClassVar[str]
    tag_property: ClassVar[str | None] = "Tags"

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        """Record the configuration under its name."""
        del logical_id, stack_name
        name = properties["ConfigurationName"]
        arn = f"arn:aws:chatbot::{get_account_id()}:chat-configuration/{self.kind}/{name}"
        if arn in _configurations:
            raise ServiceCallError(f"ChatConfiguration {arn} already exists.")
        _configurations[arn] = properties
        return arn, {"Arn": arn}

    def update(
        self,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str,
    ) -> Provisioned:
        """Record the new properties."""
        del old, stack_name, logical_id
        _configurations[physical_id] = new
        return physical_id, {"Arn": physical_id}

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Forget the configuration."""
        del properties
        _configurations.pop(physical_id, None)
