"""The queue whose messages make the kill switch look."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from finops_constructs._place import Place, place_of

WAKE_QUEUE_NAME: Final = "finops-wake"


def wake_queue_arn(place: Place) -> str:
    """Return the ARN of the wake queue of an account and Region."""
    return place.arn("sqs", WAKE_QUEUE_NAME)


class WakeQueue(Construct):
    """Defines the wake queue, its dead-letter queue and who may send to it.

    Its name is fixed, so that tenants find it without a reference between stacks. It admits the
    `finops-*` topics of its own account and Region; what a message says is never trusted, so a
    forged one can do no more than make the kill switch look.

    Attributes:
        queue: The queue.
        dead_letters: Messages that five attempts could not handle, kept 14 days.
    """

    queue: sqs.CfnQueue
    dead_letters: sqs.CfnQueue

    def __init__(self, scope: Construct, id: str) -> None:
        """Define the queues."""
        super().__init__(scope, id)
        place = place_of(self)
        self.dead_letters = sqs.CfnQueue(
            self,
            "DeadLetters",
            message_retention_period=Duration.days(14).to_seconds(),
            queue_name=f"{WAKE_QUEUE_NAME}-dead-letters",
            sqs_managed_sse_enabled=True,
        )
        self.queue = sqs.CfnQueue(
            self,
            "Resource",
            message_retention_period=Duration.days(1).to_seconds(),
            queue_name=WAKE_QUEUE_NAME,
            redrive_policy={
                "deadLetterTargetArn": self.dead_letters.attr_arn,
                "maxReceiveCount": 5,
            },
            sqs_managed_sse_enabled=True,
            # Six times the kill switch's own time limit, as AWS advises for Lambda consumers.
            visibility_timeout=Duration.minutes(30).to_seconds(),
        )
        topics = place.arn("sns", "finops-*")
        for name, queue in [("Policy", self.queue), ("DeadLettersPolicy", self.dead_letters)]:
            statements = [_deny_plain_text(queue)]
            if queue is self.queue:
                statements.append(_admit_topics(queue, topics, place.account))
            sqs.CfnQueuePolicy(
                self,
                name,
                queues=[queue.ref],
                policy_document={"Version": "2012-10-17", "Statement": statements},
            )


def _admit_topics(queue: sqs.CfnQueue, topics: str, account: str) -> dict[str, object]:
    return {
        "Sid": "AdmitTopics",
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue.attr_arn,
        "Condition": {
            "ArnLike": {"aws:SourceArn": topics},
            "StringEquals": {"aws:SourceAccount": account},
        },
    }


def _deny_plain_text(queue: sqs.CfnQueue) -> dict[str, object]:
    return {
        "Sid": "DenyPlainText",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": queue.attr_arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
