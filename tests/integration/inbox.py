"""A queue that gets what people, or EventBridge's targets, get."""

import json
from typing import Any


class Inbox:
    """Everything a queue ever got."""

    def __init__(self, sqs: Any, name: str) -> None:
        self._sqs = sqs
        self._url = sqs.create_queue(QueueName=name)["QueueUrl"]
        self._got: list[dict[str, Any]] = []
        attributes = sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        self.arn: str = attributes["Attributes"]["QueueArn"]

    def read(self) -> list[dict[str, Any]]:
        """Return all messages so far, the oldest first."""
        while found := self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=0
        ).get("Messages"):
            for message in found:
                self._got.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return list(self._got)

    def subjects(self) -> list[str]:
        """Return the subjects of all messages of SNS so far."""
        return [message["Subject"] for message in self.read()]
