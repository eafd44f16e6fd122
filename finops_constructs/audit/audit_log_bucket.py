"""The write-once bucket that the log is kept in."""

from collections.abc import Sequence
from typing import Any, Final

from aws_cdk import CfnDeletionPolicy, DefaultStackSynthesizer, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from finops_constructs._acknowledge import (
    BUCKET_ACCESS_LOG,
    BUCKET_ACCESS_LOGGING,
    BUCKET_REPLICATION,
    acknowledge,
)
from finops_constructs._place import place_of
from finops_constructs._validation import invalid
from finops_constructs.audit.retention import Retention
from finops_constructs.audit.vault_policies import VaultAccess, bucket_statements, key_statements
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare

RETENTION_METADATA: Final = "finops:retention"
"""Key of the declared retention in the bucket's `Metadata`."""
ARCHIVED_PREFIXES: Final = ("events/", "journal/", "records/", "statements/")
_LEAST_COLD_DAYS: Final = 30


class AuditLogBucket(Construct):
    """Defines a bucket with S3 Object Lock, its key, and the policies that guard both.

    Every version is locked for the declared retention. Nobody may bypass or shorten the lock,
    delete or overwrite an object, and only the archiver's role may write; the deployment roles may
    change the settings, so that a later, longer retention stays possible. Versions expire after
    their retention, the manifests of the chain never do. Bucket and key outlive the stack.

    The key costs $1 a month; what is stored costs by its size.

    Example:
        AuditLogBucket(stack, "Vault", bucket_name="my-audit-log", writer_role_arn=archiver_arn)

    Attributes:
        bucket: The bucket.
        key: Its key.
        policy: The bucket's policy.
        retention: The declared retention.
    """

    bucket: s3.CfnBucket
    key: kms.CfnKey
    policy: s3.CfnBucketPolicy
    retention: Retention

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str,
        writer_role_arn: str,
        retention: Retention | None = None,
        key_alias: str | None = None,
        deployment_role_arns: Sequence[str] | None = None,
        reader_role_arns: Sequence[str] = (),
        legal_hold_role_arns: Sequence[str] = (),
        cold_after_days: int = 90,
    ) -> None:
        """Define the bucket.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            bucket_name: Its name, which the archiver of perhaps another account must know.
            writer_role_arn: The archiver's role, which need not exist yet.
            retention: How long versions are kept. Default: 400 days in mode GOVERNANCE, which is a
                policy choice, not a legal requirement.
            key_alias: Alias of the key. Default: none.
            deployment_role_arns: Who may change settings; patterns will do. Default: the
                CloudFormation role of the stack's CDK bootstrap.
            reader_role_arns: Roles of other accounts that may read. Default: none.
            legal_hold_role_arns: Who may set and lift legal holds. Default: whoever IAM allows to.
            cold_after_days: When objects move to Glacier Instant Retrieval; S3 leaves objects
                below 128 KB where they are. Default: 90.

        Raises:
            ValueError: If `cold_after_days` is below 30 or not before the end of the retention.
        """
        super().__init__(scope, id)
        self.retention = retention or Retention()
        if not _LEAST_COLD_DAYS <= cold_after_days < self.retention.days:
            allowed = f"{_LEAST_COLD_DAYS} to {self.retention.days - 1}"
            raise invalid(self, f"cold_after_days must be {allowed}, got {cold_after_days}")
        place = place_of(self)
        access = VaultAccess(
            account=place.account,
            partition=place.partition,
            writer_arn=writer_role_arn,
            deployment_arns=deployment_role_arns or [_own_bootstrap_role(Stack.of(self))],
            reader_arns=reader_role_arns,
            hold_arns=legal_hold_role_arns,
        )
        self.key = self._key(access, place.region, key_alias)
        self.bucket = self._bucket(bucket_name, cold_after_days)
        self.policy = s3.CfnBucketPolicy(
            self,
            "Policy",
            bucket=self.bucket.ref,
            policy_document=_document(bucket_statements(self.bucket.attr_arn, access)),
        )
        _keep(self.policy)
        self._declare()

    def _key(self, access: VaultAccess, region: str, alias: str | None) -> kms.CfnKey:
        key = kms.CfnKey(
            self,
            "Key",
            description="Encrypts the write-once audit log; without it the log is unreadable",
            enable_key_rotation=True,
            key_policy=_document(key_statements(access, region)),
        )
        _keep(key)
        if alias:
            kms.CfnAlias(self, "KeyAlias", alias_name=alias, target_key_id=key.ref)
        return key

    def _bucket(self, name: str, cold_after_days: int) -> s3.CfnBucket:
        bucket = s3.CfnBucket
        defined = bucket(
            self,
            "Resource",
            bucket_name=name,
            bucket_encryption=bucket.BucketEncryptionProperty(
                server_side_encryption_configuration=[
                    bucket.ServerSideEncryptionRuleProperty(
                        bucket_key_enabled=True,
                        server_side_encryption_by_default=(
                            bucket.ServerSideEncryptionByDefaultProperty(
                                sse_algorithm="aws:kms", kms_master_key_id=self.key.attr_arn
                            )
                        ),
                    )
                ]
            ),
            lifecycle_configuration=bucket.LifecycleConfigurationProperty(
                rules=[self._expiry(prefix, cold_after_days) for prefix in ARCHIVED_PREFIXES]
            ),
            object_lock_enabled=True,
            object_lock_configuration=bucket.ObjectLockConfigurationProperty(
                object_lock_enabled="Enabled",
                rule=bucket.ObjectLockRuleProperty(
                    default_retention=bucket.DefaultRetentionProperty(
                        days=self.retention.days, mode=self.retention.mode.value
                    )
                ),
            ),
            ownership_controls=bucket.OwnershipControlsProperty(
                rules=[bucket.OwnershipControlsRuleProperty(object_ownership="BucketOwnerEnforced")]
            ),
            public_access_block_configuration=closed_to_the_public(),
            versioning_configuration=bucket.VersioningConfigurationProperty(status="Enabled"),
        )
        _keep(defined)
        defined.add_metadata(RETENTION_METADATA, _metadata(self.retention))
        return defined

    def _expiry(self, prefix: str, cold_after_days: int) -> s3.CfnBucket.RuleProperty:
        """A day after the lock; a version that is held, or locked longer, S3 keeps nevertheless."""
        rule = s3.CfnBucket
        return rule.RuleProperty(
            id=f"{prefix.rstrip('/')}-expire-after-retention",
            prefix=prefix,
            status="Enabled",
            expiration_in_days=self.retention.days + 1,
            noncurrent_version_expiration=rule.NoncurrentVersionExpirationProperty(
                noncurrent_days=1
            ),
            transitions=[
                rule.TransitionProperty(
                    storage_class="GLACIER_IR", transition_in_days=cold_after_days
                )
            ],
        )

    def _declare(self) -> None:
        declare(
            self.bucket,
            {
                Control.LOG_ENCRYPTED: "Every object is encrypted with the log's own key",
                Control.LOG_IMMUTABLE: "Object Lock and versioning hold every version",
                Control.LOG_PRIVATE: "Public access is blocked and access lists do not count",
                Control.LOG_RETAINED: "The bucket outlives its stack",
                Control.LOG_RETENTION: self.retention.statement,
            },
        )
        declare(
            self.policy,
            {
                Control.LOG_DELETION_REFUSED: "Bypassing the lock is denied to all, changing it "
                "to all but the deployment roles",
                Control.LOG_TLS_ONLY: "Requests without TLS are denied",
            },
        )
        declare(
            self.key,
            {
                Control.LOG_KEY_GUARDED: "Deleting and disabling the key is denied to all, "
                "changing its policy to all but the deployment roles"
            },
        )
        acknowledge(
            self.bucket,
            {
                BUCKET_ACCESS_LOG: "CloudTrail data events tell who reads it; a bucket with "
                "Object Lock cannot take access logs itself",
                BUCKET_ACCESS_LOGGING: "CloudTrail data events tell who reads it; a bucket with "
                "Object Lock cannot take access logs itself",
                BUCKET_REPLICATION: "Every version is locked; a copy elsewhere is the "
                "organisation's choice",
            },
        )


def closed_to_the_public() -> s3.CfnBucket.PublicAccessBlockConfigurationProperty:
    """Return the settings that close a bucket to the public."""
    return s3.CfnBucket.PublicAccessBlockConfigurationProperty(
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )


def bootstrap_role_arn(stack: Stack, qualifier: str | None) -> str:
    """Return the ARN of the role that CloudFormation deploys `stack` with.

    Args:
        stack: The stack.
        qualifier: The one the account was bootstrapped with. Default: the CDK's own.
    """
    place, qualifier = place_of(stack), qualifier or DefaultStackSynthesizer.DEFAULT_QUALIFIER
    name = f"cdk-{qualifier}-cfn-exec-role-{place.account}-{place.region}"
    return place.global_arn("iam", f"role/{name}")


def _own_bootstrap_role(stack: Stack) -> str:
    return bootstrap_role_arn(stack, stack.synthesizer.bootstrap_qualifier)


def _keep(resource: Any) -> None:
    resource.cfn_options.deletion_policy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE
    resource.cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN


def _metadata(retention: Retention) -> dict[str, Any]:
    return {
        "days": retention.days,
        "mode": retention.mode.value,
        "basis": retention.basis,
        "owner": retention.owner or "",
        "declaredOn": retention.declared_on.isoformat() if retention.declared_on else "",
        "earlier": [{"days": e.days, "mode": e.mode.value} for e in retention.earlier],
        "statement": retention.statement,
    }


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}
