"""The AWS/SQS metrics that alarms on queues need, which ministack does not publish.

They are published every five seconds, where SQS does so every minute, and of queues that have held
a message only.
"""

import threading
import time
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch, sqs

_EVERY_SECONDS = 5.0

_used: set[tuple[str, str, str]] = set()


def install() -> None:
    """Start publishing."""
    threading.Thread(target=_publish_for_good, daemon=True).start()


def _publish_for_good() -> None:
    while True:
        time.sleep(_EVERY_SECONDS)
        for key, queue in list(sqs._queues._data.items()):
            if key in _used or queue["messages"]:
                _used.add(key)
                with request_scope(key[0], key[1]):
                    _publish(queue)


def _publish(queue: dict[str, Any]) -> None:
    now = time.time()
    messages = list(queue["messages"])
    visible = [message for message in messages if message["visible_at"] <= now]
    oldest = max((now - message["sent_at"] for message in messages), default=0.0)
    dimensions = {"QueueName": queue["name"]}
    for name, value, unit in (
        ("ApproximateNumberOfMessagesVisible", len(visible), "Count"),
        ("ApproximateNumberOfMessagesNotVisible", len(messages) - len(visible), "Count"),
        ("ApproximateAgeOfOldestMessage", oldest, "Seconds"),
    ):
        cloudwatch.record_metric("AWS/SQS", name, value, unit, dimensions)
