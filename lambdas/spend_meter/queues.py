"""The two queues the meter writes to."""

import json
from collections.abc import Collection
from typing import Any

from spend_meter.dead_letters import REPLAYED_AGAIN_AFTER_SECONDS


class Queues:
    """Sends dead letters and wakes.

    Args:
        sqs: A boto3 SQS client; its errors are not caught.
        dead_letters_url: Where refused records are kept.
        wake_url: The kill switch's wake queue.
    """

    def __init__(self, sqs: Any, *, dead_letters_url: str, wake_url: str) -> None:
        self._sqs, self._dead_letters_url, self._wake_url = sqs, dead_letters_url, wake_url

    def keep(self, body: str, *, again: bool) -> None:
        """Keep refused records.

        Args:
            body: The message.
            again: Whether they were refused before: they are then shown only after a while.
        """
        delay = REPLAYED_AGAIN_AFTER_SECONDS if again else 0
        self._sqs.send_message(
            QueueUrl=self._dead_letters_url, MessageBody=body, DelaySeconds=delay
        )

    def wake(self, tenants: Collection[str]) -> None:
        """Tell the kill switch whom to look at first."""
        body = json.dumps({"wake": "spend-meter", "tenants": sorted(tenants)})
        self._sqs.send_message(QueueUrl=self._wake_url, MessageBody=body)
