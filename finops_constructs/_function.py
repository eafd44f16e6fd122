"""How every Lambda function of this library is defined."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from finops_constructs._acknowledge import (
    FUNCTION_CONCURRENCY,
    FUNCTION_DEAD_LETTERS,
    FUNCTION_VPC,
    LOG_GROUP_KEY,
    wildcard_resource,
)
from finops_constructs._assets import function_asset
from finops_constructs._sheet import accept, define, struct
from finops_constructs.landing_zone import ROLE_FINDINGS, LandingZone

_RUNTIME: Final = "python3.14"
_LOG_RETENTION_DAYS: Final = 90
METRICS_NAMESPACE: Final = "FinOpsConstructs"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionParts:
    """A function with what belongs to it.

    Attributes:
        function: The function.
        role: What it runs as.
        log_group: Where it logs.
    """

    function: lambda_.CfnFunction
    role: iam.CfnRole
    log_group: logs.CfnLogGroup


def define_function(
    scope: Construct,
    *,
    package: str,
    description: str,
    timeout_seconds: int,
    concurrency: str,
    dead_letters: str,
    statements: Sequence[Mapping[str, Any]] = (),
    wildcards: Mapping[str, str] | None = None,
    memory_mb: int = 256,
    environment: Mapping[str, str] | None = None,
    powertools: bool = True,
    name: str | None = None,
) -> FunctionParts:
    """Define a function, its role and its log group below `scope`, as the landing zone demands.

    The code is the package of that name and `shared/`, of the folder `lambdas/`; boto3 is the
    runtime's own, Powertools comes from a layer.

    Args:
        scope: The construct it belongs to; the function is its primary child.
        package: The package in `lambdas/`; its entry point is `<package>.handler.handler`.
        description: What the function is for.
        timeout_seconds: Its time limit.
        concurrency: Why it needs no reserved concurrency.
        dead_letters: Where its failures go, if not to a dead-letter queue of its own.
        statements: What its role may do beside logging. Default: nothing.
        wildcards: Resource with a wildcard in `statements` -> why it is one. Default: none is.
        memory_mb: Its memory in MiB. Default: 256.
        environment: Its variables, beside those of Powertools. Default: none.
        powertools: Whether it uses Powertools. Default: True.
        name: Its fixed name, after the landing zone's prefix. Default: the landing zone or
            CloudFormation names it.
    """
    zone = LandingZone.of(scope)
    log_group = define(logs.CfnLogGroup, scope, "Logs", retention_in_days=_LOG_RETENTION_DAYS)
    log_group.apply_removal_policy(RemovalPolicy.DESTROY)
    policies: dict[str, list[dict[str, Any]]] = {"logs": [_logging(log_group)]}
    if statements:
        policies["work"] = [dict(statement) for statement in statements]
    role = zone.define_role(scope, "Role", service="lambda.amazonaws.com", policies=policies)
    asset = function_asset(scope, "Code", package)
    variables = (_powertools_variables(package) if powertools else {}) | dict(environment or {})
    function = define(
        lambda_.CfnFunction,
        scope,
        "Resource",
        architectures=["arm64"],
        code=struct(
            lambda_.CfnFunction.CodeProperty,
            s3_bucket=asset.bucket,
            s3_key=asset.key,
        ),
        description=description,
        environment=struct(lambda_.CfnFunction.EnvironmentProperty, variables=variables)
        if variables
        else None,
        function_name=f"{zone.name_prefix}{name}"
        if name
        else zone.function_name(scope, "Function"),
        handler=f"{package}.handler.handler",
        layers=[zone.layer_arn(scope)] if powertools else None,
        logging_config=struct(
            lambda_.CfnFunction.LoggingConfigProperty, log_format="JSON", log_group=log_group.ref
        ),
        memory_size=memory_mb,
        role=role.attr_arn,
        runtime=_RUNTIME,
        timeout=timeout_seconds,
        vpc_config=zone.vpc_config(),
    )
    accept(
        scope,
        {
            FUNCTION_CONCURRENCY: concurrency,
            FUNCTION_DEAD_LETTERS: dead_letters,
            FUNCTION_VPC: "It calls AWS APIs only; a VPC is a setting of the landing zone",
            LOG_GROUP_KEY: "It names tenants and roles, no content; AWS encrypts it at rest",
            **ROLE_FINDINGS,
            **{wildcard_resource(arn): why for arn, why in (wildcards or {}).items()},
        },
    )
    return FunctionParts(function=function, role=role, log_group=log_group)


def _logging(log_group: logs.CfnLogGroup) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": log_group.attr_arn,
    }


def _powertools_variables(package: str) -> dict[str, str]:
    return {
        "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
        "POWERTOOLS_SERVICE_NAME": package.replace("_", "-"),
    }


def keep_failures(
    scope: Construct, function: lambda_.CfnFunction, *, dead_letters: str
) -> lambda_.CfnEventInvokeConfig:
    """Send events that `function` failed on three times to a queue, instead of dropping them.

    Args:
        scope: The construct it belongs to.
        function: The function.
        dead_letters: The queue's ARN.
    """
    config = lambda_.CfnEventInvokeConfig
    return config(
        scope,
        "Failures",
        function_name=function.ref,
        qualifier="$LATEST",
        maximum_retry_attempts=2,
        destination_config=config.DestinationConfigProperty(
            on_failure=config.OnFailureProperty(destination=dead_letters)
        ),
    )
