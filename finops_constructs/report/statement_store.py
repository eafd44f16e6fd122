"""Where statements are kept: a folder or an S3 prefix in which nothing issued is written over."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from finops_constructs.cost_data.errors import CostDataError

_READ_ONLY: Final = 0o444
_TAKEN: Final = ("ConditionalRequestConflict", "PreconditionFailed")


class StatementStore(Protocol):
    """Keeps texts by name."""

    @property
    def place(self) -> str:
        """Where it is, for people."""

    def names(self) -> list[str]:
        """Return the names of what is there."""

    def read(self, name: str) -> str:
        """Return a text."""

    def create(self, name: str, text: str) -> str:
        """Keep a text that is not there yet; return where.

        Raises:
            CostDataError: If it is there.
        """

    def replace(self, name: str, text: str) -> str:
        """Keep a text, whatever was there; return where."""


def _taken(place: str) -> CostDataError:
    return CostDataError(f"{place}: was issued a moment ago by somebody else: look, and run again")


@dataclass(frozen=True, slots=True)
class FolderStatements:
    """A folder; issued files are read-only."""

    folder: Path

    @property
    def place(self) -> str:
        """See `StatementStore.place`."""
        return str(self.folder)

    def names(self) -> list[str]:
        """See `StatementStore.names`."""
        return sorted(each.name for each in self.folder.glob("*")) if self.folder.is_dir() else []

    def read(self, name: str) -> str:
        """See `StatementStore.read`."""
        return (self.folder / name).read_text(encoding="utf-8")

    def create(self, name: str, text: str) -> str:
        """See `StatementStore.create`."""
        file = self.folder / name
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8", newline="") as content:
                content.write(text)
            file.chmod(_READ_ONLY)
        except FileExistsError:
            raise _taken(str(file)) from None
        except OSError as fault:
            raise CostDataError(f"{file}: cannot be written: {fault}") from None
        return str(file)

    def replace(self, name: str, text: str) -> str:
        """See `StatementStore.replace`."""
        with suppress(FileNotFoundError):
            (self.folder / name).unlink()
        return self.create(name, text)


@dataclass(frozen=True, slots=True)
class S3Statements:
    """A bucket and prefix; S3 itself refuses to write over what is there."""

    client: Any
    bucket: str
    prefix: str

    @property
    def place(self) -> str:
        """See `StatementStore.place`."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def names(self) -> list[str]:
        """See `StatementStore.names`."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self.prefix
        )
        keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        return sorted(key.removeprefix(self.prefix) for key in keys)

    def read(self, name: str) -> str:
        """See `StatementStore.read`."""
        got = self.client.get_object(Bucket=self.bucket, Key=self.prefix + name)
        return str(got["Body"].read().decode("utf-8"))

    def create(self, name: str, text: str) -> str:
        """See `StatementStore.create`."""
        key = self.prefix + name
        try:
            self._put(name, text, IfNoneMatch="*")
        except self.client.exceptions.ClientError as fault:
            if fault.response["Error"]["Code"] in _TAKEN:
                raise _taken(f"s3://{self.bucket}/{key}") from None
            raise CostDataError(f"S3 refused: {fault.response['Error']['Message']}") from None
        return f"s3://{self.bucket}/{key}"

    def replace(self, name: str, text: str) -> str:
        """See `StatementStore.replace`."""
        self._put(name, text)
        return f"s3://{self.bucket}/{self.prefix}{name}"

    def _put(self, name: str, text: str, **condition: str) -> None:
        kind = {"html": "text/html", "csv": "text/csv"}.get(name.rpartition(".")[2], "text/plain")
        self.client.put_object(
            Bucket=self.bucket,
            Key=self.prefix + name,
            Body=text.encode(),
            ContentType=f"{kind}; charset=utf-8",
            **condition,
        )


def open_statements(place: str) -> StatementStore:
    """Return the store for a folder or `s3://bucket/prefix`."""
    if not place.startswith("s3://"):
        return FolderStatements(Path(place))
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    import boto3  # noqa: PLC0415 - slow, and for S3 only

    prefix = prefix.strip("/")
    return S3Statements(boto3.client("s3"), bucket, f"{prefix}/" if prefix else "")
