"""The locked bucket itself, with versions, locks and delete markers."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from botocore.exceptions import ClientError

from finops_constructs.audit_log.store import CHUNK, Listed, Lock, Read
from finops_constructs.operations.aws import translated

PERMISSIONS: Final = (
    "kms:Decrypt",
    "s3:GetObject",
    "s3:GetObjectLegalHold",
    "s3:GetObjectRetention",
    "s3:GetObjectVersion",
    "s3:ListBucketVersions",
)
"""What a reader needs."""
_MISSING: Final = frozenset({"NoSuchKey", "NoSuchVersion", "404", "NotFound", "InvalidArgument"})


class _Object:
    def __init__(self, answer: Any) -> None:
        self._body = answer["Body"]
        self._lock = Lock(
            mode=answer.get("ObjectLockMode"),
            until=answer.get("ObjectLockRetainUntilDate"),
            written=answer["LastModified"],
            held=answer.get("ObjectLockLegalHoldStatus") == "ON",
        )

    @property
    def lock(self) -> Lock | None:
        return self._lock

    def chunks(self) -> Iterator[bytes]:
        return iter(self._body.iter_chunks(CHUNK))


class BucketStore:
    """A bucket.

    Args:
        s3: A botocore S3 client.
        bucket: The bucket.
        owner: The account it must belong to. Default: whoever's it is.
    """

    def __init__(self, s3: Any, bucket: str, owner: str | None = None) -> None:
        self._s3 = s3
        self._bucket = {"Bucket": bucket} | ({"ExpectedBucketOwner": owner} if owner else {})
        self.name = f"s3://{bucket}"

    def listed(self, prefix: str = "") -> Iterator[Listed]:
        """Yield the keys with a prefix, in order, each with all its versions."""
        for key, group in groupby(self._versions(prefix), key=lambda each: str(each[0])):
            versions = list(group)
            yield Listed(
                key=key,
                versions=tuple(version for _, version, marker in versions if not marker),
                hidden=any(marker for _, _, marker in versions),
            )

    def read(self, key: str, version_id: str | None = None) -> Read | None:
        """Return a version to be read; None if it is not there."""
        wanted = {"VersionId": version_id} if version_id else {}
        with translated(f"reading {self.name}/{key} ({', '.join(PERMISSIONS)})"):
            try:
                return _Object(self._s3.get_object(Key=key, **wanted, **self._bucket))
            except ClientError as error:
                if error.response["Error"]["Code"] in _MISSING:
                    return None
                raise

    def _versions(self, prefix: str) -> Iterator[tuple[str, str, bool]]:
        with translated(f"listing {self.name} (s3:ListBucketVersions)"):
            pages = self._s3.get_paginator("list_object_versions").paginate(
                Prefix=prefix, **self._bucket
            )
            for page in pages:
                yield from sorted(
                    (
                        *((e["Key"], e["VersionId"], False) for e in page.get("Versions", [])),
                        *((e["Key"], e["VersionId"], True) for e in page.get("DeleteMarkers", [])),
                    ),
                    key=lambda each: str(each[0]),
                )
