"""Buckets with Object Lock by CloudFormation, and Bedrock's log delivered into one."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local.demo.narration import wait_until
from local.testing import StackError

pytestmark = pytest.mark.emulator
NAME = "locked-bucket"
LOCKED = {
    "Type": "AWS::S3::Bucket",
    "Properties": {
        "BucketName": NAME,
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 400}},
        },
        "VersioningConfiguration": {"Status": "Enabled"},
    },
}
LANDING = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "landing-bucket"}}
POLICY = {
    "Type": "AWS::S3::BucketPolicy",
    "Properties": {
        "Bucket": {"Ref": "Landing"},
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "bedrock.amazonaws.com"},
                    "Action": "s3:PutObject",
                    "Resource": "arn:aws:s3:::landing-bucket/*",
                }
            ],
        },
    },
}
LOGGING = {"s3Config": {"bucketName": "landing-bucket", "keyPrefix": "bedrock"}}


@pytest.fixture
def s3(emulator):
    return emulator.client("s3")


def code(attempt, **arguments):
    with pytest.raises(ClientError) as refused:
        attempt(**arguments)
    return refused.value.response["Error"]["Code"]


def test_every_version_is_locked_and_neither_deleted_shortened_nor_written_over(stack, s3):
    stack.apply({"Bucket": LOCKED})
    where = {"Bucket": NAME, "Key": "k"}
    version = s3.put_object(**where, Body=b"1")["VersionId"]
    kept = s3.head_object(**where)["ObjectLockRetainUntilDate"] - datetime.now(UTC)
    assert kept > timedelta(days=399)
    one = {**where, "VersionId": version}
    assert code(s3.delete_object, **one) == "AccessDenied"
    shorter = {"Mode": "GOVERNANCE", "RetainUntilDate": datetime.now(UTC) + timedelta(days=1)}
    assert code(s3.put_object_retention, **one, Retention=shorter) == "AccessDenied"
    assert code(s3.put_object, **where, Body=b"2", IfNoneMatch="*") == "PreconditionFailed"
    s3.delete_object(**one, BypassGovernanceRetention=True)


def test_a_bucket_is_not_taken_over(stack, s3):
    s3.create_bucket(Bucket="taken", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    taken = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "taken"}}
    with pytest.raises(StackError):
        stack.apply({"Bucket": taken})
    s3.delete_bucket(Bucket="taken")


def test_records_of_calls_come_as_files_once_bedrock_may_write(emulator, stack, s3):
    bedrock = emulator.client("bedrock")
    put = bedrock.put_model_invocation_logging_configuration
    stack.apply({"Landing": LANDING})
    assert code(put, loggingConfig=LOGGING) == "ValidationException"
    stack.apply({"Landing": LANDING, "Policy": POLICY})
    put(loggingConfig=LOGGING)
    try:
        emulator.client("bedrock-runtime").converse(
            modelId="anthropic.claude-haiku-5-5",
            messages=[{"role": "user", "content": [{"text": "hello"}]}],
        )
        prefix = "bedrock/AWSLogs/111122223333/BedrockModelInvocationLogs/eu-west-1/"
        listed = {"Bucket": "landing-bucket", "Prefix": prefix}
        (found,) = wait_until(
            "the record is delivered", lambda: s3.list_objects_v2(**listed).get("Contents")
        )
        body = s3.get_object(Bucket="landing-bucket", Key=found["Key"])["Body"].read()
        (line,) = gzip.decompress(body).splitlines()
        assert json.loads(line)["modelId"] == "anthropic.claude-haiku-5-5"
        s3.delete_object(Bucket="landing-bucket", Key=found["Key"])
    finally:
        bedrock.delete_model_invocation_logging_configuration()
