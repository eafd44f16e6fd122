"""What an organisation demands of every role and function this library defines."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from weakref import WeakKeyDictionary

from aws_cdk import Names, Stack, Stage, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from finops_constructs._acknowledge import INLINE_POLICY
from finops_constructs._place import place_of, stack_of
from finops_constructs._sheet import define, struct

CONTEXT_KEY: Final = "finops-constructs:landingZone"
ROLE_FINDINGS: Final = {
    INLINE_POLICY: "Least privilege for one purpose; the policy lives and dies with its role"
}
"""What cdk-nag says of every role of `LandingZone.define_role` -> why that is right."""
_MAX_ROLE_NAME: Final = 64
# The longest Region's name; a token's own text is of another length.
_REGION_CHARACTERS: Final = len("ap-southeast-2")
# Account and name are those of AWS's documents. The version was seen in use for this runtime
# in public repositories of 2026; that AWS offers it in every Region is unverified, as are the
# partitions aws-cn and aws-us-gov, which have other accounts: hence the setting.
_POWERTOOLS_LAYER: Final = (
    "arn:aws:lambda:{region}:017000801446:layer:AWSLambdaPowertoolsPythonV3-python314-arm64:38"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingZone:
    """Landing-zone settings; the constructs below a scope find them in its context.

    An app team can set the same keys in `cdk.json` under `finops-constructs:landingZone`.

    Example:
        LandingZone(permissions_boundary="bank-boundary").apply(stack)

    Attributes:
        permissions_boundary: Name (with path) of the managed policy that bounds every role.
        role_path: Path of every role; the Region is appended, since IAM names are global.
        name_prefix: Prefix of every role and function name. Default: CloudFormation names them.
        mandatory_tags: Tags on everything below the scope that takes tags.
        subnet_ids: Subnets functions run in. Default: no VPC.
        security_group_ids: Security groups of functions in a VPC.
        kms_key_arn: An existing key to use instead of defining one.
        powertools_layer_arn: Layer with Powertools for AWS Lambda, `{region}` standing for the
            Region. Default: AWS's own.
    """

    permissions_boundary: str | None = None
    role_path: str = "/finops/"
    name_prefix: str = ""
    mandatory_tags: Mapping[str, str] = field(default_factory=dict)
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    kms_key_arn: str | None = None
    powertools_layer_arn: str | None = None

    def apply(self, scope: Construct, *, within: Construct | None = None) -> None:
        """Make the settings hold for everything defined below `scope` from now on.

        Args:
            scope: A stage, a stack or a construct in one.
            within: What a new stack was defined in; if these settings hold there already, the CDK
                is not told again. Default: it is told.
        """
        if isinstance(scope, Stack):
            _of_stacks[scope] = self
        elif not isinstance(scope, Stage):
            _of_stacks.pop(stack_of(scope), None)
        if within is None or replace(self, mandatory_tags={}) != _around(within):
            self._tell(scope)
        for key, value in self.mandatory_tags.items():
            Tags.of(scope).add(key, value)

    def _tell(self, scope: Construct) -> None:
        scope.node.set_context(
            CONTEXT_KEY,
            {
                "permissionsBoundary": self.permissions_boundary,
                "rolePath": self.role_path,
                "namePrefix": self.name_prefix,
                "subnetIds": list(self.subnet_ids),
                "securityGroupIds": list(self.security_group_ids),
                "kmsKeyArn": self.kms_key_arn,
                "powertoolsLayerArn": self.powertools_layer_arn,
            },
        )

    @staticmethod
    def of(scope: Construct) -> "LandingZone":
        """Return the settings that hold at `scope`."""
        known = _of_stacks.get(stack_of(scope))
        if known is not None:
            return known
        return _told(scope)

    def define_role(
        self,
        scope: Construct,
        id: str,
        *,
        service: str,
        policies: Mapping[str, list[dict[str, Any]]],
        conditions: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> iam.CfnRole:
        """Define a role for an AWS service, bounded, placed and named as demanded.

        Whoever defines it acknowledges `ROLE_FINDINGS`, on it or on a construct around it.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            service: The service principal that may assume it.
            policies: Inline policies, name -> statements.
            conditions: When the service may assume it. Default: always.
        """
        boundary, place = self.permissions_boundary, place_of(scope)
        documents = dict(policies)
        if self.subnet_ids and service == "lambda.amazonaws.com":
            documents["vpc"] = [_VPC_ACCESS]
        return define(
            iam.CfnRole,
            scope,
            id,
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"Service": service},
                        **({"Condition": dict(conditions)} if conditions else {}),
                    }
                ],
            },
            path=f"{self.role_path}{place.region}/",
            role_name=self.role_name(scope, id),
            permissions_boundary=(
                place.global_arn("iam", f"policy/{boundary}") if boundary else None
            ),
            policies=[
                struct(
                    iam.CfnRole.PolicyProperty,
                    policy_name=name,
                    policy_document={"Version": "2012-10-17", "Statement": statements},
                )
                for name, statements in documents.items()
            ]
            or None,
        )

    def role_name(self, scope: Construct, id: str) -> str | None:
        """Return the name a role must have, or None if CloudFormation may choose."""
        return self._physical_name(scope, id)

    def function_name(self, scope: Construct, id: str) -> str | None:
        """Return the name a function must have, or None if CloudFormation may choose."""
        return self._physical_name(scope, id)

    def layer_arn(self, scope: Construct) -> str:
        """Return the layer with Powertools for AWS Lambda in the Region of `scope`."""
        arn = self.powertools_layer_arn or _POWERTOOLS_LAYER
        return arn.replace("{region}", place_of(scope).region)

    def vpc_config(self) -> lambda_.CfnFunction.VpcConfigProperty | None:
        """Return where functions run, or None for no VPC."""
        if not self.subnet_ids:
            return None
        return struct(
            lambda_.CfnFunction.VpcConfigProperty,
            subnet_ids=list(self.subnet_ids),
            security_group_ids=list(self.security_group_ids),
        )

    def _physical_name(self, scope: Construct, id: str) -> str | None:
        if not self.name_prefix:
            return None
        # IAM knows no Regions: the same app in two of them must name its roles apart.
        suffix = f"-{place_of(scope).region}-{id}"
        longest = _MAX_ROLE_NAME - len(self.name_prefix) - len(id) - _REGION_CHARACTERS - 2
        unique = Names.unique_resource_name(scope, max_length=longest, separator="-")
        return f"{self.name_prefix}{unique}{suffix}"


# What was applied to a whole stack, whose every function asks; a part of it may then differ.
_of_stacks: WeakKeyDictionary[Stack, LandingZone] = WeakKeyDictionary()
_of_scopes: WeakKeyDictionary[Construct, LandingZone] = WeakKeyDictionary()


# ec2 does not support resource-level permissions for describing and creating network interfaces of
# a function; this is what AWSLambdaVPCAccessExecutionRole grants.
_VPC_ACCESS: Final = {
    "Effect": "Allow",
    "Action": [
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
    ],
    "Resource": "*",
}


def _told(scope: Construct) -> LandingZone:
    context: Mapping[str, Any] = scope.node.try_get_context(CONTEXT_KEY) or {}
    return LandingZone(
        permissions_boundary=context.get("permissionsBoundary"),
        role_path=context.get("rolePath") or "/finops/",
        name_prefix=context.get("namePrefix") or "",
        subnet_ids=tuple(context.get("subnetIds") or ()),
        security_group_ids=tuple(context.get("securityGroupIds") or ()),
        kms_key_arn=context.get("kmsKeyArn"),
        powertools_layer_arn=context.get("powertoolsLayerArn"),
    )


def _around(scope: Construct) -> LandingZone:
    """Return what holds in a scope that has children, which fixes its context."""
    if scope not in _of_scopes:
        _of_scopes[scope] = _told(scope)
    return _of_scopes[scope]
