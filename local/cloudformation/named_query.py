"""AWS::Athena::NamedQuery."""

from typing import ClassVar

from ministack.services import athena

from local.cloudformation.resource_type import Properties, Provisioned, ResourceType
from local.service_calls import call

_SERVICE = "Athena"


class NamedQuery(ResourceType):
    """A query that people find in the console; every change makes another."""

    name: ClassVar[str] = "AWS::Athena::NamedQuery"
    create_only: ClassVar[tuple[str, ...]] = (
        *("Database", "Description", "Name", "QueryString", "WorkGroup"),
    )

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        """Create it through CreateNamedQuery."""
        del logical_id, stack_name
        answer = call(_SERVICE, athena._create_named_query, dict(properties))
        return str(answer["NamedQueryId"]), {"NamedQueryId": answer["NamedQueryId"]}

    def update(
        self,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str,
    ) -> Provisioned:
        """Make another."""
        del physical_id, old
        return self.create(logical_id, new, stack_name)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete it through DeleteNamedQuery."""
        del properties
        call(_SERVICE, athena._delete_named_query, {"NamedQueryId": physical_id})
