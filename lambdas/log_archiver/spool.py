"""A delivery's records on disk, by tenant and day, until they go into the locked bucket."""

import gzip
import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from log_archiver.records import LockedRecord

_LEVEL: Final = 6
_LINES_AT_ONCE: Final = 200


@dataclass(slots=True)
class Part:
    """The records of one tenant and day.

    Attributes:
        tenant: The tenant.
        day: UTC day of the calls.
        path: The gzip file.
        records: How many are in it.
        calls: Model -> hour -> [successful, failed] calls.
    """

    tenant: str
    day: str
    path: Path
    records: int = 0
    calls: defaultdict[str, dict[str, list[int]]] = field(default_factory=lambda: defaultdict(dict))

    def digest(self) -> tuple[str, int]:
        """Return SHA-256 (hexadecimal) and size of the file."""
        with self.path.open("rb") as file:
            whole = hashlib.file_digest(file, "sha256")
        return whole.hexdigest(), self.path.stat().st_size


class _Writer:
    """A part and its open file; lines are compressed many at a time, which is much faster."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self._lines: list[str] = []
        self._raw = part.path.open("wb")
        # No time and no name in the header: they would differ from attempt to attempt.
        self._file = gzip.GzipFile(
            filename="", mode="wb", fileobj=self._raw, mtime=0, compresslevel=_LEVEL
        )

    def add(self, record: LockedRecord) -> None:
        part = self.part
        part.records += 1
        counts = part.calls[record.model].setdefault(record.hour, [0, 0])
        counts[record.failed] += 1
        self._lines.append(record.line)
        if len(self._lines) >= _LINES_AT_ONCE:
            self._flush()

    def close(self) -> None:
        if not self._raw.closed:
            self._flush()
            self._file.close()
            self._raw.close()

    def _flush(self) -> None:
        self._file.write("".join(f"{line}\n" for line in self._lines).encode())
        self._lines.clear()


class Spool:
    """Collects records; the same records in the same order give the same bytes.

    Args:
        folder: Where its files lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[tuple[str, str], _Writer] = {}

    def add(self, record: LockedRecord) -> None:
        """Append a record to its tenant's day."""
        key = record.tenant, record.hour[:10]
        writer = self._writers.get(key)
        if writer is None:
            path = self._folder / f"{len(self._writers):04}.jsonl.gz"
            writer = self._writers[key] = _Writer(Part(*key, path))
        writer.add(record)

    def close(self) -> list[Part]:
        """Finish the files and return them by tenant and day."""
        for writer in self._writers.values():
            writer.close()
        return [self._writers[key].part for key in sorted(self._writers)]


@contextmanager
def spool() -> Iterator[Spool]:
    """Give a spool on disk, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="archive-") as folder:
        collecting = Spool(Path(folder))
        try:
            yield collecting
        finally:
            collecting.close()
