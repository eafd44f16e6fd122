"""Which burst alarms are in ALARM, asked once for all tenants."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shared.registry import Registry

PREFIX: Final = "finops-burst-"
PERMISSIONS: Final = ("cloudwatch:DescribeAlarms",)


def read_bursts(cloudwatch: Any) -> dict[str, datetime]:
    """Return the burst alarms in ALARM by name, and since when each is; errors are not caught."""
    pages = cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix=PREFIX, StateValue="ALARM", AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    return {
        alarm["AlarmName"]: _since(alarm)
        for page in pages
        for alarm in (*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ()))
    }


def bursts_of(
    registry: Registry, tenant: str, alarms: Mapping[str, datetime]
) -> dict[str, datetime]:
    """Return a tenant's aliases whose alarm is in ALARM, by the alarm each entry names."""
    return {
        alias: alarms[name]
        for alias, entry in registry.profiles.get(tenant, {}).items()
        if (name := entry.burst_alarm_name) is not None and name in alarms
    }


def _since(alarm: Mapping[str, Any]) -> datetime:
    """The instant of the last change of state; an update may touch the other timestamp alone."""
    since: datetime = alarm.get("StateTransitionedTimestamp") or alarm["StateUpdatedTimestamp"]
    return since
