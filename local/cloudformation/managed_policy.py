"""AWS::IAM::ManagedPolicy, with the refusals that ministack leaves out."""

from typing import ClassVar

from ministack.services import iam
from ministack.services.cloudformation import provisioners

from local.cloudformation.resource_type import Properties, Provisioned, ResourceType
from local.service_calls import ServiceCallError, call

_SERVICE = "Iam"


class ManagedPolicy(ResourceType):
    """A policy that is refused if it exists, and kept while something else holds on to it."""

    name: ClassVar[str] = "AWS::IAM::ManagedPolicy"
    create_only: ClassVar[tuple[str, ...]] = ("ManagedPolicyName", "Description", "Path")

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        """Create and attach the policy."""
        _require_entities(properties)
        created: Provisioned = provisioners._iam_managed_policy_create(
            logical_id, properties, stack_name
        )
        return created

    def update(
        self,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str,
    ) -> Provisioned:
        """Make the document the default version and attach and detach as the template says."""
        _require_entities(new)
        updated: Provisioned = provisioners._iam_managed_policy_update(
            physical_id, old, new, stack_name, logical_id
        )
        return updated

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Detach what the template attached, then delete; IAM refuses if more is attached."""
        provisioners._iam_policy_reconcile_entities(physical_id, properties, {})
        call(_SERVICE, iam._delete_policy, {"PolicyArn": physical_id})


def _require_entities(properties: Properties) -> None:
    stores = (("Roles", "role", iam._roles), ("Users", "user", iam._users))
    for key, kind, store in (*stores, ("Groups", "group", iam._groups)):
        for entity in properties.get(key) or []:
            if entity not in store:
                raise ServiceCallError(f"The {kind} with name {entity} cannot be found.")
