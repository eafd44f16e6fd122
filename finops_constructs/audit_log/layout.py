"""The documented layout of the log, read without the archiver's own code (docs/audit-log.md)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

MANIFESTS: Final = "manifests/"
SIGNATURE_SUFFIX: Final = ".sig"
MANIFEST_FORMAT: Final = "finops-audit-manifest/1"
HOUR: Final = timedelta(hours=1)
KINDS: Final = ("events", "journal", "records", "statements")
_MANIFEST: Final = re.compile(r"manifests/(\d{4})/(\d{2})/(\d{2})/(\d{2})\.json")
_OBJECT: Final = re.compile(
    r"(?P<kind>events|journal|records|statements)/tenant=(?P<tenant>[a-z0-9_-]+)"
    r"/day=(?P<day>\d{4}-\d{2}-\d{2})/(?P<at>\d{8}T\d{6})Z-[0-9a-f]+\.jsonl?(?:\.gz)?"
)


def hour_of_manifest(key: str) -> str | None:
    """Return the hour whose manifest has this key; None if it is no manifest's key."""
    found = _MANIFEST.fullmatch(key)
    return f"{found[1]}-{found[2]}-{found[3]}T{found[4]}" if found else None


def manifest_key(hour: str) -> str:
    """Return the key of an hour's manifest."""
    return f"{MANIFESTS}{hour[:10].replace('-', '/')}/{hour[11:]}.json"


def begin_of(hour: str) -> datetime:
    """Return when an hour begins; ValueError if it is none."""
    return datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)


def hour_after(hour: str, hours: int = 1) -> str:
    """Return the hour that is some hours later."""
    return (begin_of(hour) + hours * HOUR).strftime("%Y-%m-%dT%H")


def archived_hour(key: str) -> str | None:
    """Return the hour in which an object was archived, as its key tells; None if it tells none."""
    found = _OBJECT.fullmatch(key)
    if not found:
        return None
    at = found["at"]
    return f"{at[:4]}-{at[4:6]}-{at[6:8]}T{at[9:11]}"


def partition_of(key: str) -> tuple[str, str, str] | None:
    """Return kind, tenant and day of an object; None if its key is of no known form."""
    found = _OBJECT.fullmatch(key)
    return (found["kind"], found["tenant"], found["day"]) if found else None
