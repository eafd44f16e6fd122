"""The bill, told to the kill switches: the daily correction of the fast estimate."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from finops_constructs._function import METRICS_NAMESPACE, define_function
from finops_constructs._place import place_of
from finops_constructs._validation import invalid
from finops_constructs.cost_lake.library_layer import define_library_layer
from finops_constructs.enforcement.event_rules import define_function_rule
from finops_constructs.enforcement.names import EVENT_SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finops_constructs.budgets.alert_topic import AlertTopic
    from finops_constructs.cost_lake.cost_lake import CostLake
    from finops_constructs.enforcement.iam_statement import Statement

SERVICE: Final = "reconciliation"
# After the exports of the night, which AWS delivers up to three times a day at no stated hour.
_SCHEDULE: Final = "cron(40 6 * * ? *)"
_TIMEOUT_SECONDS: Final = 600
_DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PlatformPlace:
    """Where a `PlatformStack` is.

    Attributes:
        account: AWS account id.
        region: AWS Region.
    """

    account: str
    region: str


class Reconciliation(Construct):
    """Defines the daily job that tells each platform what was billed to its tenants.

    It asks the cost lake for the metered usage of the month, by tenant, and sends a
    `finops.reconciled` event for each to the event bus of the platform where the tenant lives,
    which admits this account's only. The kill switch holds it against the limit, and says how far
    its estimate was off. An alarm tells if nobody was told for a day.

    Attributes:
        function: The function.
        alarm: Fires when no bill was told for two days.
    """

    function: lambda_.CfnFunction
    alarm: cloudwatch.CfnAlarm

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        lake: CostLake,
        platforms: Sequence[PlatformPlace],
        alerts: AlertTopic,
        layer: lambda_.CfnLayerVersion | None = None,
    ) -> None:
        """Define the job.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            lake: What it asks.
            platforms: Whom it tells.
            alerts: Told when it does not work.
            layer: The library's layer, shared. Default: one of its own.

        Raises:
            ValueError: If there is no platform.
        """
        super().__init__(scope, id)
        if not platforms:
            raise invalid(self, "platforms must name at least one account and Region")
        place = place_of(self)
        told = sorted(set(platforms))
        self.function = define_function(
            Construct(self, "Function"),
            package="reconciliation",
            description="Tells the platforms what was billed",
            timeout_seconds=_TIMEOUT_SECONDS,
            statements=[*lake.query_statements(), tell_platforms(place.partition, told)],
            wildcards=lake.query_wildcards(),
            environment={
                "DATABASE": lake.database_name,
                "PARTITION": place.partition,
                "TARGETS": targets_json(told),
                "WORKGROUP": lake.workgroup_name,
            },
            concurrency="A schedule calls it once a day",
            dead_letters="The next day tells again, and an alarm says that nobody was told",
        ).function
        shared = layer or define_library_layer(self, "Layer", charts=False)
        self.function.layers = [*(self.function.layers or []), shared.ref]
        define_function_rule(
            self,
            "Schedule",
            function=self.function,
            description="Tells the platforms what was billed, every day",
            schedule=_SCHEDULE,
            constant_input='{"reconcile":"schedule"}',
        )
        self.alarm = cloudwatch.CfnAlarm(
            self,
            "NothingReconciled",
            alarm_actions=[alerts.topic_arn],
            alarm_description="No bill was told to any platform for two days: estimates are not"
            " corrected. Runbook: docs/runbooks/bill.md#nothing-reconciled",
            comparison_operator="LessThanThreshold",
            dimensions=[cloudwatch.CfnAlarm.DimensionProperty(name="service", value=SERVICE)],
            evaluation_periods=2,
            metric_name="ReconciledTenants",
            namespace=METRICS_NAMESPACE,
            period=_DAY_SECONDS,
            statistic="Sum",
            threshold=1,
            treat_missing_data="breaching",
        )


def targets_json(platforms: Sequence[PlatformPlace]) -> str:
    """Return platforms as a function's variable `TARGETS` has them."""
    return json.dumps([asdict(each) for each in platforms])


def tell_platforms(partition: str, platforms: Sequence[PlatformPlace]) -> Statement:
    """Return the right to send our own events to the platforms' buses."""
    return {
        "Effect": "Allow",
        "Action": "events:PutEvents",
        "Resource": [
            f"arn:{partition}:events:{each.region}:{each.account}:event-bus/default"
            for each in platforms
        ],
        # The key is multi-valued, and `ForAllValues` alone also holds without it.
        "Condition": {
            "ForAllValues:StringEquals": {"events:source": EVENT_SOURCE},
            "Null": {"events:source": "false"},
        },
    }
