"""Archiving one source: its objects stored and noted exactly once, however often it is tried."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from log_archiver.chain_table import Begun, ChainTable
from log_archiver.manifest import Entry, sha256_hex
from log_archiver.names import instant, object_key, source_id
from log_archiver.names_table import NamesTable
from log_archiver.pseudonyms import Pseudonyms
from log_archiver.spool import Part
from log_archiver.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Archive:
    """The locked bucket with the archiver's memory of it.

    Attributes:
        vault: The locked bucket.
        table: The memory.
        names: The re-identification table.
        pseudonyms: Replaces persons' names.
        now: The clock.
    """

    vault: Vault
    table: ChainTable
    names: NamesTable
    pseudonyms: Pseudonyms
    now: Callable[[], datetime]

    def begin(self, source: str, plan: Callable[[], Mapping[str, Any]]) -> Begun:
        """Begin a source, or continue it as the first attempt began it.

        Args:
            source: Its id.
            plan: What every attempt must do alike, if this is the first.
        """
        now = self.now()
        return self.table.begin(
            source, archived_at=instant(now), plan=plan(), now_seconds=int(now.timestamp())
        )

    def keep_names(self) -> None:
        """Note the names that were replaced; before what has the pseudonyms is locked."""
        met = dict(self.pseudonyms.met)
        self.names.keep(met, int(self.now().timestamp()))
        self.pseudonyms.met.clear()

    def put_parts(
        self, parts: Sequence[Part], begun: Begun, source: str, said_source: str
    ) -> list[Entry]:
        """Store records, and return the entries of a manifest."""
        entries = []
        for part in parts:
            sha256, size = part.digest()
            key = object_key(
                "records",
                tenant=part.tenant,
                day=part.day,
                archived_at=begun.archived_at,
                source=source,
                suffix=".jsonl.gz",
            )
            stored = self.vault.put(key, part.path, sha256, size)
            entries.append(
                Entry(
                    key=key,
                    version_id=stored.version_id,
                    sha256=stored.sha256,
                    size=stored.size,
                    kind="records",
                    records=part.records,
                    source=said_source,
                    calls=part.calls,
                )
            )
        return entries

    def put_document(
        self, kind: str, *, tenant: str, at: datetime, unique: str, document: Mapping[str, Any]
    ) -> Entry:
        """Archive one JSON document, with persons' names in ARNs replaced.

        Args:
            kind: `journal`, `statements` or `events`.
            tenant: Whom it concerns.
            at: When it happened.
            unique: What identifies it among its kind; a second one is not archived.
            document: The document.
        """
        source = source_id(kind, tenant, unique)
        begun = self.begin(source, dict)
        content = self._document_bytes(document)
        key = object_key(
            kind,
            tenant=tenant,
            day=at.astimezone(UTC).strftime("%Y-%m-%d"),
            archived_at=begun.archived_at,
            source=source,
            suffix=".json",
        )
        stored = self.vault.put(key, content, sha256_hex(content), len(content))
        entry = Entry(
            key=key,
            version_id=stored.version_id,
            sha256=stored.sha256,
            size=stored.size,
            kind=kind,
            records=1,
            source=unique,
        )
        if not begun.stored:
            self.table.store(source, begun.archived_at, [entry.plain()])
        return entry

    def _document_bytes(self, document: Mapping[str, Any]) -> bytes:
        replaced = self.pseudonyms.document(document)
        self.keep_names()
        return json.dumps(replaced, separators=(",", ":"), sort_keys=True).encode() + b"\n"
