"""The payer account's one door: activating cost allocation tags, and nothing else."""

from __future__ import annotations

from typing import Final

from aws_cdk import aws_iam as iam
from constructs import Construct

from finops_constructs._acknowledge import INLINE_POLICY, acknowledge, wildcard_resource
from finops_constructs._place import place_of
from finops_constructs.landing_zone import LandingZone

ROLE_NAME: Final = "finops-cost-tag-activation"
TAG_ACTIONS: Final = (
    "ce:ListCostAllocationTagBackfillHistory",
    "ce:ListCostAllocationTags",
    "ce:StartCostAllocationTagBackfill",
    "ce:UpdateCostAllocationTagsStatus",
)


class TagActivationRole(Construct):
    """Defines the role by which the cost account activates cost allocation tags of the payer.

    Only the function of `CostAllocationTags` may take it, told by its role's name. No compute in
    the payer account.

    Attributes:
        role: The role.
    """

    role: iam.CfnRole

    def __init__(self, scope: Construct, id: str, *, trusted_account: str) -> None:
        """Define the role.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            trusted_account: The account of `CostAllocationTags`.
        """
        super().__init__(scope, id)
        zone, place = LandingZone.of(self), place_of(self)
        boundary = zone.permissions_boundary
        self.role = iam.CfnRole(
            self,
            "Resource",
            role_name=f"{zone.name_prefix}{ROLE_NAME}",
            path=zone.role_path,
            description="Activates cost allocation tags; see finops-constructs",
            max_session_duration=3600,
            permissions_boundary=place.global_arn("iam", f"policy/{boundary}")
            if boundary
            else None,
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"AWS": f"arn:{place.partition}:iam::{trusted_account}:root"},
                        "Condition": {
                            "ArnLike": {
                                "aws:PrincipalArn": (
                                    f"arn:{place.partition}:iam::{trusted_account}:role"
                                    f"{zone.role_path}*{ACTIVATOR}*"
                                )
                            }
                        },
                    }
                ],
            },
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="tags",
                    policy_document={
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Action": list(TAG_ACTIONS),
                                # The tags are the organisation's: these actions know no resource.
                                "Resource": "*",
                            }
                        ],
                    },
                )
            ],
        )
        acknowledge(
            self.role,
            {
                INLINE_POLICY: "Least privilege for one purpose; it lives and dies with its role",
                wildcard_resource("*"): "The tags are the organisation's: no resource to name",
            },
        )


ACTIVATOR: Final = "CostAllocationTags"
"""Part of the name of the function's role, by which the payer's role knows it."""
