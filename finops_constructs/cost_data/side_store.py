"""Where side tables are kept: `inputs/<table>/*.parquet` below a folder or an S3 prefix."""

from __future__ import annotations

import hashlib
import json
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from finops_constructs.cost_data.cur_folder import INPUTS_FOLDER, quoted
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.optional_duckdb import connect
from finops_constructs.cost_data.side_inputs import load_side_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from finops_constructs.cost_data.side_tables import SideTable

_S3: Final = "s3://"


class SideStore(Protocol):
    """Keeps the files of side tables."""

    def names(self, table: str) -> list[str]:
        """Return the names of a table's files."""

    def fetch(self, table: str, name: str, target: Path) -> None:
        """Copy a file to `target`."""

    def put(self, table: str, name: str, source: Path) -> str:
        """Keep a file; return where it is."""


@dataclass(frozen=True, slots=True)
class FolderStore:
    """A folder, such as the source of `finops report`."""

    folder: Path

    def names(self, table: str) -> list[str]:
        """Return the names of a table's files; see `SideStore.names`."""
        return sorted(each.name for each in (self.folder / INPUTS_FOLDER / table).glob("*.*"))

    def fetch(self, table: str, name: str, target: Path) -> None:
        """Copy a file; see `SideStore.fetch`."""
        target.write_bytes((self.folder / INPUTS_FOLDER / table / name).read_bytes())

    def put(self, table: str, name: str, source: Path) -> str:
        """Keep a file; see `SideStore.put`."""
        target = self.folder / INPUTS_FOLDER / table / name
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{name}.part")
        part.write_bytes(source.read_bytes())
        part.replace(target)
        return str(target)


@dataclass(frozen=True, slots=True)
class S3Store:
    """A bucket and prefix, where the cost lake's side tables are."""

    client: Any
    bucket: str
    prefix: str

    def names(self, table: str) -> list[str]:
        """Return the names of a table's files; see `SideStore.names`."""
        folder = self._key(table, "")
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=folder
        )
        keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        return sorted(key.removeprefix(folder) for key in keys if "." in key)

    def fetch(self, table: str, name: str, target: Path) -> None:
        """Copy a file; see `SideStore.fetch`."""
        self.client.download_file(self.bucket, self._key(table, name), str(target))

    def put(self, table: str, name: str, source: Path) -> str:
        """Keep a file; see `SideStore.put`."""
        key = self._key(table, name)
        self.client.put_object(Bucket=self.bucket, Key=key, Body=source.read_bytes())
        return f"{_S3}{self.bucket}/{key}"

    def _key(self, table: str, name: str) -> str:
        return f"{self.prefix}{INPUTS_FOLDER}/{table}/{name}"


def open_side_store(place: str) -> SideStore:
    """Return the store for a folder or `s3://bucket/prefix`.

    Raises:
        CostDataError: If it is neither.
    """
    if not place.startswith(_S3):
        folder = Path(place)
        if "://" in place or not folder.is_dir():
            raise CostDataError(f"{place}: give an existing folder, or s3://BUCKET/PREFIX")
        return FolderStore(folder)
    bucket, _, prefix = place.removeprefix(_S3).partition("/")
    if not bucket:
        raise CostDataError(f"{place}: write s3://BUCKET or s3://BUCKET/PREFIX")
    import boto3  # noqa: PLC0415 - slow, and for S3 only

    prefix = prefix.strip("/")
    return S3Store(boto3.client("s3"), bucket, f"{prefix}/" if prefix else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of an import.

    Attributes:
        where: The file.
        new: False if the very same rows were imported before.
    """

    where: str
    new: bool


def keep_rows(store: SideStore, table: SideTable, rows: Sequence[dict[str, Any]]) -> Kept:
    """Append rows as one Parquet file, named after their content: twice is as good as once.

    Raises:
        CostDataError: If a row contradicts one that is there, or the store refuses.
    """
    text = json.dumps(rows, default=str, sort_keys=True)
    name = f"import-{hashlib.sha256(text.encode()).hexdigest()[:16]}.parquet"
    columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    with _faults_said(), tempfile.TemporaryDirectory(prefix="finops-import-") as folder:
        there = store.names(table.name)
        if name in there:
            return Kept(where=name, new=False)
        connection = connect()
        connection.execute(f"CREATE TABLE rows ({columns})")
        names = [column.name for column in table.columns]
        connection.executemany(
            f"INSERT INTO rows VALUES ({', '.join('?' * len(names))})",
            [[row[each] for each in names] for row in rows],
        )
        if table.name == "dimensions":
            _refuse_contradictions(connection, _copied(store, table, there, Path(folder)), table)
        target = Path(folder) / name
        connection.execute(f"COPY rows TO {quoted(str(target))} (FORMAT parquet)")
        connection.close()
        return Kept(where=store.put(table.name, name, target), new=True)


def _copied(store: SideStore, table: SideTable, names: Sequence[str], folder: Path) -> Path:
    place = folder / INPUTS_FOLDER / table.name
    place.mkdir(parents=True)
    for name in names:
        store.fetch(table.name, name, place / name)
    return folder


def _refuse_contradictions(
    connection: duckdb.DuckDBPyConnection, folder: Path, table: SideTable
) -> None:
    """Two rows of a tenant for one day must agree: else history would depend on their order."""
    load_side_table(connection, folder, table)
    found = connection.execute(
        "SELECT tenant, valid_from, count(*) FROM ("
        " SELECT * FROM dimensions UNION SELECT * FROM rows"
        ") GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY 1, 2"
    ).fetchall()
    if found:
        shown = "; ".join(f"{tenant} from {day}" for tenant, day, _ in found[:5])
        raise CostDataError(
            f"{len(found)} places in the books contradict each other or what was imported before:"
            f" {shown}. A move has a later valid_from; if an earlier import was wrong, delete its"
            f" file in {INPUTS_FOLDER}/{table.name}"
        )


@contextmanager
def _faults_said() -> Iterator[None]:
    """Say what AWS or the file system refuses as what a user can mend."""
    try:
        yield
    except OSError as fault:
        raise CostDataError(f"cannot keep the rows: {fault}") from None
    except Exception as fault:  # boto3 is loaded for S3 only, so its errors have no name here
        response = getattr(fault, "response", None)
        if response is None:
            raise
        raise CostDataError(f"S3 refused: {response['Error']['Message']}") from None
