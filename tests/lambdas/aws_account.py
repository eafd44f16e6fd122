"""An AWS account in moto with what the platform's functions touch."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3
from botocore.client import BaseClient

REGION = "eu-west-1"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
}
LEDGER = "finops-ledger"


def create_table(dynamodb: Any, name: str) -> None:
    """Create a table with the platform's keys."""
    dynamodb.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def create_ledger() -> Any:
    """Create the ledger table and return a client for it."""
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    create_table(dynamodb, LEDGER)
    return dynamodb


def register(entries: Mapping[str, str]) -> None:
    """Write the registry."""
    ssm = boto3.client("ssm", region_name=REGION)
    for name, value in entries.items():
        ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)


def create_queue(name: str) -> str:
    """Create a queue and return its URL."""
    return boto3.client("sqs", region_name=REGION).create_queue(QueueName=name)["QueueUrl"]


def messages(url: str) -> list[str]:
    """Return the bodies of up to ten messages of a queue."""
    sqs = boto3.client("sqs", region_name=REGION)
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [message["Body"] for message in received.get("Messages", [])]


def lambda_context() -> Any:
    """Return what Lambda tells a function about its call."""
    return SimpleNamespace(
        function_name="function",
        memory_limit_in_mb=512,
        invoked_function_arn=f"arn:aws:lambda:{REGION}:111122223333:function:function",
        aws_request_id="1b2e",
        get_remaining_time_in_millis=lambda: 60_000,
    )


_RIGHTS_OF: dict[str, tuple[str, ...]] = {
    "TransactWriteItems": ("dynamodb:PutItem", "dynamodb:UpdateItem")
}


@contextmanager
def rights_used() -> Iterator[set[str]]:
    """Collect the IAM actions that whoever calls AWS meanwhile needs."""
    used: set[str] = set()
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def noted(client: Any, operation: str, parameters: Any) -> Any:
        service = client.meta.service_model.signing_name
        service = {"monitoring": "cloudwatch"}.get(service, service)
        used.update(_RIGHTS_OF.get(operation, (f"{service}:{operation}",)))
        return call(client, operation, parameters)

    with patch.object(BaseClient, "_make_api_call", noted):
        yield used
