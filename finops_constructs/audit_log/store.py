"""Where a log is read from: a protocol, and the local folder a bucket was copied into."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from finops_constructs.audit_log.errors import AuditLogError

CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A key of the log.

    Attributes:
        key: The key.
        versions: Its versions, newest first; empty where versions are not known.
        hidden: Whether a delete marker hides it.
    """

    key: str
    versions: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """How a version is locked.

    Attributes:
        mode: GOVERNANCE or COMPLIANCE; None: not at all, as far as the reader may see.
        until: Until when; None with no lock.
        written: When the version was written.
        held: Whether it is under legal hold.
    """

    mode: str | None
    until: datetime | None
    written: datetime
    held: bool


class Read(Protocol):
    """An object that is being read."""

    @property
    def lock(self) -> Lock | None:
        """How it is locked; None where locks are not known."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """Yield its bytes."""
        ...


class LogStore(Protocol):
    """A log, wherever it is."""

    @property
    def name(self) -> str:
        """What it is called in a report."""
        ...

    def listed(self, prefix: str = "") -> Iterator[Listed]:
        """Yield the keys with a prefix, in order."""
        ...

    def read(self, key: str, version_id: str | None = None) -> Read | None:
        """Return an object to be read; None if it is not there."""
        ...


def whole(store: LogStore, key: str, version_id: str | None = None) -> bytes | None:
    """Return all of an object; None if it is not there."""
    read = store.read(key, version_id)
    return None if read is None else b"".join(read.chunks())


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    lock: Lock | None = None

    def chunks(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk


class FolderStore:
    """A folder that a bucket was copied into, for instance by `aws s3 sync`.

    A copy tells nothing of versions, locks and delete markers.

    Args:
        folder: The folder.

    Raises:
        AuditLogError: If there is no such folder.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise AuditLogError(f"{folder} is not a folder")
        self._folder = folder
        self.name = str(folder)

    def listed(self, prefix: str = "") -> Iterator[Listed]:
        """Yield the keys with a prefix, in order."""
        start = self._folder / prefix.rpartition("/")[0]
        if not start.is_dir():
            return
        keys = (
            (base / name).relative_to(self._folder).as_posix()
            for base, _, names in _walk(start)
            for name in names
        )
        for key in sorted(key for key in keys if key.startswith(prefix)):
            yield Listed(key=key)

    def read(self, key: str, version_id: str | None = None) -> Read | None:  # noqa: ARG002 - a copy has no versions
        """Return a file to be read; None if it is not there, or lies outside of the folder."""
        path = self._folder / key
        inside = self._folder.resolve() in path.resolve().parents
        return _File(path) if inside and path.is_file() else None


def _walk(start: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    pending = [start]
    while pending:
        folder = pending.pop()
        folders: list[str] = []
        files: list[str] = []
        for each in folder.iterdir():
            (folders if each.is_dir() else files).append(each.name)
        pending += [folder / name for name in folders]
        yield folder, folders, files
