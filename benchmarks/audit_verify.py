"""`finops audit-log verify`: objects a second, from a local folder."""

import gzip
import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from finops_constructs.audit_log.store import FolderStore
from finops_constructs.audit_log.verify import Options, verify
from log_archiver.manifest import Entry, Link, Where, manifest_bytes, sha256_hex
from log_archiver.names import manifest_key, object_key, source_id
from tests.lambdas.log_archiver.log_world import ACCOUNT, PROFILE_ID, REGION, record

_HOURS = 24
_OBJECTS_AN_HOUR = 100
_RECORDS = 50
_START = datetime(2026, 11, 25, tzinfo=UTC)
_WHERE = Where(account=ACCOUNT, region=REGION, mode="GOVERNANCE", days=400, signing_key=None)


def measure() -> dict[str, float]:
    """Return objects a second; a day of 2,400 objects with 50 records each."""
    with tempfile.TemporaryDirectory() as folder:
        _write_log(Path(folder))
        started = time.perf_counter()
        report = verify(FolderStore(Path(folder)), Options(now=_START + timedelta(days=2)))
        seconds = time.perf_counter() - started
    if report.findings or report.objects != _HOURS * _OBJECTS_AN_HOUR:
        raise RuntimeError(f"the log of the benchmark is not clean: {report.findings[:3]}")
    return {"audit_verify_objects_per_second": report.objects / seconds}


def _write_log(folder: Path) -> None:
    previous: Link | None = None
    for number in range(_HOURS):
        at = _START + timedelta(hours=number)
        hour, key = f"{at:%Y-%m-%dT%H}", manifest_key(f"{at:%Y-%m-%dT%H}")
        content = manifest_bytes(
            _WHERE,
            hour=hour,
            previous=previous,
            entries=list(_objects(folder, at, hour)),
            invocations={PROFILE_ID: {"invocations": _OBJECTS_AN_HOUR * _RECORDS}},
            invocations_read_at=at.isoformat(),
            sealed_at=at.isoformat(),
        )
        _write(folder / key, content)
        previous = Link(
            sequence=number + 1, hour=hour, key=key, version_id="1", sha256=sha256_hex(content)
        )


def _objects(folder: Path, at: datetime, hour: str) -> Iterator[Mapping[str, Any]]:
    for number in range(_OBJECTS_AN_HOUR):
        lines = (
            json.dumps(record(n, at=at, requestId=f"{hour}-{number}-{n}"), separators=(",", ":"))
            for n in range(_RECORDS)
        )
        content = gzip.compress("".join(f"{line}\n" for line in lines).encode(), 6, mtime=0)
        key = object_key(
            "records",
            tenant="writer",
            day=f"{at:%Y-%m-%d}",
            archived_at=f"{at:%Y%m%dT%H%M%SZ}",
            source=source_id(hour, str(number)),
            suffix=".jsonl.gz",
        )
        _write(folder / key, content)
        yield Entry(
            key=key,
            version_id="1",
            sha256=sha256_hex(content),
            size=len(content),
            kind="records",
            records=_RECORDS,
            source=str(number),
            calls={PROFILE_ID: {hour: [_RECORDS, 0]}},
        ).plain()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
