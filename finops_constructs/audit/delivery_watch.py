"""Alarms on everything between a call and its locked record; each is an event in the log itself."""

from collections.abc import Iterator
from typing import Final

from constructs import Construct

from finops_constructs._function import METRICS_NAMESPACE
from finops_constructs.audit.log_archiver import LogArchiver
from finops_constructs.budgets.alert_topic import AlertTopic
from finops_constructs.controls.control import Control
from finops_constructs.enforcement.event_rules import define_function_rule
from finops_constructs.enforcement.guard_alarm_list import Alarm, AlarmMetric
from finops_constructs.enforcement.guard_alarms import define_alarm

_RUNBOOK: Final = "docs/runbooks/audit-log.md"
_ALL_MODELS: Final = "Across all model IDs"
_FINE, _BROKEN = "notBreaching", "breaching"
_QUARTER: Final = 900


class DeliveryWatch(Construct):
    """Defines alarms on the delivery and archiving of records, and logs when they fire.

    An alarm that fires or recovers is archived as an event by the archiver: that logging failed is
    itself in the log. Eight alarms, $0.10 a month each.

    Attributes:
        alarm_arns: The alarms.
    """

    alarm_arns: list[str]

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        archiver: LogArchiver,
        alerts: AlertTopic,
        content: bool = False,
    ) -> None:
        """Define the alarms.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            archiver: The archiver, which also writes the events.
            alerts: Where the operators are told.
            content: Whether large bodies are delivered, too. Default: False.
        """
        super().__init__(scope, id)
        watched = [*_delivery_alarms(content=content), *_archiver_alarms(archiver)]
        self.alarm_arns = [
            define_alarm(
                self,
                each,
                topic_arn=alerts.topic_arn,
                runbook=_RUNBOOK,
                supports=Control.LOG_DELIVERY_WATCHED,
            ).attr_arn
            for each in watched
        ]
        define_function_rule(
            self,
            "Events",
            function=archiver.function,
            description="Has a failure of logging, and its end, written into the log",
            pattern={
                "source": ["aws.cloudwatch"],
                "detail-type": ["CloudWatch Alarm State Change"],
                "resources": self.alarm_arns,
            },
        )


def _delivery_alarms(*, content: bool) -> Iterator[Alarm]:
    destinations = {
        "LogGroupDelivery": "ModelInvocationLogsCloudWatchDeliveryFailure",
        "BucketDelivery": "ModelInvocationLogsS3DeliveryFailure",
    }
    if content:
        destinations["LargeBodyDelivery"] = "ModelInvocationLargeDataS3DeliveryFailure"
    for name, metric in destinations.items():
        yield Alarm(
            id=name,
            metric=AlarmMetric(
                namespace="AWS/Bedrock", name=metric, dimension="ModelId", value=_ALL_MODELS
            ),
            statistic="Sum",
            meaning="Bedrock could not deliver records of calls; they may be lost.",
            missing=_FINE,
        )
    yield Alarm(
        id="LoggingDrift",
        metric=_own("invocation-logging", "LoggingDrift"),
        meaning="The account's logging configuration is not the one that was deployed.",
        period=3600,
        missing=_FINE,
    )
    yield Alarm(
        id="CallsUndelivered",
        metric=_own("invocation-logging", "CallsUndelivered"),
        meaning="Calls were made, and no record of any was delivered.",
        period=3600,
        missing=_FINE,
    )


def _archiver_alarms(archiver: LogArchiver) -> Iterator[Alarm]:
    yield Alarm(
        id="ArchiverErrors",
        metric=AlarmMetric(
            namespace="AWS/Lambda",
            name="Errors",
            dimension="FunctionName",
            value=archiver.function.ref,
        ),
        statistic="Sum",
        meaning="The archiver fails. Records wait in the landing bucket, for a day at least.",
        missing=_FINE,
    )
    yield Alarm(
        id="ArchiverDeadLetters",
        metric=AlarmMetric(
            namespace="AWS/SQS",
            name="ApproximateNumberOfMessagesVisible",
            dimension="QueueName",
            value=archiver.dead_letters.attr_queue_name,
        ),
        meaning="Something could not be archived and waits for an operator.",
        missing=_FINE,
    )
    yield Alarm(
        id="HoursWithoutManifest",
        metric=_own("log-archiver", "HoursWithoutManifest"),
        meaning="An hour is over and has no manifest, or the archiver does not run.",
        period=_QUARTER,
        periods=2,
        missing=_BROKEN,
    )
    yield Alarm(
        id="UnreadableDeliveries",
        metric=_own("log-archiver", "UnreadableDeliveries"),
        statistic="Sum",
        meaning="A delivery could not be read wholly. It is kept in quarantine for 90 days.",
        missing=_FINE,
    )


def _own(service: str, name: str) -> AlarmMetric:
    return AlarmMetric(namespace=METRICS_NAMESPACE, name=name, dimension="service", value=service)
