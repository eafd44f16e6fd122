"""Findings of cdk-nag that this library's own constructs accept, each with its reason."""

import functools
import re
from collections.abc import Mapping
from typing import Final

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

# How the CDK writes partition, Region and account where only the deployment knows them.
_PSEUDO_PARAMETER: Final = re.compile(r"\$\{Token\[AWS\.(\w+)\.\d+\]\}")
_NIST: Final = "NIST.800.53.R5::NIST.800.53.R5-"
BUCKET_ACCESS_LOG: Final = "AwsSolutions::AwsSolutions-S1"
BUCKET_ACCESS_LOGGING: Final = f"{_NIST}S3BucketLoggingEnabled"
BUCKET_KEY: Final = f"{_NIST}S3DefaultEncryptionKMS"
BUCKET_REPLICATION: Final = f"{_NIST}S3BucketReplicationEnabled"
BUCKET_VERSIONING: Final = f"{_NIST}S3BucketVersioningEnabled"
INLINE_POLICY: Final = f"{_NIST}IAMNoInlinePolicy"
FUNCTION_CONCURRENCY: Final = f"{_NIST}LambdaConcurrency"
FUNCTION_DEAD_LETTERS: Final = f"{_NIST}LambdaDLQ"
FUNCTION_VPC: Final = f"{_NIST}LambdaInsideVPC"
LOG_GROUP_KEY: Final = f"{_NIST}CloudWatchLogGroupEncrypted"
QUEUE_DEAD_LETTERS: Final = "AwsSolutions::AwsSolutions-SQS3"
TRAIL_KEY: Final = f"{_NIST}CloudTrailEncryptionEnabled"
TRAIL_LOG_GROUP: Final = f"{_NIST}CloudTrailCloudWatchLogsEnabled"
TABLE_BACKUP_PLAN: Final = f"{_NIST}DynamoDBInBackupPlan"


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Accept findings on `construct` and below.

    Args:
        construct: Where.
        reasons: Qualified rule id (`<pack>::<rule>`; a short one would leave no trace in the
            report) -> why.
    """
    if not reasons:
        return
    accepted = (_acknowledgment(rule, reason) for rule, reason in reasons.items())
    Validations.of(construct).acknowledge(*accepted)


def acknowledge_at_once(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Do as `acknowledge` does for rules of cdk-nag, which leaves a trace of calls with each."""
    construct.node.add_metadata(_metadata_key(), dict(reasons))


@functools.cache
def _metadata_key() -> str:
    return Validations.ACKNOWLEDGED_RULES_METADATA_KEY


@functools.cache
def _acknowledgment(rule: str, reason: str) -> Acknowledgment:
    return Acknowledgment(id=rule, reason=reason)


def wildcard_resource(arn: str) -> str:
    """Return the id of cdk-nag's finding about a wildcard in a policy's resource."""
    shown = _PSEUDO_PARAMETER.sub(r"<AWS::\1>", arn)
    return f"AwsSolutions::AwsSolutions-IAM5[Resource::{shown}]"
