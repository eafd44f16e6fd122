"""Where things lie in the locked bucket, and how instants are written there.

The layout is a contract (docs/audit-log.md): auditors read it without this library.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Final

MANIFEST_FORMAT: Final = "finops-audit-manifest/1"
RECORDS: Final = "records"
JOURNAL: Final = "journal"
STATEMENTS: Final = "statements"
EVENTS: Final = "events"
MANIFESTS: Final = "manifests/"
SIGNATURE_SUFFIX: Final = ".sig"
UNATTRIBUTED: Final = "_unattributed"
"""Partition of calls through no registered profile."""
PLATFORM: Final = "_platform"
"""Partition of what concerns no single tenant."""
HOUR: Final = timedelta(hours=1)
_HOUR_FORMAT: Final = "%Y-%m-%dT%H"
_INSTANT_FORMAT: Final = "%Y%m%dT%H%M%SZ"
_SLUG: Final = re.compile(r"[a-z0-9_][a-z0-9_-]{0,39}")


def hour_of(moment: datetime) -> str:
    """Return the UTC hour of a moment, as `2026-11-26T01`."""
    return moment.astimezone(UTC).strftime(_HOUR_FORMAT)


def parse_hour(hour: str) -> datetime:
    """Return when an hour begins; ValueError if it is none."""
    return datetime.strptime(hour, _HOUR_FORMAT).replace(tzinfo=UTC)


def next_hour(hour: str) -> str:
    """Return the hour after."""
    return hour_of(parse_hour(hour) + HOUR)


def instant(moment: datetime) -> str:
    """Return a moment as keys state it, as `20261126T013000Z`."""
    return moment.astimezone(UTC).strftime(_INSTANT_FORMAT)


def source_id(*parts: str) -> str:
    """Return what identifies a source of entries, however often it is delivered."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def object_key(
    kind: str, *, tenant: str, day: str, archived_at: str, source: str, suffix: str
) -> str:
    """Return the key of an archived object.

    Args:
        kind: `records`, `journal`, `statements` or `events`.
        tenant: The tenant, or one of the partitions of this module.
        day: UTC day of what is in it, `YYYY-MM-DD`.
        archived_at: When it was archived, as `instant` gives it; before its manifest's hour ends.
        source: The id of its source.
        suffix: Such as `.jsonl.gz`.
    """
    partition = tenant if _SLUG.fullmatch(tenant) else UNATTRIBUTED
    return f"{kind}/tenant={partition}/day={day}/{archived_at}-{source[:20]}{suffix}"


def manifest_key(hour: str) -> str:
    """Return the key of an hour's manifest, as `manifests/2026/11/26/01.json`."""
    day, _, hours = hour.partition("T")
    return f"{MANIFESTS}{day.replace('-', '/')}/{hours}.json"


def hour_of_manifest(key: str) -> str | None:
    """Return the hour whose manifest has this key; None if it is no manifest's key."""
    found = re.fullmatch(r"manifests/(\d{4})/(\d{2})/(\d{2})/(\d{2})\.json", key)
    return f"{found[1]}-{found[2]}-{found[3]}T{found[4]}" if found else None
