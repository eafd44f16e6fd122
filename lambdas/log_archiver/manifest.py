"""The hourly manifest: what was archived, hash-chained to the hour before.

A manifest's hash is the SHA-256 of its bytes as they are stored; nothing has to be re-serialized
to check it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from log_archiver.names import MANIFEST_FORMAT

_COUNT_KEYS: Final = ("client_errors", "invocations", "server_errors", "throttles")
Calls = Mapping[str, Mapping[str, Sequence[int]]]
"""Model -> hour -> [successful, failed] calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One archived object.

    Attributes:
        key: Its key in the locked bucket.
        version_id: The version that was written.
        sha256: Of its bytes, hexadecimal.
        size: Its bytes.
        kind: `records`, `journal`, `statements` or `events`.
        records: Lines in it.
        source: Where it came from, such as the landing object.
        calls: Calls in it, for `records`.
    """

    key: str
    version_id: str
    sha256: str
    size: int
    kind: str
    records: int
    source: str
    calls: Calls = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON states it."""
        stated: dict[str, Any] = {
            "key": self.key,
            "version_id": self.version_id,
            "sha256": self.sha256,
            "size": self.size,
            "kind": self.kind,
            "records": self.records,
            "source": self.source,
        }
        return stated | ({"calls": self.calls} if self.calls else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A manifest as the next one refers to it.

    Attributes:
        sequence: Its number; the first is 1.
        hour: Its hour.
        key: Its key.
        version_id: Its version.
        sha256: Of its bytes.
    """

    sequence: int
    hour: str
    key: str
    version_id: str
    sha256: str

    def plain(self) -> dict[str, Any]:
        """Return it as JSON states it."""
        return {"key": self.key, "version_id": self.version_id, "sha256": self.sha256}


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which log a manifest is of, and how its objects are locked.

    Attributes:
        account: The account whose calls are logged.
        region: Its Region.
        mode: GOVERNANCE or COMPLIANCE.
        days: For how long each version is retained.
        signing_key: ARN of the key that manifests are signed with; None: they are not.
    """

    account: str
    region: str
    mode: str
    days: int
    signing_key: str | None


def manifest_bytes(
    where: Where,
    *,
    hour: str,
    previous: Link | None,
    entries: Sequence[Mapping[str, Any]],
    invocations: Mapping[str, Mapping[str, int]],
    invocations_read_at: str | None,
    sealed_at: str,
) -> bytes:
    """Return a manifest as it is stored.

    Args:
        where: Which log.
        hour: The hour it closes.
        previous: The manifest before; None for the first.
        entries: Plain entries, in the order of their keys.
        invocations: Model -> what CloudWatch counted in the hour.
        invocations_read_at: When; None if CloudWatch did not answer.
        sealed_at: When the manifest was made, ISO 8601.
    """
    counted = {
        model: {key: counts.get(key, 0) for key in _COUNT_KEYS}
        for model, counts in invocations.items()
    }
    manifest = {
        "format": MANIFEST_FORMAT,
        "account": where.account,
        "region": where.region,
        "sequence": previous.sequence + 1 if previous else 1,
        "hour": hour,
        "previous": previous.plain() if previous else None,
        "entries": sorted(entries, key=lambda entry: str(entry["key"])),
        "cloudwatch": {"read_at": invocations_read_at, "models": counted},
        "lock": {"mode": where.mode, "days": where.days},
        "signing_key": where.signing_key,
        "sealed_at": sealed_at,
    }
    return json.dumps(manifest, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of bytes, hexadecimal."""
    return hashlib.sha256(content).hexdigest()
