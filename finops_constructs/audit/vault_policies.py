"""Who may do what with the locked bucket and its key, as plain data.

A `Deny` of everybody binds this account's principals and every other's; whoever may change the
policy can lift it, which is left to the deployment roles alone. Nothing here binds AWS itself, and
an account's root can always put a bucket policy right: in mode COMPLIANCE the lock holds even so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

Statement = dict[str, Any]

_SETTINGS: Final = [
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
]
_READ_OBJECTS: Final = [
    "s3:GetObject",
    "s3:GetObjectLegalHold",
    "s3:GetObjectRetention",
    "s3:GetObjectVersion",
]
_READ_BUCKET: Final = [
    "s3:GetBucketLocation",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketVersioning",
    "s3:ListBucket",
    "s3:ListBucketVersions",
]
_USE_KEY: Final = ["kms:Decrypt", "kms:GenerateDataKey"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultAccess:
    """Who has to do with the locked bucket.

    Attributes:
        account: The account that owns it.
        partition: Such as `aws`.
        writer_arn: The archiver's role.
        deployment_arns: Roles that may change the bucket's settings; patterns with `*` will do.
        reader_arns: Roles of other accounts that may read.
        hold_arns: Roles that may set and lift legal holds; empty: whoever IAM allows to.
    """

    account: str
    partition: str
    writer_arn: str
    deployment_arns: Sequence[str]
    reader_arns: Sequence[str]
    hold_arns: Sequence[str]

    @property
    def own_root(self) -> str:
        """The owning account."""
        return f"arn:{self.partition}:iam::{self.account}:root"

    @property
    def writer_root(self) -> str:
        """The account of the archiver's role: a policy cannot name a role that is yet to be."""
        return self.writer_arn.rpartition(":")[0] + ":root"


def bucket_statements(bucket_arn: str, access: VaultAccess) -> list[Statement]:
    """Return the locked bucket's policy."""
    objects = f"{bucket_arn}/*"
    statements = [
        _deny("DenyPlainText", ["s3:*"], [bucket_arn, objects],
              {"Bool": {"aws:SecureTransport": "false"}}),
        _deny("DenyBypassOfTheLock", ["s3:BypassGovernanceRetention"], [objects]),
        # Expiry after the retention is the lifecycle's, which no policy binds.
        _deny("DenyDeletion", ["s3:DeleteObject", "s3:DeleteObjectVersion"], [objects]),
        _deny("DenyChangesOfTheLock", _SETTINGS, [bucket_arn],
              _all_but(access.deployment_arns)),
        _deny("DenyChangesOfRetention", ["s3:PutObjectRetention"], [objects],
              _all_but(access.deployment_arns)),
        _deny("DenyOtherWriters", ["s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging"],
              [objects], _all_but([access.writer_arn])),
        _deny("DenyOverwriting", ["s3:PutObject"], [objects],
              {"Null": {"s3:if-none-match": "true"}}),
        _allow("AllowArchiver", access.writer_root, ["s3:GetObject", "s3:PutObject"], [objects],
               _only([access.writer_arn])),
        _allow("AllowArchiverToList", access.writer_root, ["s3:ListBucket"], [bucket_arn],
               _only([access.writer_arn])),
    ]  # fmt: skip
    if access.hold_arns:
        statements.append(
            _deny(
                "DenyLegalHolds", ["s3:PutObjectLegalHold"], [objects], _all_but(access.hold_arns)
            )
        )
    for number, arn in enumerate(access.reader_arns):
        root = f"arn:{access.partition}:iam::{arn.split(':')[4]}:root"
        statements += [
            _allow(f"AllowReader{number}", root, _READ_OBJECTS, [objects], _only([arn])),
            _allow(f"AllowReader{number}ToList", root, _READ_BUCKET, [bucket_arn], _only([arn])),
        ]
    return statements


def key_statements(access: VaultAccess, region: str) -> list[Statement]:
    """Return the policy of the locked bucket's key; in a key policy `*` is the key itself."""
    through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}
    statements = [
        _allow("AllowAccount", access.own_root, ["kms:*"], ["*"]),
        _deny(
            "DenyDestruction",
            ["kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:ScheduleKeyDeletion"],
            ["*"],
        ),
        _deny("DenyTakeover", ["kms:DisableKeyRotation", "kms:PutKeyPolicy"], ["*"],
              _all_but(access.deployment_arns)),
        _allow("AllowArchiver", access.writer_root, _USE_KEY, ["*"],
               _only([access.writer_arn]) | through_s3),
    ]  # fmt: skip
    for number, arn in enumerate(access.reader_arns):
        root = f"arn:{access.partition}:iam::{arn.split(':')[4]}:root"
        allowed = _only([arn]) | through_s3
        statements.append(_allow(f"AllowReader{number}", root, ["kms:Decrypt"], ["*"], allowed))
    return statements


def _all_but(arns: Sequence[str]) -> dict[str, Any]:
    return {"ArnNotLike": {"aws:PrincipalArn": list(arns)}}


def _only(arns: Sequence[str]) -> dict[str, Any]:
    return {"ArnLike": {"aws:PrincipalArn": list(arns)}}


def _deny(
    sid: str, actions: list[str], resources: list[str], condition: dict[str, Any] | None = None
) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": actions,
        "Resource": resources,
        **({"Condition": condition} if condition else {}),
    }


def _allow(
    sid: str,
    principal: str,
    actions: list[str],
    resources: list[str],
    condition: dict[str, Any] | None = None,
) -> Statement:
    return _deny(sid, actions, resources, condition) | {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
    }
