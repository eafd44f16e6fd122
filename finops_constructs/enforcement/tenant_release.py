"""The custom resource that lets go of a tenant before CloudFormation deletes it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, IDependable

from finops_constructs._function import define_function
from finops_constructs._place import Place, place_of, stack_of
from finops_constructs._sheet import define
from finops_constructs._shell import Shell
from finops_constructs.enforcement.registry import policy_path, state_path
from finops_constructs.enforcement.statements import STATE_TAG, TENANT_TAG
from finops_constructs.enforcement.suspension_policy import suspension_policy_arn

_FUNCTION_ID: Final = "FinOpsTenantRelease"
_TIMEOUT: Final = 300


class TenantReleaseFunction(Shell):
    """Defines the one function of a stack behind its `TenantRelease` resources.

    It needs nothing but the runtime's own boto3, so that teardown depends on no layer.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        """Define the function, its role and its log group."""
        super().__init__(scope, id)
        parts = define_function(
            self,
            package="tenant_release",
            description="Lets go of a tenant's callers before the tenant is deleted",
            timeout_seconds=_TIMEOUT,
            concurrency="CloudFormation calls it once per change of a stack",
            dead_letters="CloudFormation is told of every failure and shows it",
            powertools=False,
        )
        self.role, self.function = parts.role, parts.function

    @staticmethod
    def of(stack: Stack) -> "TenantReleaseFunction":
        """Return the function of `stack`, defining it at the first call."""
        if stack not in _functions:
            _functions[stack] = TenantReleaseFunction(stack, _FUNCTION_ID)
        return _functions[stack]


_functions: WeakKeyDictionary[Stack, TenantReleaseFunction] = WeakKeyDictionary()


class TenantRelease(Shell):
    """Defines the custom resource of one tenant in one stack.

    On deletion, before anything it depends on, it marks the tenant as retired, detaches the
    suspension policy that the kill switch attached outside CloudFormation, and reads back; else IAM
    would refuse to delete a suspended tenant's policy and roles. It deletes the tenant's state
    entry, too, and the profiles that were replaced. On creation it tags what the tenant adopts.
    """

    def __init__(self, scope: Construct, id: str, *, tenant: str) -> None:
        """Define the resource; it owns nothing until `own_tenant` or `add_role` says so."""
        super().__init__(scope, id)
        self._place = place_of(self)
        policy_arn = suspension_policy_arn(self._place, tenant)
        self._lists: dict[str, list[Any]] = {}
        self._statements = _release_statements(self._place, tenant, policy_arn)
        function = TenantReleaseFunction.of(stack_of(self))
        self._role_policy = define(
            iam.CfnRolePolicy,
            self,
            "Permissions",
            policy_name=f"release-{tenant}",
            role_name=function.role.ref,
            policy_document=_document(self._statements),
        )
        self._resource = define(
            CfnResource,
            self,
            "Resource",
            type="Custom::FinOpsTenantRelease",
            properties={
                "ServiceToken": function.function.attr_arn,
                "ServiceTimeout": _TIMEOUT,
                "Tenant": tenant,
                "SuspensionPolicyArn": policy_arn,
                "PolicyParameter": policy_path(tenant),
                "StateParameter": state_path(tenant),
            },
        )
        self.before(self._role_policy)

    def own_tenant(self) -> None:
        """Make this stack the tenant's owner: the suspension policy is detached from everyone."""
        self._resource.add_property_override("Owner", "true")

    def add_role(self, role_name: str) -> None:
        """Detach the suspension policy from this role, whoever owns the tenant."""
        self._append("RoleNames", role_name)

    def own_profile(self, profile_arn: str) -> None:
        """Take a suspension off this profile of the stack's own before it is deleted.

        Should the profile stay, by its removal policy or because Bedrock keeps it, nobody is left
        who could.
        """
        self._append("OwnProfiles", profile_arn)

    def own_alias(self, alias: str) -> None:
        """Delete what this alias led to before, and CloudFormation left behind, with the tenant."""
        self._append("OwnAliases", alias)

    def adopt_profile(self, profile_arn: str, tags: Mapping[str, str]) -> None:
        """Tag an existing profile while the tenant exists."""
        adopted = self._append("AdoptedProfiles", {"Arn": profile_arn, "Tags": dict(tags)})
        arns = [profile["Arn"] for profile in adopted]
        self._grant("Profiles", ["bedrock:TagResource", "bedrock:UntagResource"], arns)

    def adopt_budget(self, budget_name: str, tags: Mapping[str, str]) -> None:
        """Tag an existing budget while the tenant exists."""
        arn = self._place.global_arn("budgets", f"budget/{budget_name}")
        self._resource.add_property_override("AdoptedBudget", {"Arn": arn, "Tags": dict(tags)})
        self._grant("Budget", ["budgets:TagResource", "budgets:UntagResource"], [arn])

    def before(self, *dependencies: IDependable) -> None:
        """Release the tenant before any of `dependencies` is deleted."""
        self._resource.node.add_dependency(*dependencies)

    def _append(self, name: str, item: Any) -> list[Any]:
        items = self._lists.setdefault(name, [])
        items.append(item)
        self._resource.add_property_override(name, items)
        return items

    def _grant(self, sid: str, actions: Sequence[str], resources: Sequence[str]) -> None:
        self._statements = [s for s in self._statements if s.get("Sid") != sid]
        self._statements.append(
            {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
        )
        self._role_policy.add_property_override("PolicyDocument", _document(self._statements))


def _document(statements: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _release_statements(place: Place, tenant: str, policy_arn: str) -> list[dict[str, Any]]:
    profiles = place.arn("bedrock", "application-inference-profile/*")
    own_profile = {"StringEquals": {f"aws:ResourceTag/{TENANT_TAG}": tenant}}
    return [
        {"Effect": "Allow", "Action": "iam:ListEntitiesForPolicy", "Resource": policy_arn},
        {
            # Callers come and go; the condition, not the resource, is what narrows this.
            "Effect": "Allow",
            "Action": "iam:DetachRolePolicy",
            "Resource": place.global_arn("iam", "role/*"),
            "Condition": {"ArnEquals": {"iam:PolicyARN": policy_arn}},
        },
        {
            "Effect": "Allow",
            "Action": ["ssm:GetParameter", "ssm:PutParameter"],
            "Resource": place.arn("ssm", f"parameter{policy_path(tenant)}"),
        },
        {
            "Effect": "Allow",
            "Action": "ssm:DeleteParameter",
            "Resource": [
                place.arn("ssm", f"parameter{state_path(tenant)}"),
                place.arn("ssm", f"parameter/finops/{tenant}/replaced/*"),
            ],
        },
        {
            # Bedrock knows no resource for listing profiles.
            "Effect": "Allow",
            "Action": "bedrock:ListInferenceProfiles",
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": "bedrock:ListTagsForResource",
            "Resource": profiles,
        },
        {
            "Effect": "Allow",
            "Action": "bedrock:DeleteInferenceProfile",
            "Resource": profiles,
            "Condition": own_profile,
        },
        {
            # The conditions are what narrows this, since a list of the profiles may be long.
            "Effect": "Allow",
            "Action": "bedrock:UntagResource",
            "Resource": profiles,
            "Condition": {
                **own_profile,
                "ForAllValues:StringEquals": {"aws:TagKeys": [STATE_TAG]},
                "Null": {"aws:TagKeys": "false"},
            },
        },
    ]
