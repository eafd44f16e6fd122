"""Alarms on the guard itself: what it cannot see, cannot do, or no longer does."""

from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from finops_constructs.budgets.alert_topic import AlertTopic
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.enforcement.guard_alarm_list import Alarm, guard_alarms
from finops_constructs.enforcement.kill_switch import KillSwitch
from finops_constructs.enforcement.spend_meter import SpendMeter
from finops_constructs.enforcement.wake_queue import WakeQueue

_RUNBOOK: Final = "docs/runbooks/guard.md"


class GuardAlarms(Construct):
    """Defines the alarms on meter and kill switch ($0.10 a month each), told to the operators.

    Each names the section of its runbook. Where the guard does not say how it is, the alarm stays
    as it was, or fires: silence is never taken for health.

    Attributes:
        alarm_arns: The alarms, in the order of the runbook.
    """

    alarm_arns: list[str]

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        meter: SpendMeter,
        switch: KillSwitch,
        wake_queue: WakeQueue,
        alerts: AlertTopic,
    ) -> None:
        """Define the alarms.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            meter: The spend meter.
            switch: The kill switch.
            wake_queue: What wakes it.
            alerts: Where the operators are told.
        """
        super().__init__(scope, id)
        specified = guard_alarms(meter, switch, wake_queue)
        self.alarm_arns = [
            define_alarm(self, each, topic_arn=alerts.topic_arn, runbook=_RUNBOOK).attr_arn
            for each in specified
        ]


def define_alarm(
    scope: Construct,
    alarm: Alarm,
    *,
    topic_arn: str,
    runbook: str,
    supports: Control = Control.GUARD_WATCHED,
) -> cloudwatch.CfnAlarm:
    """Define an alarm whose description names the section of its runbook.

    Args:
        scope: The construct it belongs to.
        alarm: What is watched; its id is the construct's.
        topic_arn: Whom it tells.
        runbook: The page; its section is named as the alarm.
        supports: The control it is evidence of. Default: that the guard is watched.
    """
    section = "".join(f"-{c.lower()}" if c.isupper() else c for c in alarm.id).lstrip("-")
    defined = cloudwatch.CfnAlarm(
        scope,
        alarm.id,
        alarm_actions=[topic_arn],
        alarm_description=f"{alarm.meaning} Runbook: {runbook}#{section}",
        comparison_operator=alarm.comparison,
        dimensions=[
            cloudwatch.CfnAlarm.DimensionProperty(
                name=alarm.metric.dimension, value=alarm.metric.value
            )
        ],
        evaluation_periods=alarm.periods,
        metric_name=alarm.metric.name,
        namespace=alarm.metric.namespace,
        period=alarm.period,
        statistic=alarm.statistic,
        threshold=alarm.threshold,
        treat_missing_data=alarm.missing,
    )
    declare(defined, {supports: alarm.meaning})
    return defined
