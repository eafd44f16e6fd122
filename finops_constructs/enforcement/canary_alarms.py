"""What is watched of the daily self-test: that it passes, that it runs, and its latencies."""

from typing import Final

from finops_constructs._function import METRICS_NAMESPACE
from finops_constructs.enforcement.guard_alarm_list import Alarm, AlarmMetric

_SIX_HOURS: Final = 21_600
_UNCHANGED, _BROKEN = "ignore", "breaching"
_METERED_SECONDS, _SWITCHED_SECONDS = 120, 60
"""AWS delivers a log record within half a minute; the rest is ours."""
HOPS: Final = ("CanaryMeteredSeconds", "CanaryStoppedSeconds", "CanaryResumedSeconds")


def canary_alarms() -> list[Alarm]:
    """Return every alarm on the self-test, in the order of its runbook."""
    return [
        Alarm(
            id="CanaryFailed",
            metric=_own("CanaryFailed"),
            meaning="The daily self-test of meter and kill switch failed.",
            missing=_UNCHANGED,
        ),
        Alarm(
            id="CanaryNotRunning",
            metric=_own("CanaryRuns"),
            statistic="Sum",
            comparison="LessThanThreshold",
            threshold=1,
            period=_SIX_HOURS,
            periods=5,
            meaning="The daily self-test has not run for 30 hours.",
            missing=_BROKEN,
        ),
        _slow("CanaryMeteredSlow", HOPS[0], _METERED_SECONDS, "from log record to ledger"),
        _slow("CanaryStoppedSlow", HOPS[1], _SWITCHED_SECONDS, "from ledger to a stop read back"),
        _slow("CanaryResumedSlow", HOPS[2], _SWITCHED_SECONDS, "from correction to calls allowed"),
    ]


def _slow(id: str, metric: str, seconds: int, hop: str) -> Alarm:
    return Alarm(
        id=id,
        metric=_own(metric),
        threshold=seconds,
        meaning=f"The self-test took more than {seconds} s {hop}.",
        missing=_UNCHANGED,
    )


def _own(name: str) -> AlarmMetric:
    return AlarmMetric(
        namespace=METRICS_NAMESPACE,
        name=name,
        dimension="service",
        value="canary",
    )
