"""Bedrock's log of calls, of which an account and Region has exactly one."""

from typing import Any, Final, Literal

from aws_cdk import Annotations, CfnResource, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from finops_constructs._acknowledge import acknowledge
from finops_constructs._function import define_function
from finops_constructs._place import Place, place_of
from finops_constructs._validation import invalid
from finops_constructs.audit.landing_bucket import LandingBucket
from finops_constructs.audit.names import LANDING_PREFIX
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.enforcement.event_rules import define_function_rule
from finops_constructs.enforcement.iam_statement import Statement
from finops_constructs.enforcement.registry import invocation_logging_path
from finops_constructs.landing_zone import ROLE_FINDINGS, LandingZone

_TIMEOUT_SECONDS: Final = 180
# Bedrock writes into this stream alone (AWS's user guide, model-invocation-logging).
_STREAM: Final = "aws/bedrock/modelinvocations"
_WATCH_EVERY: Final = "rate(30 minutes)"
Content = Literal["none", "full"]


class InvocationLogging(Construct):
    """Defines that Bedrock logs every call of this account and Region, by default without content.

    The setting is a singleton without a CloudFormation type: a custom resource makes it, and
    refuses to replace a configuration that somebody else made unless it is told to. When it is
    deleted it restores what it found, unless somebody has changed the setting since. Every half
    hour it is compared with what was deployed, and the calls that AWS counts with the deliveries
    that it counts: the first comparison after a deployment tells whether delivery works.

    Example:
        InvocationLogging(stack, "InvocationLogging", log_group=meter.log_group)

    Attributes:
        role: What Bedrock writes into the log group as.
        function: Sets and watches the setting; its metrics are `LoggingDrift` and
            `CallsUndelivered`.
        resource: The custom resource.
    """

    role: iam.CfnRole
    function: lambda_.CfnFunction
    resource: CfnResource

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        log_group: logs.CfnLogGroup,
        overwrite: bool = False,
        landing: LandingBucket | None = None,
        content: Content = "none",
    ) -> None:
        """Define the setting.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            log_group: Where the records go; it must have a fixed name.
            overwrite: Replace a configuration that somebody else made. Default: the deployment
                fails and says what it found.
            landing: Where the records go, too, to be archived. Default: nowhere.
            content: `full` logs prompts and answers as well, which are personal data: Bedrock has
                one switch for both destinations, so the log group holds them, too. Default: none.

        Raises:
            ValueError: If content is to be logged and there is no landing bucket for it.
        """
        super().__init__(scope, id)
        if content == "full" and landing is None:
            raise invalid(self, "content='full' needs a landing bucket, got none")
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
        acknowledge(self.role, ROLE_FINDINGS)
        self.function = define_function(
            Construct(self, "Function"),
            package="invocation_logging",
            description="Sets and watches Bedrock's log of calls, and restores what it found",
            timeout_seconds=_TIMEOUT_SECONDS,
            statements=_rights(place, self.role),
            wildcards={"*": "The setting is the account's: its actions know no resource"},
            powertools=False,
            concurrency="CloudFormation calls it once per change of the stack, a schedule seldom",
            dead_letters="CloudFormation is told of every failure; the schedule comes again",
        ).function
        self.resource = self._resource(log_group, landing, content=content, overwrite=overwrite)
        if content == "full":
            Annotations.of(self).add_warning_v2(
                "finops-constructs:logged-content",
                "prompts and answers are logged: they are personal data, in the log group that "
                "feeds the spend meter, too; keep both for days, and readers few",
            )

    def _resource(
        self,
        log_group: logs.CfnLogGroup,
        landing: LandingBucket | None,
        *,
        content: Content,
        overwrite: bool,
    ) -> CfnResource:
        properties = {
            "FoundParameter": invocation_logging_path(),
            "LogGroupName": log_group.ref,
            "Overwrite": str(overwrite).lower(),
            "RoleArn": self.role.attr_arn,
        }
        if landing is not None:
            properties |= {
                "BucketName": landing.bucket.ref,
                "Content": content,
                "KeyPrefix": LANDING_PREFIX,
            }
        resource = CfnResource(
            self,
            "Resource",
            type="Custom::FinOpsInvocationLogging",
            properties={
                "ServiceToken": self.function.attr_arn,
                "ServiceTimeout": _TIMEOUT_SECONDS,
                **properties,
            },
        )
        if landing is not None:
            # Bedrock tries to write when it is told to.
            resource.node.add_dependency(landing.policy)
        why = (
            "Bedrock's log of calls, an account's singleton, is switched on and kept as it was set"
        )
        declare(resource, {Control.CALLS_LOGGED: why})
        define_function_rule(
            self,
            "Watch",
            function=self.function,
            description="Looks whether Bedrock's log of calls is still set, and delivered",
            schedule=_WATCH_EVERY,
            constant_input=Stack.of(self).to_json_string({"watch": properties}),
        )
        return resource


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
            "Action": ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"],
            # CloudWatch knows no resource for these.
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
