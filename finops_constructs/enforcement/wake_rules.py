"""What makes the kill switch look beside alerts: changes of profiles, bills and statements."""

from typing import Any, Final

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from finops_constructs._place import place_of
from finops_constructs.enforcement.event_rules import define_function_rule
from finops_constructs.enforcement.names import EVENT_SOURCE
from finops_constructs.enforcement.wake_queue import WakeQueue

_TOLD_BY_THE_COST_ACCOUNT: Final = ["finops.reconciled", "finops.statement-issued"]
_CHANGES: Final[dict[str, Any]] = {
    "source": ["aws.bedrock", "aws.iam"],
    "detail-type": ["AWS API Call via CloudTrail"],
    "detail": {
        "eventName": [
            "AttachRolePolicy",
            "CreateInferenceProfile",
            "DeleteInferenceProfile",
            "DetachRolePolicy",
            "TagResource",
            "UntagResource",
        ]
    },
}


def define_change_rule(scope: Construct, id: str, *, wake_queue: WakeQueue) -> events.CfnRule:
    """Define the rule that wakes the switch when somebody changes a profile or a caller's policies.

    CloudTrail delivers such events only where a trail records management events, and those of IAM
    in us-east-1 only. Without them the switch notices within 5 minutes.
    """
    rule = events.CfnRule(
        scope,
        id,
        description="Wakes the kill switch when profiles or their callers' policies change",
        event_pattern=_CHANGES,
        targets=[events.CfnRule.TargetProperty(arn=wake_queue.queue.attr_arn, id="WakeQueue")],
    )
    wake_queue.admit_rules([rule.attr_arn])
    return rule


def define_reconciled_rule(
    scope: Construct, id: str, *, function: lambda_.CfnFunction, cost_account: str | None
) -> events.CfnRule:
    """Define the rule that hands reconciled bills and statements to the switch.

    Nothing that comes by the wake queue is believed, and a bill has to be: the rule lets only the
    cost account's own events through, and the bus admits none of its other events. Of a statement
    the switch tells the tenant's alert topic, which no other account may publish to.

    Args:
        scope: The construct it belongs to.
        id: The rule's id.
        function: The kill switch.
        cost_account: The account that reconciles bills. Default: this one.
    """
    place = place_of(scope)
    if cost_account is not None and cost_account != place.account:
        events.CfnEventBusPolicy(
            scope,
            "CostAccount",
            event_bus_name="default",
            statement_id="finops-cost-account",
            statement={
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{place.partition}:iam::{cost_account}:root"},
                "Action": "events:PutEvents",
                "Resource": place.arn("events", "event-bus/default"),
                # Both keys are multi-valued, and `ForAllValues` alone also holds without them.
                "Condition": {
                    "ForAllValues:StringEquals": {
                        "events:detail-type": _TOLD_BY_THE_COST_ACCOUNT,
                        "events:source": EVENT_SOURCE,
                    },
                    "Null": {"events:detail-type": "false", "events:source": "false"},
                },
            },
        )
    return define_function_rule(
        scope,
        id,
        function=function,
        description="Tells the kill switch what was billed and charged",
        pattern={
            "account": [cost_account or place.account],
            "detail-type": _TOLD_BY_THE_COST_ACCOUNT,
            "source": [EVENT_SOURCE],
        },
    )
