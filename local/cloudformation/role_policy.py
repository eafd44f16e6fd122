"""AWS::IAM::RolePolicy."""

import json
from typing import ClassVar

from ministack.services import iam

from local.cloudformation.resource_type import Properties, Provisioned, ResourceType
from local.service_calls import ServiceCallError, call

_SERVICE = "Iam"


class RolePolicy(ResourceType):
    """An inline policy put on a role that exists already."""

    name: ClassVar[str] = "AWS::IAM::RolePolicy"
    create_only: ClassVar[tuple[str, ...]] = ("PolicyName", "RoleName")

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        """Put the policy; neither a missing role nor a policy of that name is accepted."""
        del logical_id, stack_name
        role_name, policy_name = properties["RoleName"], properties["PolicyName"]
        role = iam._roles.get(role_name)
        if role is None:
            raise ServiceCallError(f"The role with name {role_name} cannot be found.")
        if policy_name in role["InlinePolicies"]:
            raise ServiceCallError(f"Policy {policy_name} already exists on role {role_name}.")
        return self._put(properties)

    def update(
        self,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str,
    ) -> Provisioned:
        """Put the new document under the same name."""
        del physical_id, old, stack_name, logical_id
        return self._put(new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Remove the policy; one that is gone already is no fault."""
        del physical_id
        role = iam._roles.get(properties["RoleName"])
        if role and properties["PolicyName"] in role["InlinePolicies"]:
            call(
                _SERVICE,
                iam._delete_role_policy,
                {"RoleName": properties["RoleName"], "PolicyName": properties["PolicyName"]},
            )

    @staticmethod
    def _put(properties: Properties) -> Provisioned:
        request = {
            "RoleName": properties["RoleName"],
            "PolicyName": properties["PolicyName"],
            "PolicyDocument": json.dumps(properties.get("PolicyDocument") or {}),
        }
        call(_SERVICE, iam._put_role_policy, request)
        return f"{properties['PolicyName']}|{properties['RoleName']}", {}
