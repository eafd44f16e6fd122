"""Cost allocation tags, active as soon as AWS lets them be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from aws_cdk import CfnResource
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from finops_constructs._function import METRICS_NAMESPACE, define_function
from finops_constructs._place import place_of
from finops_constructs._tokens import is_unresolved
from finops_constructs._validation import invalid
from finops_constructs.cost_lake.tag_activation_role import ACTIVATOR
from finops_constructs.enforcement.event_rules import define_function_rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from finops_constructs.budgets.alert_topic import AlertTopic

STATE_PARAMETER: Final = "/finops/_platform/cost-allocation-tags"
SERVICE: Final = "cost-tags"
_SCHEDULE: Final = "rate(6 hours)"
_TIMEOUT_SECONDS: Final = 120
_DAYS_INACTIVE: Final = 3
_DAY_SECONDS: Final = 86_400
_MOST_KEYS: Final = 100


class CostAllocationTags(Construct):
    """Defines that tag keys are cost allocation tags, and are activated as soon as AWS allows it.

    CloudFormation has no such type. A function activates them in the payer account, by a role there
    that may do nothing else; at the deployment, which it never fails, and every 6 hours after: a
    key must have been seen on a resource first, which takes a day. If a key stays inactive for 3
    days, an alarm says so. Deleting the construct leaves the tags active.

    Example:
        CostAllocationTags(stack, "CostAllocationTags", payer_role_arn=role_arn, alerts=alerts,
            tag_keys=["bedrock:tool", "bedrock:project", "bedrock:environment", "finops:tenant"])

    Attributes:
        function: The function.
        alarm: Fires when a key has been inactive for 3 days.
    """

    function: lambda_.CfnFunction
    alarm: cloudwatch.CfnAlarm

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tag_keys: Sequence[str],
        payer_role_arn: str,
        alerts: AlertTopic,
        backfill_from: date | None = None,
    ) -> None:
        """Define the function, its schedule and its alarm.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            tag_keys: Keys as they stand on resources, 1 to 100.
            payer_role_arn: A `TagActivationRole` of the payer account.
            alerts: Told of keys that stay inactive.
            backfill_from: First day of a month, at most 12 months back when it is asked for, from
                which AWS fills the tags in. Default: they count from their activation on.

        Raises:
            ValueError: If there are no keys, too many, or one twice; or the day is not a first.
        """
        super().__init__(scope, id)
        if not 1 <= len(tag_keys) <= _MOST_KEYS or len(set(tag_keys)) < len(tag_keys):
            raise invalid(
                self, f"tag_keys must be 1 to {_MOST_KEYS} different keys, got {tag_keys}"
            )
        if backfill_from is not None and backfill_from.day != 1:
            raise invalid(self, f"backfill_from must be a first of a month, got {backfill_from}")
        keys = list(tag_keys) if any(map(is_unresolved, tag_keys)) else sorted(tag_keys)
        self.function = self._function(keys, payer_role_arn, backfill_from)
        CfnResource(
            self,
            "Resource",
            type="Custom::FinOpsCostAllocationTags",
            properties={
                "ServiceToken": self.function.attr_arn,
                "ServiceTimeout": _TIMEOUT_SECONDS,
                # What changes makes CloudFormation call the function again.
                "TagKeys": keys,
                "BackfillFrom": backfill_from.isoformat() if backfill_from else "",
            },
        )
        define_function_rule(
            self,
            "Schedule",
            function=self.function,
            description="Activates cost allocation tags that AWS has seen by now",
            schedule=_SCHEDULE,
            constant_input='{"tags":"schedule"}',
        )
        self.alarm = self._alarm(alerts)

    def _function(
        self, keys: list[str], payer_role_arn: str, backfill_from: date | None
    ) -> lambda_.CfnFunction:
        place = place_of(self)
        parameter = place.arn("ssm", f"parameter{STATE_PARAMETER}")
        return define_function(
            # The payer's role knows this one by a part of its name.
            Construct(self, ACTIVATOR),
            package="cost_tags",
            description="Activates cost allocation tags in the payer account",
            timeout_seconds=_TIMEOUT_SECONDS,
            statements=[
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": payer_role_arn},
                {
                    "Effect": "Allow",
                    "Action": ["ssm:DeleteParameter", "ssm:GetParameter", "ssm:PutParameter"],
                    "Resource": parameter,
                },
            ],
            environment={
                "PAYER_ROLE_ARN": payer_role_arn,
                "STATE_PARAMETER": STATE_PARAMETER,
                "TAG_KEYS": json.dumps(keys),
                **({"BACKFILL_FROM": backfill_from.isoformat()} if backfill_from else {}),
            },
            concurrency="A schedule calls it every 6 hours",
            dead_letters="The next run tries again, and an alarm tells that it does not run",
        ).function

    def _alarm(self, alerts: AlertTopic) -> cloudwatch.CfnAlarm:
        return cloudwatch.CfnAlarm(
            self,
            "InactiveTags",
            alarm_actions=[alerts.topic_arn],
            alarm_description="A cost tag has been inactive for 3 days, or nobody looks: its spend"
            " belongs to nobody on the bill. Runbook: docs/runbooks/bill.md#inactive-tags",
            comparison_operator="GreaterThanOrEqualToThreshold",
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name="service", value=SERVICE),
            ],
            evaluation_periods=1,
            metric_name="CostTagDaysInactive",
            namespace=METRICS_NAMESPACE,
            period=_DAY_SECONDS,
            statistic="Maximum",
            threshold=_DAYS_INACTIVE,
            treat_missing_data="breaching",
        )
