"""AWS::IAM::Role, which cannot be deleted while somebody else's policy is on it."""

from typing import Any, ClassVar

from ministack.services import iam
from ministack.services.cloudformation import provisioners

from local.cloudformation.resource_type import Properties, Provisioned, ResourceType
from local.service_calls import ServiceCallError


class Role(ResourceType):
    """ministack's role, with IAM's refusal to delete one that is still in use."""

    name: ClassVar[str] = "AWS::IAM::Role"
    create_only: ClassVar[tuple[str, ...]] = ("RoleName", "Path")
    tag_property: ClassVar[str | None] = "Tags"

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        """Create the role, unless one of its name exists."""
        name = properties.get("RoleName")
        if name and name in iam._roles:
            raise ServiceCallError(f"Role with name {name} already exists.")
        created: Provisioned = provisioners._iam_role_create(logical_id, properties, stack_name)
        return created

    def update(
        self,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str,
    ) -> Provisioned:
        """Change the role in place."""
        updated: Provisioned = provisioners._iam_role_update(
            physical_id, old, new, stack_name, logical_id
        )
        return updated

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the role, unless policies that the template does not name are left on it."""
        role: dict[str, Any] = iam._roles.get(physical_id) or {}
        attached = set(role.get("AttachedPolicies", [])) - set(
            properties.get("ManagedPolicyArns") or []
        )
        if attached:
            raise ServiceCallError(
                "DeleteConflict: Cannot delete entity, must detach all policies first: "
                + ", ".join(sorted(attached))
            )
        own = {policy["PolicyName"] for policy in properties.get("Policies") or []}
        inline = set(role.get("InlinePolicies", {})) - own
        if inline:
            raise ServiceCallError(
                "DeleteConflict: Cannot delete entity, must delete policies first: "
                + ", ".join(sorted(inline))
            )
        provisioners._iam_role_delete(physical_id, properties)
