"""AWS::DynamoDB::Table, which ministack makes over one that is there, without TTL or backups."""

from typing import ClassVar

from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners

from local.cloudformation.resource_type import Properties, Provisioned, ResourceType
from local.service_calls import ServiceCallError, call

_SERVICE = "DynamoDb"


class Table(ResourceType):
    """A table that never takes the place of another, with its expiry and its recovery."""

    name: ClassVar[str] = "AWS::DynamoDB::Table"
    create_only: ClassVar[tuple[str, ...]] = ("TableName", "ImportSourceSpecification")
    tag_property: ClassVar[str | None] = "Tags"

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        """Create the table, unless one of its name exists, such as one that was retained."""
        name = properties.get("TableName")
        if name in dynamodb._tables:
            raise ServiceCallError(f"Table {name} already exists.")
        created: Provisioned = provisioners._ddb_create(logical_id, properties, stack_name)
        _set(created[0], properties)
        return created

    def update(
        self,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str,
    ) -> Provisioned:
        """Change the table in place, or replace it as ministack does."""
        updated: Provisioned = provisioners._ddb_update(
            physical_id, old, new, stack_name, logical_id
        )
        _set(updated[0], new)
        return updated

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the table with its items, unless it is protected."""
        table = dynamodb._tables.get(physical_id) or {}
        if table.get("DeletionProtectionEnabled"):
            raise ServiceCallError(f"Table {physical_id} is protected from deletion.")
        provisioners._ddb_delete(physical_id, properties)
        dynamodb._ttl_settings.pop(physical_id, None)
        dynamodb._pitr_settings.pop(physical_id, None)


def _set(table: str, properties: Properties) -> None:
    expiry = properties.get("TimeToLiveSpecification")
    if expiry:
        request = {"TableName": table, "TimeToLiveSpecification": expiry}
        call(_SERVICE, dynamodb._update_ttl, request)
    recovery = properties.get("PointInTimeRecoverySpecification") or {}
    call(
        _SERVICE,
        dynamodb._update_continuous_backups,
        {"TableName": table, "PointInTimeRecoverySpecification": recovery},
    )
