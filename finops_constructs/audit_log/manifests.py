"""Manifests as they were found."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from finops_constructs.audit_log.layout import MANIFEST_FORMAT, begin_of


class NoManifestError(Exception):
    """The bytes are no manifest; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A manifest.

    Attributes:
        key: Where it lies.
        sha256: Of its bytes.
        hour: The hour it says it closes.
        sequence: The number it says it has.
        previous_key: The manifest it continues; None: it is the first.
        previous_sha256: That one's hash; None: it is the first.
        entries: Its entries, as they are.
        cloudwatch: What CloudWatch counted, by model; None if it was not read.
        lock_mode: How objects were declared to be locked.
        lock_days: For how long.
        signing_key: ARN of the key it is signed with; None: it is not.
        account: The account whose calls it is about.
        region: Its Region.
    """

    key: str
    sha256: str
    hour: str
    sequence: int
    previous_key: str | None
    previous_sha256: str | None
    entries: Sequence[Mapping[str, Any]]
    cloudwatch: Mapping[str, Mapping[str, int]] | None
    lock_mode: str
    lock_days: int
    signing_key: str | None
    account: str
    region: str


def parse_manifest(key: str, content: bytes) -> Manifest:
    """Return a manifest.

    Args:
        key: Where it lies.
        content: Its bytes.

    Raises:
        NoManifestError: If it is none of this format.
    """
    try:
        told = json.loads(content)
        if told["format"] != MANIFEST_FORMAT:
            raise NoManifestError(f"its format is {told['format']!r}")
        previous = told["previous"] or {}
        begin_of(told["hour"])
        for entry in told["entries"]:
            _ = entry["key"], entry["version_id"], int(entry["size"]), int(entry["records"])
            bytes.fromhex(entry["sha256"])
        return Manifest(
            key=key,
            sha256=hashlib.sha256(content).hexdigest(),
            hour=told["hour"],
            sequence=int(told["sequence"]),
            previous_key=previous.get("key"),
            previous_sha256=previous.get("sha256"),
            entries=told["entries"],
            cloudwatch=told["cloudwatch"]["models"] if told["cloudwatch"]["read_at"] else None,
            lock_mode=told["lock"]["mode"],
            lock_days=int(told["lock"]["days"]),
            signing_key=told.get("signing_key"),
            account=told["account"],
            region=told["region"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NoManifestError(f"it cannot be read: {error!r}") from None
