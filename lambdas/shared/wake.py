"""Waking the kill switch: a message says who woke it and whom to look at first, nothing else."""

import json
from collections.abc import Iterable
from typing import Any, Final

PERMISSIONS: Final = ("sqs:SendMessage",)
LONGEST_DELAY_SECONDS: Final = 900
_MOST_TENANTS: Final = 500


def send_wake(
    sqs: Any, queue_url: str, who: str, tenants: Iterable[str], *, delay_seconds: int = 0
) -> None:
    """Wake the kill switch.

    Args:
        sqs: A boto3 SQS client; its errors are not caught.
        queue_url: The wake queue.
        who: Who wakes it, for the log.
        tenants: Whom to look at; too many for one message are left out, for it looks at everybody.
        delay_seconds: How long to wait, up to 900.
    """
    named = sorted(tenants)
    body = {"wake": who, "tenants": named if len(named) <= _MOST_TENANTS else []}
    sqs.send_message(
        QueueUrl=queue_url,
        MessageBody=json.dumps(body, separators=(",", ":")),
        DelaySeconds=max(0, min(delay_seconds, LONGEST_DELAY_SECONDS)),
    )
