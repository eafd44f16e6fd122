"""What the tests that look into a queue share."""

import json

from tests.local.model_calls import until


def queue(name, **properties):
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name, **properties}}


def messages(emulator, name, count=1, region=None):
    """Take messages out of a queue, their bodies read as JSON."""
    sqs = emulator.client("sqs", region)
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    taken = []

    def take():
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            taken.append(json.loads(message["Body"]))
        return len(taken) >= count

    until(take, seconds=20)
    return taken
