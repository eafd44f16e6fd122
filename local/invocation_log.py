"""Bedrock's model invocation log: records go where the stored configuration says.

AWS delivers them 5 to 30 seconds after the call; here it is FINOPS_EMULATOR_LOG_DELAY seconds.
Whatever is due then goes in one PutLogEvents, so that subscription filters fire once for all.
FINOPS_EMULATOR_LOG_CACHE_COUNTS=0 leaves the cached tokens out of the records, as some sources say
AWS does while bodies are off.

A bucket gets the records of a delivery as one file. Not delivered: image, embedding, video and
audio data.
"""

import itertools
import json
import os
import threading
import time
from collections import deque
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import bedrock, cloudwatch, cloudwatch_logs

from local import invocation_log_bucket
from local.invocation import Invocation

_STREAM = "aws/bedrock/modelinvocations"
_MOST_EVENTS = 1_000
_DEFAULT_DELAY_SECONDS = "0.2"
_Place = tuple[str, str, str, str]
"""Account, Region, log group and, as JSON, the bucket's configuration; empty for none."""


class InvocationLog:
    """Delivers records after a while, in the order of the calls.

    Args:
        delay_seconds: How long after the call.
        cache_counts: Whether the records tell cached tokens apart.
    """

    def __init__(self, *, delay_seconds: float, cache_counts: bool) -> None:
        self._delay_seconds = delay_seconds
        self._cache_counts = cache_counts
        self._waiting: deque[tuple[float, _Place, dict[str, Any]]] = deque()
        self._added = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, invocation: Invocation) -> None:
        """Take the record of a call for delivery, if the account logs its calls in this Region.

        Args:
            invocation: The call.
        """
        config = bedrock._invocation_logging_config.get("config") or {}
        group = (config.get("cloudWatchConfig") or {}).get("logGroupName")
        bucket = config.get("s3Config")
        if not group and not bucket:
            return
        record = invocation.record(
            bodies=bool(config.get("textDataDeliveryEnabled")), cache_counts=self._cache_counts
        )
        event = {
            "timestamp": int(invocation.at.timestamp() * 1000),
            "message": json.dumps(record, separators=(",", ":")),
        }
        told = json.dumps(bucket, sort_keys=True) if bucket else ""
        place = (invocation.account, invocation.region, group or "", told)
        with self._added:
            self._waiting.append((time.monotonic() + self._delay_seconds, place, event))
            if self._thread is None:
                self._thread = threading.Thread(target=self._deliver_for_good, daemon=True)
                self._thread.start()
            self._added.notify()

    def _deliver_for_good(self) -> None:
        while True:
            due = self._wait_for_due()
            due.sort(key=lambda item: item[0])
            for place, items in itertools.groupby(due, key=lambda item: item[0]):
                events = [event for _, event in items]
                for start in range(0, len(events), _MOST_EVENTS):
                    _put(place, events[start : start + _MOST_EVENTS])

    def _wait_for_due(self) -> list[tuple[_Place, dict[str, Any]]]:
        with self._added:
            while not self._waiting:
                self._added.wait()
            first = self._waiting[0][0]
        time.sleep(max(0.0, first - time.monotonic()))
        due = []
        with self._added:
            while self._waiting and self._waiting[0][0] <= time.monotonic():
                due.append(self._waiting.popleft()[1:])
        return due


def from_environment() -> InvocationLog:
    """Return the log as the environment of the emulator sets it."""
    return InvocationLog(
        delay_seconds=float(os.environ.get("FINOPS_EMULATOR_LOG_DELAY", _DEFAULT_DELAY_SECONDS)),
        cache_counts=os.environ.get("FINOPS_EMULATOR_LOG_CACHE_COUNTS", "1") != "0",
    )


def _put(place: _Place, events: list[dict[str, Any]]) -> None:
    account, region, group, bucket = place
    events.sort(key=lambda event: event["timestamp"])
    with request_scope(account, region):
        if group:
            _put_events(group, events)
        if bucket:
            records = [json.loads(event["message"]) for event in events]
            invocation_log_bucket.deliver(account, region, json.loads(bucket), records)


def _put_events(group: str, events: list[dict[str, Any]]) -> None:
    where = {"logGroupName": group, "logStreamName": _STREAM}
    cloudwatch_logs._create_log_stream(where)
    status, _headers, _body = cloudwatch_logs._put_log_events(where | {"logEvents": events})
    cloudwatch.record_metric(
        "AWS/Bedrock",
        f"ModelInvocationLogsCloudWatchDelivery{'Success' if status < 300 else 'Failure'}",
        len(events),
        "Count",
        {"ModelId": "Across all model IDs"},
    )
