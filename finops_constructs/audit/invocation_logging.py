"""Bedrock's log of calls, of which an account and Region has exactly one."""

from typing import Any, Final

from aws_cdk import CfnResource
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from finops_constructs._function import define_function
from finops_constructs._place import Place, place_of
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.enforcement.iam_statement import Statement
from finops_constructs.enforcement.registry import invocation_logging_path
from finops_constructs.landing_zone import LandingZone

_TIMEOUT_SECONDS: Final = 180
# Bedrock writes into this stream alone (AWS's user guide, model-invocation-logging).
_STREAM: Final = "aws/bedrock/modelinvocations"


class InvocationLogging(Construct):
    """Defines that Bedrock logs every call of this account and Region, without its content.

    The setting is a singleton without a CloudFormation type: a custom resource makes it, and
    refuses to replace a configuration that somebody else made unless it is told to. When it is
    deleted it restores what it found, unless somebody has changed the setting since.

    Example:
        InvocationLogging(stack, "InvocationLogging", log_group=meter.log_group)

    Attributes:
        role: What Bedrock writes the log as.
    """

    role: iam.CfnRole

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        log_group: logs.CfnLogGroup,
        overwrite: bool = False,
    ) -> None:
        """Define the setting.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            log_group: Where the records go; it must have a fixed name.
            overwrite: Replace a configuration that somebody else made. Default: the deployment
                fails and says what it found.
        """
        super().__init__(scope, id)
        place = place_of(self)
        group_arn = place.arn("logs", f"log-group:{log_group.log_group_name}")
        self.role = LandingZone.of(self).define_role(
            self,
            "Role",
            service="bedrock.amazonaws.com",
            conditions={
                "ArnLike": {"aws:SourceArn": place.arn("bedrock", "*")},
                "StringEquals": {"aws:SourceAccount": place.account},
            },
            policies={"log": [_write_records(group_arn)]},
        )
        function = define_function(
            Construct(self, "Function"),
            package="invocation_logging",
            description="Sets Bedrock's log of calls, and restores what it found",
            timeout_seconds=_TIMEOUT_SECONDS,
            statements=_rights(place, self.role),
            wildcards={"*": "The setting is the account's: its actions know no resource"},
            powertools=False,
            concurrency="CloudFormation calls it once per change of the stack",
            dead_letters="CloudFormation is told of every failure and shows it",
        ).function
        self._resource = CfnResource(
            self,
            "Resource",
            type="Custom::FinOpsInvocationLogging",
            properties={
                "ServiceToken": function.attr_arn,
                "ServiceTimeout": _TIMEOUT_SECONDS,
                "FoundParameter": invocation_logging_path(),
                "LogGroupName": log_group.ref,
                "Overwrite": str(overwrite).lower(),
                "RoleArn": self.role.attr_arn,
            },
        )
        why = (
            "Bedrock's log of calls, an account's singleton, is switched on and kept as it was set"
        )
        declare(self._resource, {Control.CALLS_LOGGED: why})


def _write_records(group_arn: str) -> Statement:
    return {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{group_arn}:log-stream:{_STREAM}",
    }


def _rights(place: Place, role: iam.CfnRole) -> list[dict[str, Any]]:
    return [
        {
            "Effect": "Allow",
            "Action": [
                "bedrock:DeleteModelInvocationLoggingConfiguration",
                "bedrock:GetModelInvocationLoggingConfiguration",
                "bedrock:PutModelInvocationLoggingConfiguration",
            ],
            # The setting is the account's: these actions know no resource.
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": ["ssm:DeleteParameter", "ssm:GetParameter", "ssm:PutParameter"],
            "Resource": place.arn("ssm", f"parameter{invocation_logging_path()}"),
        },
        {
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": role.attr_arn,
            "Condition": {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}},
        },
    ]
