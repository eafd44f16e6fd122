"""The buckets of cost data: private, encrypted, TLS only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3

from finops_constructs._acknowledge import acknowledge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

_NIST: Final = "NIST.800.53.R5::NIST.800.53.R5-"
_ACCEPTED: Final = {
    "AwsSolutions::AwsSolutions-S1": "Access to it is in CloudTrail where data events are on",
    f"{_NIST}S3BucketDefaultLockEnabled": "Exports are overwritten when AWS restates a month",
    f"{_NIST}S3BucketLoggingEnabled": "Access to it is in CloudTrail where data events are on",
    f"{_NIST}S3BucketReplicationEnabled": "AWS delivers again what is lost",
    f"{_NIST}S3DefaultEncryptionKMS": "S3's own encryption: Data Exports needs no key then",
}


def define_bucket(
    scope: Construct,
    *,
    name: str | None,
    expire_days: int | None = None,
    old_version_days: int,
    keep: bool,
) -> s3.CfnBucket:
    """Define a private bucket as the primary child of `scope`.

    Args:
        scope: The construct it belongs to.
        name: Its name; None: CloudFormation chooses.
        expire_days: After how many days objects go. Default: never.
        old_version_days: After how many days overwritten and deleted objects go.
        keep: Whether it outlives its stack.
    """
    rules = s3.CfnBucket.RuleProperty
    bucket = s3.CfnBucket(
        scope,
        "Resource",
        bucket_name=name,
        bucket_encryption=s3.CfnBucket.BucketEncryptionProperty(
            server_side_encryption_configuration=[
                s3.CfnBucket.ServerSideEncryptionRuleProperty(
                    server_side_encryption_by_default=(
                        s3.CfnBucket.ServerSideEncryptionByDefaultProperty(sse_algorithm="AES256")
                    )
                )
            ]
        ),
        lifecycle_configuration=s3.CfnBucket.LifecycleConfigurationProperty(
            rules=[
                rules(
                    id="tidy",
                    status="Enabled",
                    abort_incomplete_multipart_upload=(
                        s3.CfnBucket.AbortIncompleteMultipartUploadProperty(days_after_initiation=3)
                    ),
                    expiration_in_days=expire_days,
                    noncurrent_version_expiration=(
                        s3.CfnBucket.NoncurrentVersionExpirationProperty(
                            noncurrent_days=old_version_days
                        )
                    ),
                )
            ]
        ),
        ownership_controls=s3.CfnBucket.OwnershipControlsProperty(
            rules=[
                s3.CfnBucket.OwnershipControlsRuleProperty(object_ownership="BucketOwnerEnforced")
            ]
        ),
        public_access_block_configuration=s3.CfnBucket.PublicAccessBlockConfigurationProperty(
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        ),
        versioning_configuration=s3.CfnBucket.VersioningConfigurationProperty(status="Enabled"),
    )
    bucket.apply_removal_policy(RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY)
    acknowledge(bucket, _ACCEPTED)
    return bucket


def shown_arn(bucket: s3.CfnBucket) -> str:
    """Return a bucket's ARN as findings about its statements write it."""
    return f"<{Stack.of(bucket).get_logical_id(bucket)}.Arn>"


def define_bucket_policy(
    scope: Construct, bucket: s3.CfnBucket, statements: Sequence[dict[str, Any]] = ()
) -> s3.CfnBucketPolicy:
    """Define a bucket's policy: no access without TLS, and what `statements` allow."""
    return s3.CfnBucketPolicy(
        scope,
        "Policy",
        bucket=bucket.ref,
        policy_document={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "DenyWithoutTls",
                    "Effect": "Deny",
                    "Principal": "*",
                    # Every action: without TLS nothing at all may be done with it.
                    "Action": "s3:*",
                    "Resource": [bucket.attr_arn, f"{bucket.attr_arn}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
                *statements,
            ],
        },
    )
