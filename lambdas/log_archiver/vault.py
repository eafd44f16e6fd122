"""Writing into the locked bucket: each key once, never over another."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

PERMISSIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey", "s3:GetObject", "s3:ListBucket",
                      "s3:PutObject")  # fmt: skip
_EXISTS: Final = frozenset({"PreconditionFailed", "412"})
_MISSING: Final = frozenset({"NoSuchKey", "404", "NotFound"})


@dataclass(frozen=True, slots=True)
class Stored:
    """An object in the bucket."""

    version_id: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """The locked bucket.

    Attributes:
        s3: A boto3 S3 client.
        bucket: The bucket.
        owner: The account it must belong to: nobody else's bucket of that name is written to.
    """

    s3: Any
    bucket: str
    owner: str

    def put(self, key: str, content: bytes | Path, sha256: str, size: int) -> Stored:
        """Store an object, unless its key exists: then that one stands.

        A retry finds what the attempt before it has stored; both are made of one source.

        Args:
            key: The key.
            content: Its bytes, or the file that holds them.
            sha256: Their SHA-256, hexadecimal; S3 refuses bytes of another.
            size: How many they are.
        """
        try:
            if isinstance(content, Path):
                with content.open("rb") as body:
                    answer = self._put(key, body, sha256)
            else:
                answer = self._put(key, content, sha256)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _EXISTS:
                raise
            return self._existing(key)
        return Stored(str(answer["VersionId"]), sha256, size)

    def read(self, key: str, version_id: str | None = None) -> tuple[bytes, Stored] | None:
        """Return an object; None if there is none."""
        wanted = {"VersionId": version_id} if version_id else {}
        try:
            answer = self.s3.get_object(Key=key, **wanted, **self._bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise
        content = answer["Body"].read()
        checksum = answer.get("ChecksumSHA256")
        return content, Stored(str(answer["VersionId"]), _hex(checksum), len(content))

    def last_key(self, prefix: str, start_after: str = "") -> str | None:
        """Return the last key with a prefix, in the order of keys."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Prefix=prefix, StartAfter=start_after, **self._bucket
        )
        last = None
        for page in pages:
            for each in page.get("Contents", []):
                last = str(each["Key"])
        return last

    def _put(self, key: str, body: Any, sha256: str) -> Any:
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        return self.s3.put_object(
            Key=key,
            Body=body,
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=checksum,
            IfNoneMatch="*",
            **self._bucket,
        )

    def _existing(self, key: str) -> Stored:
        answer = self.s3.head_object(Key=key, ChecksumMode="ENABLED", **self._bucket)
        return Stored(
            str(answer["VersionId"]), _hex(answer["ChecksumSHA256"]), answer["ContentLength"]
        )

    @property
    def _bucket(self) -> dict[str, str]:
        return {"Bucket": self.bucket, "ExpectedBucketOwner": self.owner}


def _hex(checksum: str | None) -> str:
    return base64.b64decode(checksum).hex() if checksum else ""
