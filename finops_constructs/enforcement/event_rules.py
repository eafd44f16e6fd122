"""Rules of the default event bus that call a function."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct


def define_function_rule(
    scope: Construct,
    id: str,
    *,
    function: lambda_.CfnFunction,
    description: str,
    schedule: str | None = None,
    pattern: Mapping[str, Any] | None = None,
    constant_input: str | None = None,
) -> events.CfnRule:
    """Define a rule that calls a function, and the permission it needs.

    Args:
        scope: The construct it belongs to.
        id: The rule's id.
        function: What it calls.
        description: Why.
        schedule: When, as a `rate(...)` or `cron(...)`. Default: by the pattern.
        pattern: On which events. Default: by the schedule.
        constant_input: What the function is given, as JSON. Default: the event.
    """
    rule = events.CfnRule(
        scope,
        id,
        description=description,
        event_pattern=pattern,
        schedule_expression=schedule,
        targets=[
            events.CfnRule.TargetProperty(
                arn=function.attr_arn, id="Function", input=constant_input
            )
        ],
    )
    lambda_.CfnPermission(
        scope,
        f"{id}Permission",
        action="lambda:InvokeFunction",
        function_name=function.ref,
        principal="events.amazonaws.com",
        source_arn=rule.attr_arn,
    )
    return rule
