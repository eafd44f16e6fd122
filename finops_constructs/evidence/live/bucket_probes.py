"""What S3 says of a bucket and its policy."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import botocore.exceptions

# What S3 answers where a setting was never made.
_NOT_SET: Final = frozenset(
    {
        "NoSuchBucketPolicy",
        "NoSuchPublicAccessBlockConfiguration",
        "ObjectLockConfigurationNotFoundError",
        "OwnershipControlsNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)


def bucket(clients: Any, name: str, _: Mapping[str, Any]) -> dict[str, Any]:
    """Return lock, versioning, encryption, public access block and ownership of a bucket."""
    s3 = clients.client("s3")
    lock = _asked(s3.get_object_lock_configuration, name).get("ObjectLockConfiguration", {})
    encryption = _asked(s3.get_bucket_encryption, name)
    rules = encryption.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    return {
        "ObjectLockEnabled": lock.get("ObjectLockEnabled") == "Enabled",
        "ObjectLockConfiguration": lock,
        "VersioningConfiguration": {"Status": _asked(s3.get_bucket_versioning, name).get("Status")},
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"]}
                for rule in rules
            ]
        },
        "PublicAccessBlockConfiguration": _asked(s3.get_public_access_block, name).get(
            "PublicAccessBlockConfiguration", {}
        ),
        "OwnershipControls": _asked(s3.get_bucket_ownership_controls, name).get(
            "OwnershipControls", {}
        ),
    }


def bucket_policy(clients: Any, _: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the policy of the bucket that a `BucketPolicy` is of."""
    found = _asked(clients.client("s3").get_bucket_policy, properties["Bucket"])
    return {"PolicyDocument": json.loads(found["Policy"]) if found else {}}


def _asked(ask: Callable[..., Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    try:
        return ask(Bucket=name)
    except botocore.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in _NOT_SET:
            return {}
        raise
