"""What the queues of the platform have in common."""

from typing import Any, Final

from aws_cdk import aws_sqs as sqs
from constructs import Construct

_KEPT_SECONDS: Final = 14 * 24 * 60 * 60


def define_dead_letters(
    scope: Construct, *, name: str, visibility_timeout_seconds: int | None = None
) -> sqs.CfnQueue:
    """Define a queue for what could not be handled, kept 14 days, and its policy.

    Args:
        scope: The construct it belongs to.
        name: The queue's name.
        visibility_timeout_seconds: How long a reader may take with a message. Default: 30 seconds.
    """
    queue = sqs.CfnQueue(
        scope,
        "DeadLetters",
        message_retention_period=_KEPT_SECONDS,
        queue_name=name,
        sqs_managed_sse_enabled=True,
        visibility_timeout=visibility_timeout_seconds,
    )
    sqs.CfnQueuePolicy(
        scope,
        "DeadLettersPolicy",
        queues=[queue.ref],
        policy_document={"Version": "2012-10-17", "Statement": [deny_plain_text(queue)]},
    )
    return queue


def deny_plain_text(queue: sqs.CfnQueue) -> dict[str, Any]:
    """Return the statement that refuses everything that does not come by TLS."""
    return {
        "Sid": "DenyPlainText",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": queue.attr_arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
