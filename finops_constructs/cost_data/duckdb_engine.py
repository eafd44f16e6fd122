"""Answers from a folder of CUR 2.0 files, by the views that Athena runs, on DuckDB."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.cost_data.cur_folder import (
    check_files,
    cur_relation,
    find_months,
    quoted,
    wanted_months,
)
from finops_constructs.cost_data.daily_cache import DailyCache
from finops_constructs.cost_data.engine import NO_FILTERS, NO_SIDE_ROWS, Result, ResultColumn
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.optional_duckdb import connect, load_duckdb
from finops_constructs.cost_data.select_statement import tables_named
from finops_constructs.cost_data.selection import BASE, filtered_view, totals_query
from finops_constructs.cost_data.side_inputs import load_side_table
from finops_constructs.cost_data.side_tables import SIDE_TABLES
from finops_constructs.cost_data.views import (
    CLOCK_VIEW,
    CUR_TABLE,
    DAILY_VIEWS,
    all_views,
    get_view,
    read_by,
    reads_history,
    view_sql,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from finops_constructs.cost_data.cur_folder import CurMonth

# DuckDB's own element_at gives a list; Athena's gives the value, or NULL.
_PREPARE: Final = "CREATE MACRO element_at(m, k) AS m[k]"
_SCHEMA: Final = "main"
# Global, and nothing temporary: questions at the same time have connections of their own.
_SETTINGS: Final = (
    "SET GLOBAL preserve_insertion_order = false",
    "SET GLOBAL TimeZone = 'UTC'",
)


class DuckDbEngine:
    """Answers questions about a folder; see `Engine`.

    A single-month view reads the files of its month only. The month's daily aggregate is made on
    first use and kept in `.finops-cache`; views with history read the aggregates of earlier months.
    `view` and `totals` may be called by several threads.
    """

    def __init__(
        self,
        folder: Path,
        *,
        as_of: date | None = None,
        extra_tag_key: str = "bedrock:cost-centre",
        threads: int | None = None,
        memory_limit: str | None = None,
        side_rows: Mapping[str, Sequence[Sequence[object]]] = NO_SIDE_ROWS,
        progress: Callable[[str], None] = lambda _text: None,
    ) -> None:
        """Find the export; nothing is read yet.

        Args:
            folder: A folder with `data/BILLING_PERIOD=YYYY-MM/` below it, and perhaps `inputs/`.
            as_of: The day that open and closed months are told by. Default: today in UTC.
            extra_tag_key: The organisation's fourth cost tag.
            threads: How many to use. Default: as many as there are processors.
            memory_limit: Such as `1GiB`. Default: DuckDB's own, 80 % of the machine.
            side_rows: Side table -> rows, for those without files in `inputs/`. Default: prices and
                broad values that are built in.
            progress: Told before something slow begins.

        Raises:
            CostDataError: If DuckDB is not installed or there is no export.
        """
        self._duckdb = load_duckdb()
        self._folder = folder
        self._months = find_months(folder)
        self._connection = connect()
        for statement in (*_SETTINGS, _PREPARE):
            self._connection.execute(statement)
        if threads:
            self._connection.execute(f"SET threads = {int(threads)}")
        if memory_limit:
            self._connection.execute(f"SET memory_limit = {quoted(memory_limit)}")
        setting = self._connection.execute("SELECT current_setting('threads')")
        self.at_once: int = setting.fetchall()[0][0]
        self._as_of = as_of or datetime.now(UTC).date()
        self._extra_tag_key = extra_tag_key
        self._side_rows = side_rows
        self._progress = progress
        self._cache: DailyCache | None = None
        self._created: set[str] = set()
        self._daily_files: dict[str, Mapping[str, Path]] = {}
        self._base_kept = False
        self._lock = Lock()
        self._notes: dict[str, str] = {}

    def months(self) -> list[str]:
        """Return the billing periods of the folder; see `Engine.months`."""
        return [period for period, month in self._months.items() if month.files]

    def view(
        self,
        name: str,
        *,
        months: Sequence[str] = (),
        filters: Mapping[str, Sequence[str]] = NO_FILTERS,
    ) -> Result:
        """Return the rows of a view; see `Engine.view`."""
        view = get_view(name)
        wanted = wanted_months(self._months, months)
        with self._lock:
            self._prepare({name}, self._with_history(wanted, history=reads_history(name)))
        if view.needs_tenant_tag:
            self._check_tenant_tag([month.period for month in wanted])
        rows = name
        if filters:
            rows = f"({filtered_view(name, filters, schema=_SCHEMA)})"
        if not any(column.name == "billing_period" for column in view.columns):
            return self._run(f"SELECT * FROM {rows}", {name})
        periods = ", ".join(quoted(month.period) for month in wanted)
        result = self._run(
            f"SELECT * FROM {rows} WHERE billing_period IN ({periods}) ORDER BY ALL", {name}
        )
        return result if result.rows else self._explained(result, wanted)

    def totals(
        self,
        by: Sequence[str],
        *,
        months: Sequence[str],
        filters: Mapping[str, Sequence[str]] = NO_FILTERS,
    ) -> Result:
        """Return cost and tokens, added up; see `Engine.totals`."""
        wanted = wanted_months(self._months, months)
        with self._lock:
            self._prepare({BASE}, wanted)
        periods = [month.period for month in wanted]
        query = totals_query(by, months=periods, filters=filters, schema=_SCHEMA)
        return self._run(query, {BASE})

    def statement(self, sql: str, *, months: Sequence[str] = ()) -> Result:
        """Return the rows of a SELECT; see `Engine.statement`."""
        read = tables_named(sql) & (all_views().keys() | SIDE_TABLES.keys() | {CUR_TABLE})
        wanted = wanted_months(self._months, months)
        history = any(reads_history(name) for name in read & all_views().keys())
        self._prepare(read, self._with_history(wanted, history=history))
        if CUR_TABLE in read:
            for month in wanted:
                check_files(self._connection, month)
            relation = cur_relation(self._connection, wanted)
            self._connection.execute(f"CREATE OR REPLACE VIEW {CUR_TABLE} AS {relation}")
        return self._run(sql, read)

    def close(self) -> None:
        """Close the connection; see `Engine.close`."""
        self._connection.close()
        if self._cache is not None:
            self._cache.close()

    def _with_history(self, wanted: Sequence[CurMonth], *, history: bool) -> Sequence[CurMonth]:
        if not history or not wanted:
            return wanted
        last = wanted[-1].period
        return [month for period, month in self._months.items() if period <= last and month.files]

    def _prepare(self, names: set[str], months: Sequence[CurMonth]) -> None:
        """Create what a question reads, and load the months it needs."""
        needed = read_by(frozenset(names))
        if needed & set(DAILY_VIEWS):
            self._load_months([month for month in months if month.period not in self._daily_files])
        self._load_side_tables(SIDE_TABLES.keys() & needed)
        for view in all_views().values():
            if view.name in needed - self._created - set(DAILY_VIEWS):
                sql = view_sql(view, extra_tag_key=self._extra_tag_key)
                if view.name == CLOCK_VIEW:
                    sql = f"SELECT DATE '{self._as_of}' AS as_of"
                self._connection.execute(f"CREATE OR REPLACE VIEW {view.name} AS {sql}")
                self._created.add(view.name)
            elif view.name == BASE and BASE in needed and not self._base_kept:
                self._replace_base("VIEW", "TABLE")  # it is read again, as most others read it

    def _replace_base(self, old: str, new: str) -> None:
        sql = view_sql(get_view(BASE), extra_tag_key=self._extra_tag_key)
        self._connection.begin()  # others may be asking
        try:
            self._connection.execute(f"DROP {old} {BASE}")
            self._connection.execute(f"CREATE {new} {BASE} AS {sql}")
        except self._duckdb.Error:  # the question itself will meet it, and say so
            self._connection.rollback()
            return
        self._connection.commit()
        self._base_kept = new == "TABLE"

    def _load_side_tables(self, names: Iterable[str]) -> None:
        for name in set(names) - self._created:
            rows = self._side_rows.get(name)
            note = load_side_table(self._connection, self._folder, SIDE_TABLES[name], rows)
            self._created.add(name)
            if note:
                self._notes[name] = note

    def _load_ahead(self) -> None:
        with suppress(CostDataError):  # a question that reads the table will meet it
            self._load_side_tables(SIDE_TABLES)

    def _load_months(self, months: Sequence[CurMonth]) -> None:
        if not months:
            return
        if self._cache is None:
            self._cache = DailyCache(
                self._folder,
                extra_tag_key=self._extra_tag_key,
                duckdb_version=self._duckdb.__version__,
            )
        found = self._cache.files(months)
        missing = [month for month in months if month.period not in found]
        if missing:
            found |= self._cache.make(
                self._connection,
                missing,
                threads=self.at_once,
                progress=self._progress,
                meanwhile=self._load_ahead,
            )
        self._daily_files |= found
        for name in DAILY_VIEWS:
            files = ", ".join(quoted(str(each[name])) for each in self._daily_files.values())
            daily = f"SELECT * FROM read_parquet([{files}])"
            self._connection.execute(f"CREATE OR REPLACE VIEW {name} AS {daily}")
        if self._base_kept:
            self._replace_base("TABLE", "VIEW")
        where = self._cache.folder if self._cache.kept else "memory of this run"
        self._notes["cache"] = f"read from daily aggregates of the export's files, kept in {where}"

    def _explained(self, result: Result, wanted: Sequence[CurMonth]) -> Result:
        """Say of an answer without rows whether there is any Bedrock spend at all."""
        periods = ", ".join(month.period for month in wanted)
        connection = self._connection.cursor()
        lines = connection.execute("SELECT count(*) FROM bedrock_daily").fetchall()[0][0]
        note = (
            f"nothing of this kind in {periods}"
            if lines
            else f"no Bedrock line in {periods}: AWS may deliver them a day after the others"
        )
        return replace(result, notes=(note, *result.notes))

    def _check_tenant_tag(self, periods: Sequence[str]) -> None:
        listed = ", ".join(quoted(period) for period in periods)
        found = (
            self._connection.cursor()
            .execute(
                "SELECT billing_period FROM bedrock_daily"
                f" WHERE charge_kind = 'usage' AND billing_period IN ({listed})"
                " GROUP BY 1 HAVING max(tenant) IS NULL ORDER BY 1"
            )
            .fetchall()
        )
        if found:
            months = ", ".join(period for (period,) in found)
            raise CostDataError(
                f"no Bedrock line of {months} carries bedrock:tool or finops:tenant: activate them"
                " as cost allocation tags in the payer account (they count from then on; a"
                " backfill reaches back 12 months), and see untagged_spend until then"
            )

    def _run(self, sql: str, names: set[str]) -> Result:
        try:
            cursor = self._connection.cursor().execute(sql)
            columns = tuple(
                ResultColumn(name, _athena_type(str(type_)))
                for name, type_, *_ in cursor.description
            )
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        except self._duckdb.Error as fault:
            raise CostDataError(f"the statement failed: {_first_line(fault)}") from None
        needed = read_by(frozenset(names)) | ({"cache"} if names else set())
        notes = tuple(note for name, note in sorted(self._notes.items()) if name in needed)
        return Result(columns=columns, rows=rows, notes=notes)


def _athena_type(duckdb_type: str) -> str:
    return duckdb_type.lower().replace(", ", ",")


def _first_line(fault: Exception) -> str:
    return str(fault).strip().splitlines()[0]
