"""The queue whose messages make the kill switch look."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from finops_constructs._place import Place, place_of
from finops_constructs.enforcement.names import WAKE_DEAD_LETTERS, WAKE_QUEUE
from finops_constructs.enforcement.queues import define_dead_letters, deny_plain_text


def wake_queue_arn(place: Place) -> str:
    """Return the ARN of the wake queue of an account and Region."""
    return place.arn("sqs", WAKE_QUEUE)


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
        self.dead_letters = define_dead_letters(self, name=WAKE_DEAD_LETTERS)
        self.queue = sqs.CfnQueue(
            self,
            "Resource",
            message_retention_period=Duration.days(1).to_seconds(),
            queue_name=WAKE_QUEUE,
            redrive_policy={
                "deadLetterTargetArn": self.dead_letters.attr_arn,
                "maxReceiveCount": 5,
            },
            sqs_managed_sse_enabled=True,
            # Six times the kill switch's own time limit, as AWS advises for Lambda consumers.
            visibility_timeout=Duration.minutes(30).to_seconds(),
        )
        self._statements = [
            deny_plain_text(self.queue),
            _admit("AdmitTopics", "sns", self.queue, place.account, [place.arn("sns", "finops-*")]),
        ]
        self._policy = sqs.CfnQueuePolicy(
            self, "Policy", queues=[self.queue.ref], policy_document=_document(self._statements)
        )

    def admit_rules(self, rule_arns: Sequence[str]) -> None:
        """Let rules of EventBridge send to the queue."""
        account = place_of(self).account
        self._statements.append(_admit("AdmitRules", "events", self.queue, account, rule_arns))
        self._policy.policy_document = _document(self._statements)


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _admit(
    sid: str, service: str, queue: sqs.CfnQueue, account: str, source_arns: Sequence[str]
) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue.attr_arn,
        "Condition": {
            "ArnLike": {"aws:SourceArn": list(source_arns)},
            "StringEquals": {"aws:SourceAccount": account},
        },
    }
