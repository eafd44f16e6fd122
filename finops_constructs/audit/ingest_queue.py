"""The queue that tells the archiver of deliveries."""

from typing import Final

from aws_cdk import aws_sqs as sqs
from constructs import Construct

from finops_constructs._place import place_of
from finops_constructs.audit.names import INGEST_QUEUE
from finops_constructs.enforcement.queues import deny_plain_text

_ATTEMPTS: Final = 5


def define_ingest_queue(
    scope: Construct, *, landing_bucket: str, dead_letters: sqs.CfnQueue, visibility_seconds: int
) -> tuple[sqs.CfnQueue, sqs.CfnQueuePolicy]:
    """Define the queue, and the policy that lets the landing bucket send to it.

    Args:
        scope: The construct it belongs to.
        landing_bucket: Name of the bucket.
        dead_letters: What could not be archived in five attempts.
        visibility_seconds: How long the archiver may take with a delivery.
    """
    place = place_of(scope)
    queue = sqs.CfnQueue(
        scope,
        "Queue",
        queue_name=INGEST_QUEUE,
        redrive_policy={
            "deadLetterTargetArn": dead_letters.attr_arn,
            "maxReceiveCount": _ATTEMPTS,
        },
        sqs_managed_sse_enabled=True,
        visibility_timeout=visibility_seconds,
    )
    policy = sqs.CfnQueuePolicy(
        scope,
        "QueuePolicy",
        queues=[queue.ref],
        policy_document={
            "Version": "2012-10-17",
            "Statement": [
                deny_plain_text(queue),
                {
                    "Sid": "AllowLandingBucket",
                    "Effect": "Allow",
                    "Principal": {"Service": "s3.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": queue.attr_arn,
                    "Condition": {
                        "ArnEquals": {
                            "aws:SourceArn": f"arn:{place.partition}:s3:::{landing_bucket}"
                        },
                        "StringEquals": {"aws:SourceAccount": place.account},
                    },
                },
            ],
        },
    )
    return queue, policy
