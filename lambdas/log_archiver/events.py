"""Failures of logging, which are themselves events in the log."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from log_archiver.archive import Archive
from log_archiver.manifest import Entry
from log_archiver.names import PLATFORM

ALARM_CHANGE: Final = "CloudWatch Alarm State Change"
_TYPES: Final = {"ALARM": "logging-failure", "OK": "logging-recovered"}


def archive_alarm(event: Mapping[str, Any], archive: Archive) -> Entry | None:
    """Archive that an alarm on logging fired or recovered; None if it did neither.

    Args:
        event: EventBridge's event of the alarm's change.
        archive: The locked bucket.
    """
    detail = event["detail"]
    kind = _TYPES.get(detail["state"]["value"])
    if kind is None:
        return None
    at = datetime.fromisoformat(event["time"]).astimezone(UTC)
    return archive.put_document(
        "events",
        tenant=PLATFORM,
        at=at,
        unique=str(event["id"]),
        document={
            "type": kind,
            "at": at.isoformat(timespec="seconds"),
            "alarm": detail["alarmName"],
            "reason": detail["state"].get("reason", ""),
            "before": detail.get("previousState", {}).get("value"),
        },
    )
