"""The two daily aggregates of a month, kept beside the export while its files are the same.

The views are defined on them, so that ten million lines are read once and not once a view. What is
kept is named by the identity of the files (name, size, time of change), of the SQL that made it and
of DuckDB: a restated month, a new library or another tag key never meets an old aggregate.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finops_constructs.cost_data.condensing import CONDENSED_VIEW, condense, over_condensed
from finops_constructs.cost_data.cur_folder import (
    CACHE_FOLDER,
    CurMonth,
    check_files,
    cur_relation,
    quoted,
)
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.views import CUR_TABLE, DAILY_VIEWS, get_view, view_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import duckdb


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyFiles:
    """A month's aggregates.

    Attributes:
        files: Name of the daily view -> Parquet file.
        built: Whether they were made just now, from the export.
    """

    files: Mapping[str, Path]
    built: bool


class DailyCache:
    """Makes and keeps the aggregates."""

    def __init__(self, folder: Path, *, extra_tag_key: str, duckdb_version: str) -> None:
        """Choose where they are kept.

        Args:
            folder: The source; they go to `.finops-cache` in it, or to a temporary folder for this
                process if it is read-only.
            extra_tag_key: The organisation's fourth cost tag.
            duckdb_version: Part of their identity.
        """
        self._sql = {
            name: view_sql(get_view(name), extra_tag_key=extra_tag_key) for name in DAILY_VIEWS
        }
        self._version = duckdb_version
        self._source = folder
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self.folder = self._writable(folder / CACHE_FOLDER)

    @property
    def kept(self) -> bool:
        """Whether the aggregates outlive this process."""
        return self._temporary is None

    def month(
        self,
        connection: duckdb.DuckDBPyConnection,
        month: CurMonth,
        progress: Callable[[str], None] = lambda _text: None,
    ) -> DailyFiles:
        """Return a month's aggregates, made if need be.

        Args:
            connection: Makes them; its view `cur` is replaced.
            month: The month.
            progress: Told before something slow begins.

        Raises:
            CostDataError: If the month's files cannot be used.
        """
        identity = self._identity(month)
        files = {
            name: self.folder / f"{month.period}-{identity}.{name}.parquet" for name in self._sql
        }
        if all(file.is_file() for file in files.values()):
            return DailyFiles(files=files, built=False)
        progress(f"reading {month.period}: {len(month.files)} files")
        check_files(connection, month)
        relation = cur_relation(connection, [month])
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {CUR_TABLE} AS {relation}")
        _check_content(connection, month)
        for name, file in files.items():
            part = file.with_suffix(f".{os.getpid()}.part")
            options = "(FORMAT parquet, COMPRESSION zstd)"
            sql = self._sql[name]
            if name == CONDENSED_VIEW and condense(connection, month, sql):
                sql = over_condensed(sql)
            connection.execute(f"COPY ({sql}) TO {quoted(str(part))} {options}")
            part.replace(file)
        for old in self.folder.glob(f"{month.period}-*.parquet"):
            if old not in files.values():
                old.unlink(missing_ok=True)
        return DailyFiles(files=files, built=True)

    def close(self) -> None:
        """Remove what was kept for this process only."""
        if self._temporary is not None:
            self._temporary.cleanup()

    def _identity(self, month: CurMonth) -> str:
        digest = hashlib.sha256(f"{self._version}\n".encode())
        for sql in self._sql.values():
            digest.update(sql.encode())
        for file in month.files:
            stat = file.stat()
            name = file.relative_to(self._source)
            digest.update(f"\n{name} {stat.st_size} {stat.st_mtime_ns}".encode())
        return digest.hexdigest()[:16]

    def _writable(self, folder: Path) -> Path:
        try:
            folder.mkdir(exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            self._temporary = tempfile.TemporaryDirectory(prefix="finops-cache-")
            return Path(self._temporary.name)


def _check_content(connection: duckdb.DuckDBPyConnection, month: CurMonth) -> None:
    found = connection.execute(
        f"SELECT line_item_currency_code, count(*) FROM {CUR_TABLE} GROUP BY 1"
    ).fetchall()
    if not found:
        raise CostDataError(
            f"{month.period} has 0 lines: AWS fills a new export within 24 hours, Bedrock's lines"
            " may take a day more; copy the folder again then"
        )
    others = sorted(str(code) for code, _ in found if code != "USD")
    if others:
        raise CostDataError(
            f"{month.period} has lines in {', '.join(others)}: only USD bills can be added up;"
            " export the seller of record's bills apart"
        )
