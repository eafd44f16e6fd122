"""One archived object against its entry in a manifest."""

import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from finops_constructs.audit_log.findings import Finding, Kind
from finops_constructs.audit_log.manifests import Manifest
from finops_constructs.audit_log.store import Lock, LogStore

_REQUEST_ID: Final = re.compile(rb'"requestId":"((?:[^"\\]|\\.)*)"')
_GZIP: Final = 31
_SLACK: Final = timedelta(hours=1)
_STRENGTH: Final = {None: 0, "GOVERNANCE": 1, "COMPLIANCE": 2}


@dataclass(slots=True)
class Checked:
    """What reading an object found.

    Attributes:
        findings: What is wrong with it.
        found: Whether it is there.
        size: How many bytes were read.
        request_ids: Of its records, as they are written.
        held: Whether it is under legal hold.
    """

    findings: list[Finding] = field(default_factory=list)
    found: bool = True
    size: int = 0
    request_ids: list[bytes] = field(default_factory=list)
    held: bool = False


def check_object(store: LogStore, manifest: Manifest, entry: Mapping[str, Any]) -> Checked:
    """Read an object whole and compare it with its entry.

    Args:
        store: The log.
        manifest: The manifest that has the entry.
        entry: The entry.
    """
    key = str(entry["key"])
    checked = Checked()
    read = store.read(key, entry["version_id"])
    if read is None:
        checked.found = False
        return checked

    digest = hashlib.sha256()
    content = _Lines(key)
    for chunk in read.chunks():
        digest.update(chunk)
        checked.size += len(chunk)
        content.take(chunk)
    if entry["kind"] == "records":
        checked.request_ids = content.request_ids
    lock = read.lock
    checked.held = lock is not None and lock.held
    faults = {
        Kind.ALTERED: _content_fault(digest.hexdigest(), checked.size, content.records, entry),
        Kind.NOT_LOCKED: lock and lock_fault(lock, manifest.lock_mode, manifest.lock_days),
    }
    checked.findings = [
        Finding(kind=kind, hour=manifest.hour, key=key, text=f"{key} {fault}")
        for kind, fault in faults.items()
        if fault
    ]
    return checked


def request_ids_of(store: LogStore, key: str, version_id: str) -> list[bytes]:
    """Return the request ids of an object's records; none if it is not there."""
    read = store.read(key, version_id)
    content = _Lines(key)
    for chunk in read.chunks() if read else ():
        content.take(chunk)
    return content.request_ids


def lock_fault(lock: Lock, mode: str, days: int) -> str | None:
    """Return how a version's lock is weaker than declared; None if it is not.

    Args:
        lock: The version's lock.
        mode: The declared mode.
        days: The declared retention.
    """
    if lock.mode is None or lock.until is None:
        return "is not locked, or you may not see its lock (s3:GetObjectRetention)"
    if _STRENGTH.get(lock.mode, 0) < _STRENGTH[mode]:
        return f"is locked in mode {lock.mode}; {mode} was declared"
    if lock.until < lock.written + timedelta(days=days) - _SLACK:
        kept = (lock.until - lock.written).days
        return f"is locked for {kept} days; {days} were declared"
    return None


def _content_fault(sha256: str, size: int, records: int, entry: Mapping[str, Any]) -> str | None:
    if sha256 == entry["sha256"]:
        if records == entry["records"]:
            return None
        return f"has {records} records, and {entry['records']} by its entry"
    if size == entry["size"]:
        return f"was altered: other bytes, of the same size ({size})"
    return f"was altered: {size} bytes instead of {entry['size']}"


class _Lines:
    """Counts the lines of an object and collects request ids, as its bytes come by."""

    def __init__(self, key: str) -> None:
        self._unzip = zlib.decompressobj(_GZIP) if key.endswith(".gz") else None
        self._rest = b""
        self.records = 0
        self.request_ids: list[bytes] = []

    def take(self, chunk: bytes) -> None:
        for piece in self._plain(chunk):
            whole, newline, rest = (self._rest + piece).rpartition(b"\n")
            self._rest = rest
            if newline:
                self.records += whole.count(b"\n") + 1
                self.request_ids += _REQUEST_ID.findall(whole)

    def _plain(self, chunk: bytes) -> Iterator[bytes]:
        if self._unzip is None:
            yield chunk
            return
        try:
            while chunk:
                yield self._unzip.decompress(chunk, 1 << 20)
                chunk = self._unzip.unconsumed_tail
        except zlib.error:
            return  # Altered; its hash tells.
