import json
from types import SimpleNamespace

import pytest

from log_archiver import handler as module
from log_archiver.archiver import Archiver
from log_archiver.pseudonyms import derive_key
from shared.state_table import journal_item
from tests.lambdas.aws_account import lambda_context, rights_used
from tests.lambdas.log_archiver.log_world import PREFIX, client, record, zipped


@pytest.fixture
def call(world_with, monkeypatch):
    world = world_with(content=True)
    monkeypatch.setattr(module, "_archiver", lambda: world.archiver)

    def run(event):
        return module.handler(event, lambda_context())

    return SimpleNamespace(run=run, world=world)


def message(key, id="m1"):
    body = {"Records": [{"s3": {"object": {"key": key}}}]}
    return {"messageId": id, "body": json.dumps(body), "eventSource": "aws:sqs"}


def test_a_notification_has_its_delivery_archived(call):
    key = f"{PREFIX}2026/11/26/01/a b.json.gz"
    call.world.s3.put_object(Bucket="landing", Key=key, Body=zipped(record()))
    escaped = key.replace(" ", "+")
    assert call.run({"Records": [message(escaped)]}) == {"batchItemFailures": []}
    assert len(call.world.objects(prefix="records/")) == 1


def test_what_fails_stays_in_the_queue_and_the_rest_does_not(call, monkeypatch):
    good = call.world.deliver(record())
    ingest, original = type(call.world.archiver.ingest), type(call.world.archiver.ingest).file

    def file(self, key):
        if key == "bad":
            raise RuntimeError("no disk")
        return original(self, key)

    monkeypatch.setattr(ingest, "file", file)
    answer = call.run({"Records": [message("bad", "m1"), message(good, "m2")]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert len(call.world.objects(prefix="records/")) == 1


def test_a_test_message_of_s3_is_taken_and_forgotten(call):
    body = json.dumps({"Event": "s3:TestEvent"})
    answer = call.run({"Records": [{"messageId": "m1", "body": body}]})
    assert answer == {"batchItemFailures": []}


def test_a_stream_is_tried_again_from_the_record_that_failed(call):
    def streamed(number, **doc):
        item = journal_item("writer", {"n": number}) | doc
        return {
            "eventName": "INSERT",
            "dynamodb": {"NewImage": item, "SequenceNumber": str(number)},
        }

    broken = streamed(2, doc={"S": "no json"})
    answer = call.run({"Records": [streamed(1), broken, streamed(3)]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert len(call.world.objects(prefix="journal/")) == 1


def test_a_refused_statement_is_answered_with_its_reason(call):
    answer = call.run({"requestContext": {"http": {"method": "POST"}}, "body": "{}"})
    assert answer["statusCode"] == 403
    assert "sign the request" in json.loads(answer["body"])["error"]


def test_a_failure_is_answered_without_its_details(call, monkeypatch):
    monkeypatch.setattr(module, "append", lambda *_: 1 / 0)
    answer = call.run({"requestContext": {}, "body": "{}"})
    assert answer["statusCode"] == 500
    assert "division" not in answer["body"]


def test_the_permissions_are_what_is_used(call):
    world = call.world
    kms = client("kms")
    key = kms.create_key(KeyUsage="GENERATE_VERIFY_MAC", KeySpec="HMAC_256")["KeyMetadata"]["Arn"]
    with rights_used() as used:
        derive_key(kms, key)
        world.archiver.ingest.file(world.deliver(content=zipped(record(1)) + b"garbage"))
        world.pass_hours(2)
        call.run({"source": "aws.events"})
    used = {right.replace("ListObjectsV2", "ListBucket") for right in used}
    renamed = {"s3:HeadObject": "s3:GetObject", "s3:CopyObject": "s3:PutObject"}
    used = {renamed.get(right, right) for right in used} - {"kms:CreateKey"}
    # CloudWatch, SSM and the signing key are fakes here; the bucket's key is S3's business.
    not_seen = {right for right in module.PERMISSIONS if right.startswith(("cloudwatch", "ssm"))}
    not_seen |= {"kms:Decrypt", "kms:GenerateDataKey", "kms:Sign", "dynamodb:UpdateItem"}
    assert used - {"dynamodb:Scan"} == set(module.PERMISSIONS) - not_seen | (
        used & {"dynamodb:UpdateItem"}
    )


def test_an_archiver_is_put_together_from_its_environment(monkeypatch):
    environment = {
        "CHAIN_TABLE": "c", "LANDING_BUCKET": "l", "LANDING_PREFIX": "p/", "LOCK_DAYS": "400",
        "LOCK_MODE": "GOVERNANCE", "LOG_ACCOUNT": "1", "LOG_REGION": "eu-west-1",
        "NAMES_DAYS": "30", "NAMES_TABLE": "n", "PSEUDONYM_KEY_ARN": "k", "VAULT_ACCOUNT": "2",
        "VAULT_BUCKET": "v", "KEPT_METADATA_KEYS": "case\nteam",
    }  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(module, "derive_key", lambda *_: b"key")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    archiver = module._archiver.__wrapped__()
    assert isinstance(archiver, Archiver)
    assert archiver.ingest.kept_metadata == ("case", "team")
    assert archiver.archive.vault.owner == "2"
    assert archiver.sealer.where.signing_key is None
