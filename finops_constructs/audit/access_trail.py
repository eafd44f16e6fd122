"""Who looked up a name, and who read the log: CloudTrail's data events of exactly those."""

from collections.abc import Sequence
from typing import Any, Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_s3 as s3
from constructs import Construct

from finops_constructs._acknowledge import (
    BUCKET_ACCESS_LOG,
    BUCKET_ACCESS_LOGGING,
    BUCKET_KEY,
    BUCKET_REPLICATION,
    BUCKET_VERSIONING,
    TRAIL_KEY,
    TRAIL_LOG_GROUP,
    acknowledge,
)
from finops_constructs._place import Place, place_of
from finops_constructs.audit.audit_log_bucket import closed_to_the_public

TRAIL: Final = "finops-access"
_WRITES_OF_THE_ARCHIVER: Final = "BatchWriteItem"


class AccessTrail(Construct):
    """Defines a trail of data events: the re-identification table, and reading of the log.

    Management events are left to the organisation's own trail. CloudTrail asks $0.10 for 100,000
    data events; whoever never looks pays nothing.

    Attributes:
        trail: The trail, with validation of its log files.
        bucket: Where it writes.
    """

    trail: cloudtrail.CfnTrail
    bucket: s3.CfnBucket

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str,
        days: int,
        table_arn: str,
        read_buckets: Sequence[str],
    ) -> None:
        """Define the trail.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            bucket_name: Name of the bucket it writes into.
            days: How long that is kept.
            table_arn: The re-identification table: everything but the archiver's own writing.
            read_buckets: Names of buckets of this account whose reading is noted.
        """
        super().__init__(scope, id)
        place = place_of(self)
        self.bucket = self._bucket(bucket_name, days)
        policy = s3.CfnBucketPolicy(
            self,
            "Policy",
            bucket=self.bucket.ref,
            policy_document={
                "Version": "2012-10-17",
                "Statement": _statements(self.bucket.attr_arn, place),
            },
        )
        selectors = [_table_selector(table_arn)]
        if read_buckets:
            arns = [f"arn:{place.partition}:s3:::{name}/" for name in read_buckets]
            selectors.append(_reading_selector(arns))
        self.trail = cloudtrail.CfnTrail(
            self,
            "Resource",
            trail_name=TRAIL,
            is_logging=True,
            advanced_event_selectors=selectors,
            enable_log_file_validation=True,
            include_global_service_events=False,
            is_multi_region_trail=False,
            s3_bucket_name=self.bucket.ref,
        )
        self.trail.node.add_dependency(policy)
        acknowledge(
            self.trail,
            {
                TRAIL_KEY: "It tells who read what, no content; S3 encrypts it at rest",
                TRAIL_LOG_GROUP: "It is read when somebody asks who looked, from its bucket",
            },
        )

    def _bucket(self, name: str, days: int) -> s3.CfnBucket:
        bucket = s3.CfnBucket
        defined = bucket(
            self,
            "Bucket",
            bucket_name=name,
            lifecycle_configuration=bucket.LifecycleConfigurationProperty(
                rules=[bucket.RuleProperty(status="Enabled", expiration_in_days=days)]
            ),
            ownership_controls=bucket.OwnershipControlsProperty(
                rules=[bucket.OwnershipControlsRuleProperty(object_ownership="BucketOwnerEnforced")]
            ),
            public_access_block_configuration=closed_to_the_public(),
        )
        defined.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        reason = "It is itself an access log, with validated files, and S3 encrypts it"
        rules = (
            *(BUCKET_ACCESS_LOG, BUCKET_ACCESS_LOGGING, BUCKET_KEY),
            *(BUCKET_REPLICATION, BUCKET_VERSIONING),
        )
        acknowledge(defined, dict.fromkeys(rules, reason))
        return defined


def _table_selector(table_arn: str) -> cloudtrail.CfnTrail.AdvancedEventSelectorProperty:
    return _selector(
        "names",
        _field("resources.type", equal_to=["AWS::DynamoDB::Table"]),
        _field("resources.ARN", equal_to=[table_arn]),
        _field("eventName", not_equals=[_WRITES_OF_THE_ARCHIVER]),
    )


def _reading_selector(arns: Sequence[str]) -> cloudtrail.CfnTrail.AdvancedEventSelectorProperty:
    return _selector(
        "reading",
        _field("resources.type", equal_to=["AWS::S3::Object"]),
        _field("resources.ARN", starts_with=list(arns)),
        _field("readOnly", equal_to=["true"]),
    )


def _selector(
    name: str, *fields: cloudtrail.CfnTrail.AdvancedFieldSelectorProperty
) -> cloudtrail.CfnTrail.AdvancedEventSelectorProperty:
    return cloudtrail.CfnTrail.AdvancedEventSelectorProperty(
        name=name, field_selectors=[_field("eventCategory", equal_to=["Data"]), *fields]
    )


def _field(name: str, **condition: Any) -> cloudtrail.CfnTrail.AdvancedFieldSelectorProperty:
    return cloudtrail.CfnTrail.AdvancedFieldSelectorProperty(field=name, **condition)


def _statements(bucket_arn: str, place: Place) -> list[dict[str, Any]]:
    service = {"Service": "cloudtrail.amazonaws.com"}
    source = {"aws:SourceArn": place.arn("cloudtrail", f"trail/{TRAIL}")}
    acl = {"s3:x-amz-acl": "bucket-owner-full-control"}
    return [
        {
            "Sid": "DenyPlainText",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket_arn, f"{bucket_arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "AWSCloudTrailAclCheck",
            "Effect": "Allow",
            "Principal": service,
            "Action": "s3:GetBucketAcl",
            "Resource": bucket_arn,
            "Condition": {"StringEquals": source},
        },
        {
            "Sid": "AWSCloudTrailWrite",
            "Effect": "Allow",
            "Principal": service,
            "Action": "s3:PutObject",
            "Resource": f"{bucket_arn}/AWSLogs/{place.account}/*",
            "Condition": {"StringEquals": {**source, **acl}},
        },
    ]
