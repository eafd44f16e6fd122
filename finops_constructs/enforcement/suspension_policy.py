"""The policy the kill switch attaches to a tenant's callers, and takes off again."""

from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

from finops_constructs._place import Place, place_of
from finops_constructs._sheet import define
from finops_constructs._shell import Shell
from finops_constructs._validation import invalid
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.enforcement.statements import suspension_statements

# IAM counts the document without white space; an ARN is counted at its deployed length.
_MAX_CHARACTERS = 6144
_ARN_CHARACTERS = 100


def suspension_policy_arn(place: Place, tenant: str) -> str:
    """Return the ARN the tenant's suspension policy has there."""
    return place.global_arn("iam", f"policy{_path(place)}{_name(place, tenant)}")


class SuspensionPolicy(Shell):
    """Defines a managed policy that denies exactly one tenant's profiles, replaced ones included.

    It is attached to nobody while all is well. Its name is fixed, so that the kill switch finds it;
    it has no description, because changing one would replace the policy and collide.

    Attributes:
        policy_arn: ARN of the managed policy.
    """

    policy_arn: str

    def __init__(self, scope: Construct, id: str, *, tenant: str) -> None:
        """Define the policy; `add_profile` fills it."""
        super().__init__(scope, id)
        place = place_of(self)
        self._tenant = tenant
        self._all_profiles = place.arn("bedrock", "application-inference-profile/*")
        self._profile_arns: list[str] = []
        self._policy = define(
            iam.CfnManagedPolicy,
            self,
            "Resource",
            managed_policy_name=_name(place, tenant),
            path=_path(place),
            policy_document=self._document(),
        )
        self.policy_arn = suspension_policy_arn(place, tenant)
        why = "Attached to a caller, it denies every call of the tenant's profiles"
        declare(self._policy, {Control.USE_CAN_BE_STOPPED: why}, tenant=tenant)

    def add_profile(self, profile_arn: str) -> None:
        """Put one more profile under the policy.

        Raises:
            ValueError: If the policy would pass IAM's limit of 6,144 characters.
        """
        self._profile_arns.append(profile_arn)
        if len(self._profile_arns) * _ARN_CHARACTERS + 500 > _MAX_CHARACTERS:
            raise invalid(
                self,
                f"{self._tenant!r} has {len(self._profile_arns)} profiles, more "
                f"than one suspension policy holds ({_MAX_CHARACTERS} characters): split it",
            )
        self._policy.add_property_override("PolicyDocument", self._document())

    def _document(self) -> dict[str, Any]:
        statements = suspension_statements(
            self._profile_arns, tenant=self._tenant, all_profiles=self._all_profiles
        )
        return {"Version": "2012-10-17", "Statement": statements}


def _path(place: Place) -> str:
    return f"/finops/suspension/{place.region}/"


def _name(place: Place, tenant: str) -> str:
    # IAM tells policies apart by name alone, whatever their paths (CreatePolicy, PolicyName).
    return f"finops-suspension-{place.region}-{tenant}"
