"""The deny that holds a caller who has a broad allow of its own."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from finops_constructs._place import place_of
from finops_constructs._sheet import define
from finops_constructs._shell import Shell
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.enforcement.caller import Caller
from finops_constructs.enforcement.statements import GuardExemptions, standing_deny_statements
from finops_constructs.landing_zone import LandingZone


class StandingDeny(Shell):
    """Defines the standing deny of one caller role: it may spend as its tenant, or not at all.

    A role made in CDK gets a managed policy; a role given by its ARN gets an inline policy, since
    CloudFormation can put one on a role that another stack or a person made, without using up its
    quota of managed policies.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        caller: Caller,
        tenants: Sequence[str],
        exempt: GuardExemptions,
    ) -> None:
        """Define the policy.

        Args:
            scope: A construct of the stack the role belongs to.
            id: The construct's id.
            caller: The role.
            tenants: The tenant, then the others the role is declared to serve.
            exempt: What the tenant allows nevertheless.
        """
        super().__init__(scope, id)
        place = place_of(scope)
        document = {
            "Version": "2012-10-17",
            "Statement": standing_deny_statements(
                partition=place.partition,
                tenants=tenants,
                role_arn=caller.role_arn,
                exempt=exempt,
                name_prefix=LandingZone.of(self).name_prefix,
            ),
        }
        if caller.defined is not None:
            policy: iam.CfnManagedPolicy | iam.CfnRolePolicy = define(
                iam.CfnManagedPolicy,
                self,
                "Resource",
                path=f"/finops/standing-deny/{place.region}/",
                policy_document=document,
                roles=[caller.role_name],
            )
        else:
            policy = define(
                iam.CfnRolePolicy,
                self,
                "Resource",
                policy_name=f"finops-standing-deny-{place.region}-{tenants[0]}",
                policy_document=document,
                role_name=caller.role_name,
            )
        why = "It holds a caller with a broad allow of its own"
        declare(policy, {Control.CALLERS_GUARDED: why}, tenant=tenants[0])
