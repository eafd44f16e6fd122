"""The two daily aggregates of a month, kept beside the export while its files are the same.

The views are defined on them, so that ten million lines are read once and not once a view. What is
kept is named by the identity of the files (name, size, time of change), of the SQL that made it and
of DuckDB: a restated month, a new library or another tag key never meets an old aggregate.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finops_constructs.cost_data.condensing import (
    CONDENSED_TABLE,
    condense,
    over_condensed,
    register,
)
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

    def files(self, months: Sequence[CurMonth]) -> dict[str, dict[str, Path]]:
        """Return the aggregates that are kept: billing period -> name of the view -> Parquet."""
        every = {month.period: self._month_files(month) for month in months}
        return {
            period: files
            for period, files in every.items()
            if all(file.is_file() for file in files.values())
        }

    def make(
        self,
        connection: duckdb.DuckDBPyConnection,
        months: Sequence[CurMonth],
        *,
        threads: int,
        progress: Callable[[str], None] = lambda _text: None,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> dict[str, dict[str, Path]]:
        """Make and keep months' aggregates, and return them as `files` does.

        Args:
            connection: Makes them; its view `cur` may be replaced.
            months: The months.
            threads: How many to use.
            progress: Told before something slow begins.
            meanwhile: Called while lines are added up on other threads; may use the connection.

        Raises:
            CostDataError: If a month's files cannot be used.
        """
        for month in months:
            progress(f"reading {month.period}: {len(month.files)} files")
            check_files(connection, month)
        with ThreadPoolExecutor(1) as pool:
            adding_up = pool.submit(condense, months, self._sql, threads=threads)
            meanwhile()
            condensed, lines = adding_up.result()
        made = {month.period: self._month_files(month) for month in months}
        try:
            self._make(connection, months, made, condensed, lines)
        except load_duckdb().Error as fault:
            raise unreadable(connection, months, fault) from None
        return made

    def _make(
        self,
        connection: duckdb.DuckDBPyConnection,
        months: Sequence[CurMonth],
        made: Mapping[str, Mapping[str, Path]],
        condensed: Sequence[str],
        lines: Any,
    ) -> None:
        tables = []
        plain = [month for month in months if month.period not in condensed]
        if condensed:
            register(connection, lines)
            tables.append(CONDENSED_TABLE)
        if plain:
            relation = cur_relation(connection, plain)
            connection.execute(f"CREATE OR REPLACE VIEW {CUR_TABLE} AS {relation}")
            tables.append(CUR_TABLE)
        _check_content(connection, months, tables)
        for name, sql in self._sql.items():
            parts = [over_condensed(sql) if table == CONDENSED_TABLE else sql for table in tables]
            union = " UNION ALL ".join(f"SELECT * FROM ({part})" for part in parts)
            connection.execute(f"CREATE OR REPLACE TABLE made AS {union}")
            for month in months:
                _keep(connection, month.period, made[month.period][name])
        connection.execute("DROP TABLE made")
        connection.execute(f"DROP TABLE IF EXISTS {CONDENSED_TABLE}")
        for month in months:
            for old in self.folder.glob(f"{month.period}-*.parquet"):
                if old not in made[month.period].values():
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


def _check_content(
    connection: duckdb.DuckDBPyConnection, months: Sequence[CurMonth], tables: Sequence[str]
) -> None:
    union = " UNION ALL ".join(
        f"SELECT billing_period, line_item_currency_code FROM {table}" for table in tables
    )
    found = connection.execute(f"SELECT DISTINCT * FROM ({union})").fetchall()
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
