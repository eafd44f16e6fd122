"""The two daily aggregates of a month, kept beside the export while its files are the same.

The views are defined on them, so that ten million lines are read once and not once a view. What is
kept is named by the identity of the files (name, size, time of change), of the SQL that made it and
of DuckDB: a restated month, a new library or another tag key never meets an old aggregate.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from finops_constructs.cost_data.condensing import CONDENSED_VIEW, condense, over_condensed
from finops_constructs.cost_data.cur_folder import (
    CACHE_FOLDER,
    CurMonth,
    check_files,
    cur_relation,
    quoted,
    unreadable,
)
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.optional_duckdb import load_duckdb
from finops_constructs.cost_data.views import CUR_TABLE, DAILY_VIEWS, get_view, view_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb


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

    def files(
        self,
        connection: duckdb.DuckDBPyConnection,
        months: Sequence[CurMonth],
        progress: Callable[[str], None] = lambda _text: None,
    ) -> dict[str, list[Path]]:
        """Return months' aggregates, made if need be.

        Args:
            connection: Makes them; its view `cur` is replaced.
            months: The months.
            progress: Told before something slow begins.

        Returns:
            Name of the daily view -> Parquet files, one a month.

        Raises:
            CostDataError: If a month's files cannot be used.
        """
        kept = {month.period: self._month_files(month) for month in months}
        missing = [
            month
            for month in months
            if not all(file.is_file() for file in kept[month.period].values())
        ]
        for month in missing:
            progress(f"reading {month.period}: {len(month.files)} files")
            check_files(connection, month)
        try:
            if missing:
                self._make(connection, missing, kept)
        except load_duckdb().Error as fault:
            raise unreadable(connection, missing, fault) from None
        return {name: [files[name] for files in kept.values()] for name in self._sql}

    def _make(
        self,
        connection: duckdb.DuckDBPyConnection,
        months: Sequence[CurMonth],
        kept: Mapping[str, Mapping[str, Path]],
    ) -> None:
        relation = cur_relation(connection, months)
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {CUR_TABLE} AS {relation}")
        _check_content(connection, months)
        condensed = condense(connection, months, self._sql[CONDENSED_VIEW])
        plain = [month for month in months if month.period not in condensed]
        for name, sql in self._sql.items():
            parts = [f"SELECT * FROM ({sql})"]
            if name == CONDENSED_VIEW and condensed:
                parts = [f"SELECT * FROM ({over_condensed(sql)})"]
                if plain:
                    rest = cur_relation(connection, plain)
                    connection.execute(f"CREATE OR REPLACE TEMP VIEW {CUR_TABLE} AS {rest}")
                    parts.append(f"SELECT * FROM ({sql})")
            connection.execute(f"CREATE OR REPLACE TEMP TABLE made AS {' UNION ALL '.join(parts)}")
            for month in months:
                _keep(connection, month.period, kept[month.period][name])
        connection.execute("DROP TABLE made")
        for month in months:
            for old in self.folder.glob(f"{month.period}-*.parquet"):
                if old not in kept[month.period].values():
                    old.unlink(missing_ok=True)

    def _month_files(self, month: CurMonth) -> dict[str, Path]:
        identity = self._identity(month)
        return {
            name: self.folder / f"{month.period}-{identity}.{name}.parquet" for name in self._sql
        }

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


def _keep(connection: duckdb.DuckDBPyConnection, period: str, file: Path) -> None:
    part = file.with_suffix(f".{os.getpid()}.part")
    connection.execute(
        f"COPY (SELECT * FROM made WHERE billing_period = {quoted(period)})"
        f" TO {quoted(str(part))} (FORMAT parquet, COMPRESSION zstd)"
    )
    part.replace(file)


def _check_content(connection: duckdb.DuckDBPyConnection, months: Sequence[CurMonth]) -> None:
    found = connection.execute(
        f"SELECT DISTINCT billing_period, line_item_currency_code FROM {CUR_TABLE}"
    ).fetchall()
    for period in (month.period for month in months):
        codes = [code for each, code in found if each == period]
        if not codes:
            raise CostDataError(
                f"{period} has 0 lines: AWS fills a new export within 24 hours, Bedrock's lines"
                " may take a day more; copy the folder again then"
            )
        others = sorted(str(code) for code in codes if code != "USD")
        if others:
            raise CostDataError(
                f"{period} has lines in {', '.join(others)}: only USD bills can be added up;"
                " export the seller of record's bills apart"
            )
