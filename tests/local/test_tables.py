"""DynamoDB tables as the ledger and the state need them, made by CloudFormation."""

import json

import pytest
from botocore.exceptions import ClientError

from local.testing import StackError
from tests.local.functions import function
from tests.local.queues import messages, queue

pytestmark = pytest.mark.emulator
COPIES_STREAM = """
import json, os
import boto3

def handler(event, context):
    for record in event["Records"]:
        boto3.client("sqs").send_message(QueueUrl=os.environ["SEEN"], MessageBody=json.dumps(
            {"name": record["eventName"], "image": record["dynamodb"].get("NewImage")}))
"""


def table(name, **properties):
    key = [
        {"AttributeName": name, "KeyType": kind} for name, kind in (("pk", "HASH"), ("sk", "RANGE"))
    ]
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": key,
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")
            ],
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            **properties,
        },
    }


@pytest.fixture
def dynamodb(emulator):
    client = emulator.client("dynamodb")
    yield client
    for name in client.list_tables()["TableNames"]:
        client.delete_table(TableName=name)


def key(sort):
    return {"pk": {"S": "writer"}, "sk": {"S": sort}}


def add(sort, micro_usd):
    return {
        "Update": {
            "TableName": "finops-ledger",
            "Key": key(sort),
            "UpdateExpression": "ADD h10 :usd, n10 :one",
            "ExpressionAttributeValues": {":usd": {"N": str(micro_usd)}, ":one": {"N": "1"}},
        }
    }


def marker(batch):
    return {
        "Put": {
            "TableName": "finops-ledger",
            "Item": {
                "pk": {"S": f"B#{batch}"},
                "sk": {"S": "000"},
                "expires_at": {"N": "4000000000"},
            },
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    }


def test_a_transaction_adds_once_however_often_its_batch_comes(dynamodb, stack):
    ttl = {"AttributeName": "expires_at", "Enabled": True}
    stack.apply({"Ledger": table("finops-ledger", TimeToLiveSpecification=ttl)})
    sort = "A#2026-11-25#smart"
    dynamodb.transact_write_items(TransactItems=[marker("one"), add(sort, 700)])
    dynamodb.transact_write_items(TransactItems=[marker("two"), add(sort, 50)])
    with pytest.raises(ClientError) as refused:
        dynamodb.transact_write_items(TransactItems=[marker("one"), add(sort, 700)])
    assert refused.value.response["Error"]["Code"] == "TransactionCanceledException"
    reasons = [reason["Code"] for reason in refused.value.response["CancellationReasons"]]
    assert reasons == ["ConditionalCheckFailed", "None"]
    item = dynamodb.get_item(TableName="finops-ledger", Key=key(sort), ConsistentRead=True)["Item"]
    assert (item["h10"]["N"], item["n10"]["N"]) == ("750", "2")
    described = dynamodb.describe_time_to_live(TableName="finops-ledger")
    assert described["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"
    backups = dynamodb.describe_continuous_backups(TableName="finops-ledger")
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"


def test_the_items_of_a_month_are_read_by_the_beginning_of_their_key(dynamodb, stack):
    stack.apply({"Ledger": table("finops-ledger")})
    sorts = ["A#2026-10-31#smart", "A#2026-11-01#smart", "A#2026-11-30#fast", "R#2026-11-01#app"]
    dynamodb.transact_write_items(TransactItems=[add(sort, 1) for sort in sorts])
    pages = dynamodb.get_paginator("query").paginate(
        TableName="finops-ledger",
        KeyConditionExpression="pk = :tenant AND begins_with(sk, :month)",
        ExpressionAttributeValues={":tenant": {"S": "writer"}, ":month": {"S": "A#2026-11"}},
        PaginationConfig={"PageSize": 1},
    )
    assert [item["sk"]["S"] for page in pages for item in page["Items"]] == sorts[1:3]


def test_two_writers_of_one_version_of_the_state_do_not_both_win(dynamodb, stack):
    stack.apply({"State": table("finops-state")})

    def write(document, version):
        dynamodb.put_item(
            TableName="finops-state",
            Item=key("STATE") | {"doc": {"S": document}, "version": {"N": str(version + 1)}},
            ConditionExpression="attribute_not_exists(pk) OR version = :seen",
            ExpressionAttributeValues={":seen": {"N": str(version)}},
        )

    write("first", 0)
    write("second", 1)
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        write("late", 1)
    item = dynamodb.get_item(TableName="finops-state", Key=key("STATE"))["Item"]
    assert item["doc"]["S"] == "second"


def test_the_stream_of_a_table_reaches_a_function_in_order(emulator, dynamodb, stack):
    stack.apply(
        {
            "Seen": queue("stream-seen"),
            "State": table("finops-state", StreamSpecification={"StreamViewType": "NEW_IMAGE"}),
            "Function": function(
                COPIES_STREAM, Environment={"Variables": {"SEEN": {"Ref": "Seen"}}}
            ),
            "Mapping": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {
                    "FunctionName": {"Ref": "Function"},
                    "EventSourceArn": {"Fn::GetAtt": ["State", "StreamArn"]},
                    "StartingPosition": "TRIM_HORIZON",
                    "BatchSize": 10,
                },
            },
        }
    )
    for number in range(3):
        dynamodb.put_item(TableName="finops-state", Item=key("STATE") | {"doc": {"S": str(number)}})
    seen = messages(emulator, "stream-seen", 3)
    assert [record["image"]["doc"]["S"] for record in seen] == ["0", "1", "2"]
    assert [record["name"] for record in seen] == ["INSERT", "MODIFY", "MODIFY"]


def test_a_retained_table_outlives_its_stack_with_its_items_and_hinders_a_second_one(
    dynamodb, stack
):
    stack.apply({"State": table("finops-state")})
    dynamodb.put_item(TableName="finops-state", Item=key("JOURNAL#1") | {"doc": {"S": "{}"}})
    stack.delete()
    item = dynamodb.get_item(TableName="finops-state", Key=key("JOURNAL#1"))["Item"]
    assert json.loads(item["doc"]["S"]) == {}
    with pytest.raises(StackError, match="exists"):
        stack.apply({"State": table("finops-state")})


def test_a_transaction_of_more_than_a_hundred_items_is_refused(dynamodb, stack):
    stack.apply({"Ledger": table("finops-ledger")})
    with pytest.raises(ClientError, match=r"100|hundred"):
        dynamodb.transact_write_items(
            TransactItems=[add(f"A#2026-11-01#{number}", 1) for number in range(101)]
        )
