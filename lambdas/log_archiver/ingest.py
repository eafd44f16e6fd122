"""From a delivered file in the landing bucket to the locked one."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from log_archiver.archive import Archive
from log_archiver.chain_table import Begun
from log_archiver.delivery import BrokenDeliveryError, lines, values
from log_archiver.names import PLATFORM, source_id
from log_archiver.records import Locker, Owner, UnreadableRecordError, owner_of_entries
from log_archiver.spool import Part, Spool, spool
from shared.registry import Registry

PERMISSIONS: Final = ("s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject")
QUARANTINE: Final = "quarantine/"
_CHUNK: Final = 1 << 20
_GONE: Final = frozenset({"NoSuchKey", "404", "NotFound"})
_NO_LOG: Final = "amazon-bedrock-logs-permission-check"


@dataclass(slots=True)
class Ingested:
    """What became of a file.

    Attributes:
        records: Records archived now.
        unreadable: Lines that are no records.
        broken: Why the file could not be read to its end; None if it could.
        skipped: Whether there was nothing to do.
    """

    records: int = 0
    unreadable: int = 0
    broken: str | None = None
    skipped: bool = False


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """Archives delivered files.

    Attributes:
        s3: A boto3 S3 client.
        bucket: The landing bucket.
        owner: The account it must belong to.
        prefix: Below which Bedrock delivers.
        content_bucket: Where files with bodies are copied to; None: nowhere.
        archive: The locked bucket.
        registry: Reads the tenants' profiles.
        kept_metadata: Keys of `requestMetadata` whose values are kept.
    """

    s3: Any
    bucket: str
    owner: str
    prefix: str
    content_bucket: str | None
    archive: Archive
    registry: Callable[[], Registry]
    kept_metadata: tuple[str, ...]

    def file(self, key: str) -> Ingested:
        """Archive a delivered file, unless that is done.

        Args:
            key: Its key in the landing bucket.

        Raises:
            ClientError: If AWS fails; trying again continues where this ended.
        """
        if not key.startswith(self.prefix) or key.endswith(_NO_LOG):
            return Ingested(skipped=True)
        if "/data/" in key:
            self._move_content(key)
            return Ingested(skipped=True)
        try:
            delivered = self.s3.get_object(Key=key, **self._landing)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return Ingested(skipped=True)
            raise
        # By content, not by key: what is delivered again under another name is no new source.
        source = source_id("delivery", delivered["ETag"], str(delivered["ContentLength"]))
        begun = self.archive.begin(source, lambda: self._plan(key))
        if begun.stored and begun.plan["key"] != key:
            self.delete(key)
        if begun.stored or begun.plan["key"] != key:
            return Ingested(skipped=True)
        return self._archive(key, source, delivered["Body"], begun)

    def delete(self, key: str) -> None:
        """Delete a file whose entries are in a manifest."""
        self.s3.delete_object(Key=key, **self._landing)

    def left_behind(self, seconds: int) -> Iterator[str]:
        """Yield the files that were delivered more than some seconds ago and are still here."""
        until = time.time() - seconds
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Prefix=self.prefix, **self._landing
        )
        for page in pages:
            for each in page.get("Contents", []):
                if each["LastModified"].timestamp() < until:
                    yield str(each["Key"])

    def _plan(self, key: str) -> dict[str, Any]:
        owners = {m: (p.tenant, p.alias) for m, p in self.registry().by_model_id.items()}
        return {"key": key, "owners": self.archive.table.keep_snapshot(owners, self.archive.now())}

    def _archive(self, key: str, source: str, body: Any, begun: Begun) -> Ingested:
        done = Ingested()
        with spool() as collecting:
            owners = self.archive.table.snapshot(begun.plan["owners"])
            self._read(body, collecting, {m: (t, a) for m, (t, a) in owners.items()}, done)
            parts = collecting.close()
            self.archive.keep_names()
            if done.broken or done.unreadable:
                self._quarantine(key, source, done)
            if self.content_bucket and parts:
                self._copy(key, self.content_bucket, key)
            self._store(parts, begun, source, key)
        return done

    def _read(self, body: Any, into: Spool, owners: Mapping[str, Owner], done: Ingested) -> None:
        lock = Locker(self.archive.pseudonyms, owner_of_entries(owners), self.kept_metadata).lock
        try:
            for line in lines(body.iter_chunks(_CHUNK)):
                if not line.strip():
                    continue
                try:
                    for value in values(line):
                        into.add(lock(value))
                        done.records += 1
                except (UnreadableRecordError, ValueError, RecursionError):
                    done.unreadable += 1
        except BrokenDeliveryError as error:
            done.broken = str(error)

    def _store(self, parts: list[Part], begun: Begun, source: str, key: str) -> None:
        entries = self.archive.put_parts(parts, begun, source, key)
        self.archive.table.store(
            source, begun.archived_at, [entry.plain() for entry in entries], key
        )

    def _quarantine(self, key: str, source: str, done: Ingested) -> None:
        """Keep what cannot be read, unlocked as it may hold names, and say so in the log."""
        self._copy(key, self.bucket, QUARANTINE + key)
        self.archive.put_document(
            "events",
            tenant=PLATFORM,
            at=self.archive.now(),
            unique=source,
            document={
                "type": "unreadable-delivery",
                "at": self.archive.now().isoformat(timespec="seconds"),
                "delivery": key,
                "reason": done.broken or "lines that are no log records",
                "records_read": done.records,
                "lines_unreadable": done.unreadable,
                "kept_as": QUARANTINE + key,
            },
        )

    def _move_content(self, key: str) -> None:
        if self.content_bucket:
            self._copy(key, self.content_bucket, key)
        self.delete(key)

    def _copy(self, key: str, bucket: str, to: str) -> None:
        self.s3.copy_object(
            Bucket=bucket,
            Key=to,
            CopySource={"Bucket": self.bucket, "Key": key},
            ExpectedBucketOwner=self.owner,
            ExpectedSourceBucketOwner=self.owner,
        )

    @property
    def _landing(self) -> dict[str, str]:
        return {"Bucket": self.bucket, "ExpectedBucketOwner": self.owner}
