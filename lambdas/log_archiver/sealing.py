"""Closing hours: one manifest each, in order, linked to the one before.

A run may end anywhere; the next one goes on from what is stored. The manifest's object comes first
and its key exists once, so two runs cannot close an hour differently; then the head moves; then
what the manifest holds is forgotten as waiting, and deleted from the landing bucket.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from log_archiver.chain_table import ChainTable
from log_archiver.manifest import Link, Where, manifest_bytes, sha256_hex
from log_archiver.names import (
    HOUR,
    MANIFESTS,
    SIGNATURE_SUFFIX,
    hour_of,
    hour_of_manifest,
    instant,
    manifest_key,
    next_hour,
    parse_hour,
)
from log_archiver.vault import Vault

PERMISSIONS: Final = ("kms:Sign",)
SIGNING_ALGORITHM: Final = "ECDSA_SHA_256"

Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, kw_only=True)
class Sealer:
    """Closes hours.

    Attributes:
        where: Which log.
        vault: The locked bucket.
        table: The archiver's memory.
        kms: A boto3 KMS client.
        delay: How long after its end an hour is closed.
        count: What CloudWatch counted in an hour; None if it did not answer.
        delete_landing: Deletes a delivered file.
    """

    where: Where
    vault: Vault
    table: ChainTable
    kms: Any
    delay: timedelta
    count: Callable[[datetime], Counts | None]
    delete_landing: Callable[[str], None]

    def run(self, now: datetime, enough: Callable[[], bool]) -> list[Link]:
        """Close every hour that is due.

        Args:
            now: The moment.
            enough: Whether to leave what is left to the next run.

        Returns:
            The manifests made, oldest first.
        """
        head = self._head()
        if head is not None:
            self._clean(head)
        hour = next_hour(head.hour) if head else self.table.start(hour_of(now))
        made = []
        while parse_hour(hour) + HOUR + self.delay <= now and not enough():
            link = self._seal(hour, head, now)
            if not self.table.advance(head, link):
                break  # Another run was first; the next one goes on from there.
            self._clean(link)
            made.append(link)
            head, hour = link, next_hour(hour)
        return made

    def hours_behind(self, now: datetime) -> int:
        """Return how many hours are over, their delay too, without a manifest."""
        head = self.table.head()
        first = next_hour(head.hour) if head else self.table.start(hour_of(now))
        waited = now - self.delay - parse_hour(first)
        return max(0, int(waited / HOUR))

    def _head(self) -> Link | None:
        """The chain is in the bucket: a table that was lost finds its head there."""
        head = self.table.head()
        if head is not None:
            return head
        key = self.vault.last_key(MANIFESTS)
        key = key.removesuffix(SIGNATURE_SUFFIX) if key else None
        if key is None or hour_of_manifest(key) is None:
            return None
        link = self._stored(key)
        self.table.advance(None, link)
        return link

    def _stored(self, key: str) -> Link:
        found = self.vault.read(key)
        if found is None:
            raise RuntimeError(f"{key} is not in the bucket any more")
        content, stored = found
        told = json.loads(content)
        return Link(
            sequence=told["sequence"],
            hour=told["hour"],
            key=key,
            version_id=stored.version_id,
            sha256=sha256_hex(content),
        )

    def _seal(self, hour: str, head: Link | None, now: datetime) -> Link:
        begins = parse_hour(hour)
        counts = self.count(begins)
        content = manifest_bytes(
            self.where,
            hour=hour,
            previous=head,
            entries=[e for w in self.table.waiting(instant(begins + HOUR)) for e in w.entries],
            invocations=counts or {},
            invocations_read_at=None if counts is None else _stated(now),
            sealed_at=_stated(now),
        )
        key = manifest_key(hour)
        stored = self.vault.put(key, content, sha256_hex(content), len(content))
        link = self._stored(key) if stored.sha256 != sha256_hex(content) else Link(
            sequence=head.sequence + 1 if head else 1,
            hour=hour,
            key=key,
            version_id=stored.version_id,
            sha256=stored.sha256,
        )  # fmt: skip
        if self.where.signing_key:
            self._sign(link)
        return link

    def _sign(self, link: Link) -> None:
        signature = self.kms.sign(
            KeyId=self.where.signing_key,
            Message=bytes.fromhex(link.sha256),
            MessageType="DIGEST",
            SigningAlgorithm=SIGNING_ALGORITHM,
        )["Signature"]
        content = base64.b64encode(signature) + b"\n"
        key = link.key + SIGNATURE_SUFFIX
        self.vault.put(key, content, sha256_hex(content), len(content))

    def _clean(self, head: Link) -> None:
        """Forget what the head's manifest holds; a run that ended early left it waiting."""
        waiting = list(self.table.waiting(instant(parse_hour(head.hour) + HOUR)))
        if not waiting:
            return
        found = self.vault.read(head.key, head.version_id)
        if found is None:
            raise RuntimeError(f"the head of the chain, {head.key}, is not in the bucket")
        chained = {(e["key"], e["version_id"]) for e in json.loads(found[0])["entries"]}
        for each in waiting:
            if _all_in(each.entries, chained):
                if each.landing_key:
                    self.delete_landing(each.landing_key)
                self.table.forget(each)


def _all_in(entries: Sequence[Mapping[str, Any]], chained: set[tuple[str, str]]) -> bool:
    return all((entry["key"], entry["version_id"]) in chained for entry in entries)


def _stated(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
