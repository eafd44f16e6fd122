"""Where Bedrock delivers its log before it is locked, and where content goes, both short-lived."""

from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from finops_constructs._acknowledge import (
    BUCKET_ACCESS_LOG,
    BUCKET_ACCESS_LOGGING,
    BUCKET_KEY,
    BUCKET_REPLICATION,
    BUCKET_VERSIONING,
    acknowledge,
)
from finops_constructs._place import Place, place_of
from finops_constructs.audit.audit_log_bucket import closed_to_the_public
from finops_constructs.audit.names import LANDING_PREFIX, records_prefix

QUARANTINE_DAYS: Final = 90
_LANDING_DAYS: Final = 1


class LandingBucket(Construct):
    """Defines the bucket that Bedrock delivers into, and tells a queue of what arrives.

    The archiver deletes a delivery once a manifest has what it held; the lifecycle takes what is
    left after a day, which in truth is up to two. What could not be read is kept 90 days.

    Attributes:
        bucket: The bucket.
        policy: Its policy, without which Bedrock refuses to log into it.
    """

    bucket: s3.CfnBucket
    policy: s3.CfnBucketPolicy

    def __init__(self, scope: Construct, id: str, *, bucket_name: str, queue: sqs.CfnQueue) -> None:
        """Define the bucket.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            bucket_name: Its name.
            queue: Is told of every delivery; its policy must let S3 send.
        """
        super().__init__(scope, id)
        place = place_of(self)
        prefix = records_prefix(place.account, place.region)
        bucket = s3.CfnBucket
        self.bucket = _short_lived(
            self,
            "Resource",
            bucket_name,
            days_of={f"{LANDING_PREFIX}/": _LANDING_DAYS, "quarantine/": QUARANTINE_DAYS},
            notifications=bucket.NotificationConfigurationProperty(
                queue_configurations=[
                    bucket.QueueConfigurationProperty(
                        event="s3:ObjectCreated:*",
                        filter=bucket.NotificationFilterProperty(
                            s3_key=bucket.S3KeyFilterProperty(
                                rules=[bucket.FilterRuleProperty(name="prefix", value=prefix)]
                            )
                        ),
                        queue=queue.attr_arn,
                    )
                ]
            ),
        )
        self.policy = s3.CfnBucketPolicy(
            self,
            "Policy",
            bucket=self.bucket.ref,
            policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    _deny_plain_text(self.bucket),
                    _let_bedrock_deliver(self.bucket, place),
                ],
            },
        )
        acknowledge(
            self.bucket,
            {
                BUCKET_ACCESS_LOG: "Records stay here for minutes, until they are locked",
                BUCKET_ACCESS_LOGGING: "Records stay here for minutes, until they are locked",
                BUCKET_KEY: "Bedrock can deliver without a key's policy that names it; records "
                "stay here for minutes",
                BUCKET_REPLICATION: "The locked bucket is the copy",
                BUCKET_VERSIONING: "What is deleted here must be gone: it may hold names",
            },
        )


class ContentBucket(Construct):
    """Defines the bucket of prompts and answers, which are personal data: short-lived, unlocked.

    Attributes:
        bucket: The bucket.
    """

    bucket: s3.CfnBucket

    def __init__(
        self, scope: Construct, id: str, *, bucket_name: str, days: int, key: kms.IKey
    ) -> None:
        """Define the bucket.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            bucket_name: Its name.
            days: How long content is kept.
            key: Encrypts it.
        """
        super().__init__(scope, id)
        self.bucket = _short_lived(
            self, "Resource", bucket_name, days_of={"": days}, key_arn=key.key_arn
        )
        s3.CfnBucketPolicy(
            self,
            "Policy",
            bucket=self.bucket.ref,
            policy_document={
                "Version": "2012-10-17",
                "Statement": [_deny_plain_text(self.bucket)],
            },
        )
        acknowledge(
            self.bucket,
            {
                BUCKET_ACCESS_LOG: "CloudTrail data events tell who reads it",
                BUCKET_ACCESS_LOGGING: "CloudTrail data events tell who reads it",
                BUCKET_REPLICATION: "Prompts and answers must not be multiplied",
                BUCKET_VERSIONING: "What is deleted here must be gone: it is personal data",
            },
        )


def _short_lived(
    scope: Construct,
    id: str,
    name: str,
    *,
    days_of: dict[str, int],
    notifications: s3.CfnBucket.NotificationConfigurationProperty | None = None,
    key_arn: str | None = None,
) -> s3.CfnBucket:
    bucket = s3.CfnBucket
    defined = bucket(
        scope,
        id,
        bucket_name=name,
        bucket_encryption=bucket.BucketEncryptionProperty(
            server_side_encryption_configuration=[
                bucket.ServerSideEncryptionRuleProperty(
                    bucket_key_enabled=True if key_arn else None,
                    server_side_encryption_by_default=(
                        bucket.ServerSideEncryptionByDefaultProperty(
                            sse_algorithm="aws:kms" if key_arn else "AES256",
                            kms_master_key_id=key_arn,
                        )
                    ),
                )
            ]
        ),
        lifecycle_configuration=bucket.LifecycleConfigurationProperty(
            rules=[
                bucket.RuleProperty(prefix=prefix, status="Enabled", expiration_in_days=days)
                for prefix, days in days_of.items()
            ]
        ),
        notification_configuration=notifications,
        ownership_controls=bucket.OwnershipControlsProperty(
            rules=[bucket.OwnershipControlsRuleProperty(object_ownership="BucketOwnerEnforced")]
        ),
        public_access_block_configuration=closed_to_the_public(),
    )
    # CloudFormation cannot delete a bucket with something in it; what is in it goes by itself.
    defined.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    return defined


def _deny_plain_text(bucket: s3.CfnBucket) -> dict[str, object]:
    return {
        "Sid": "DenyPlainText",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket.attr_arn, f"{bucket.attr_arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _let_bedrock_deliver(bucket: s3.CfnBucket, place: Place) -> dict[str, object]:
    return {
        "Sid": "AmazonBedrockLogsWrite",
        "Effect": "Allow",
        "Principal": {"Service": "bedrock.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{bucket.attr_arn}/{LANDING_PREFIX}/AWSLogs/{place.account}/"
        "BedrockModelInvocationLogs/*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": place.account},
            "ArnLike": {"aws:SourceArn": place.arn("bedrock", "*")},
        },
    }
