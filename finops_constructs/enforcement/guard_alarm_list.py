"""What is watched of the guard itself: each alarm with its meaning."""

from dataclasses import dataclass
from typing import Final

from finops_constructs._function import METRICS_NAMESPACE
from finops_constructs.enforcement.kill_switch import KillSwitch
from finops_constructs.enforcement.spend_meter import SpendMeter
from finops_constructs.enforcement.wake_queue import WakeQueue

_FIVE_MINUTES, _QUARTER_OF_AN_HOUR, _HOUR = 300, 900, 3600

_ABOVE: Final = "GreaterThanThreshold"
_BELOW: Final = "LessThanThreshold"
# What missing data means: nothing happened, nobody looked, or it is as it was.
_FINE, _BROKEN, _UNCHANGED = "notBreaching", "breaching", "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmMetric:
    """One metric with the one dimension it is told apart by."""

    namespace: str
    name: str
    dimension: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm: a metric, what is wrong with it, and what that means."""

    id: str
    metric: AlarmMetric
    meaning: str
    missing: str
    statistic: str = "Maximum"
    comparison: str = _ABOVE
    threshold: float = 0
    period: int = _FIVE_MINUTES
    periods: int = 1


def guard_alarms(meter: SpendMeter, switch: KillSwitch, wake_queue: WakeQueue) -> list[Alarm]:
    """Return every alarm, in the order of the runbook."""
    return [
        *_meter_alarms(meter),
        *_cross_check_alarms(meter),
        *_switch_alarms(switch, wake_queue),
        *_knowledge_alarms(),
    ]


def _meter_alarms(meter: SpendMeter) -> list[Alarm]:
    return [
        Alarm(
            id="MeterErrors",
            metric=_lambda(meter.function.ref, "Errors"),
            statistic="Sum",
            meaning="The spend meter fails on log records. Estimates may lag behind.",
            missing=_FINE,
        ),
        Alarm(
            id="MeterLost",
            metric=_lambda(meter.function.ref, "DestinationDeliveryFailures"),
            statistic="Sum",
            meaning="A batch of log records failed and could not be kept for replay.",
            missing=_FINE,
        ),
        Alarm(
            id="MeterDeadLetters",
            metric=_waiting(meter.dead_letters.attr_queue_name),
            meaning="Log records that could not be metered wait for an operator to replay them.",
            missing=_FINE,
        ),
        Alarm(
            id="RejectedRecords",
            metric=_own("spend-meter", "RecordsRejected"),
            statistic="Sum",
            meaning="Calls could not be priced or attributed. They count for no tenant.",
            missing=_FINE,
        ),
    ]


def _cross_check_alarms(meter: SpendMeter) -> list[Alarm]:
    return [
        Alarm(
            id="CrossCheckErrors",
            metric=_lambda(meter.cross_check.function.ref, "Errors"),
            statistic="Sum",
            period=_HOUR,
            meaning="The hourly comparison of the estimate with CloudWatch fails.",
            missing=_FINE,
        ),
        Alarm(
            id="MeterSilence",
            metric=_own("cross-check", "SilentProfiles"),
            period=_HOUR,
            periods=2,
            meaning="Profiles are called and nothing is logged of it, or nobody has compared.",
            missing=_BROKEN,
        ),
        Alarm(
            id="CrossCheckDifference",
            metric=_own("cross-check", "CrossCheckDifferencePercent"),
            threshold=5,
            period=_HOUR,
            meaning="Log and CloudWatch differ by more than 5 % on what was spent.",
            missing=_UNCHANGED,
        ),
        Alarm(
            id="CacheTokensMissing",
            metric=_own("cross-check", "CacheTokensMissing"),
            period=_HOUR,
            meaning="CloudWatch counts cached tokens that the log records do not show.",
            missing=_UNCHANGED,
        ),
    ]


def _switch_alarms(switch: KillSwitch, wake_queue: WakeQueue) -> list[Alarm]:
    return [
        Alarm(
            id="SwitchErrors",
            metric=_lambda(switch.function.ref, "Errors"),
            statistic="Sum",
            meaning="The kill switch fails. Tenants may not be stopped, or not be resumed.",
            missing=_FINE,
        ),
        Alarm(
            id="SwitchNotRunning",
            metric=_lambda(switch.function.ref, "Invocations"),
            statistic="Sum",
            comparison=_BELOW,
            threshold=1,
            period=_QUARTER_OF_AN_HOUR,
            meaning="The kill switch has not run for 15 minutes. Nothing would be stopped.",
            missing=_BROKEN,
        ),
        Alarm(
            id="WakeDeadLetters",
            metric=_waiting(wake_queue.dead_letters.attr_queue_name),
            meaning="Wake-ups of the kill switch could not be handled. It still runs by the clock.",
            missing=_FINE,
        ),
        Alarm(
            id="CommandErrors",
            metric=_lambda(switch.commands.function.ref, "Errors"),
            statistic="Sum",
            meaning="The commands function fails. People cannot suspend, resume or override.",
            missing=_FINE,
        ),
        Alarm(
            id="ActionFailures",
            metric=_own("kill-switch", "ActionFailures"),
            statistic="Sum",
            meaning="The kill switch could not tag a profile or reach a role's policies.",
            missing=_FINE,
        ),
        Alarm(
            id="UnconfirmedSuspensions",
            metric=_own("kill-switch", "UnconfirmedSuspensions"),
            periods=3,
            meaning="A suspended profile is still called with success, a quarter of an hour later.",
            missing=_UNCHANGED,
        ),
    ]


def _knowledge_alarms() -> list[Alarm]:
    return [
        Alarm(
            id="RegistryFaults",
            metric=_own("kill-switch", "RegistryFaults"),
            meaning="Registry entries cannot be read. Their tenants stay as they are.",
            missing=_UNCHANGED,
        ),
        Alarm(
            id="UnguardedProfiles",
            metric=_own("kill-switch", "UnguardedProfiles"),
            meaning="Profiles belong to a tenant without a policy: nothing would ever stop them.",
            missing=_UNCHANGED,
        ),
        Alarm(
            id="SpendUnknown",
            metric=_own("kill-switch", "SpendUnknown"),
            meaning="The spend of tenants is not known. Their last state is held.",
            missing=_UNCHANGED,
        ),
        Alarm(
            id="EstimateDrift",
            metric=_own("kill-switch", "EstimateDriftPercent"),
            threshold=10,
            meaning="The estimate is more than 10 % off the bill.",
            missing=_UNCHANGED,
        ),
        Alarm(
            id="PriceAge",
            metric=_own("kill-switch", "PriceAgeDays"),
            threshold=30,
            meaning="Prices are older than 30 days.",
            missing=_UNCHANGED,
        ),
    ]


def _lambda(function_name: str, name: str) -> AlarmMetric:
    return AlarmMetric(
        namespace="AWS/Lambda", name=name, dimension="FunctionName", value=function_name
    )


def _waiting(queue_name: str) -> AlarmMetric:
    return AlarmMetric(
        namespace="AWS/SQS",
        name="ApproximateNumberOfMessagesVisible",
        dimension="QueueName",
        value=queue_name,
    )


def _own(service: str, name: str) -> AlarmMetric:
    return AlarmMetric(namespace=METRICS_NAMESPACE, name=name, dimension="service", value=service)
