"""Athena that knows Trino's SQL, views in Glue's catalogue and projected partitions.

ministack hands a statement to DuckDB as it is. Here the statement and the views it reads are
translated by sqlglot, and tables whose partitions Athena works out are found by their template.
"""

import asyncio
import base64
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import sqlglot
from ministack.services import athena, glue
from sqlglot import exp

from local.service_calls import Response

_DECIMAL = re.compile(r"DECIMAL\((\d+), ?(\d+)\)")
_TYPES = {"TIMESTAMP WITH TIME ZONE": "timestamp with time zone", "VARCHAR": "varchar"}

_ministack_run = athena._run_duckdb
_ministack_results = athena._get_query_results


def install() -> None:
    """Answer statements over databases that have views; leave others to ministack."""
    athena._run_duckdb = _run
    athena._get_query_results = _results


async def _run(query: str, database: str, catalog: str | None = None) -> dict[str, Any]:
    prefix = f"{database}/"
    tables: dict[str, Any] = {
        str(key).removeprefix(prefix): table
        for key, table in glue._tables.items()
        if str(key).startswith(prefix)
    }
    if not any(_view(table) for table in tables.values()):
        answer: dict[str, Any] = await _ministack_run(query, database, catalog)
        return answer
    workdirs: list[str] = []
    # The catalogue and the objects are the request's account's: looked up before the thread.
    statements = list(_prepare(query, database, tables, workdirs))
    try:
        return await asyncio.to_thread(_ask, statements, query)
    finally:
        for folder in workdirs:
            shutil.rmtree(folder, ignore_errors=True)


def _prepare(
    query: str, database: str, tables: Mapping[str, Any], workdirs: list[str]
) -> Iterator[str]:
    """Yield what makes the tables and views that a statement reads, each after those it reads."""
    yield f'CREATE SCHEMA "{database}"'
    yield f"SET schema = '{database}'"
    yield "SET TimeZone = 'UTC'"
    # DuckDB's own element_at gives a list; Athena's gives the value, or NULL.
    yield "CREATE MACRO element_at(m, k) AS m[k]"
    made: set[str] = set()

    def make(name: str) -> Iterator[str]:
        if name in made or name not in tables:
            return
        made.add(name)
        view = _view(tables[name])
        if view is None:
            yield f"CREATE VIEW {name} AS {_relation(tables[name], workdirs)}"
            return
        for other in _names(view):
            yield from make(other)
        yield f"CREATE VIEW {name} AS {sqlglot.transpile(view, read='athena', write='duckdb')[0]}"

    for name in _names(query):
        yield from make(name)


def _ask(statements: list[str], query: str) -> dict[str, Any]:
    connection = duckdb.connect(":memory:")
    try:
        for statement in statements:
            connection.execute(statement)
        cursor = connection.execute(sqlglot.transpile(query, read="athena", write="duckdb")[0])
        return {
            "columns": [name for name, *_ in cursor.description],
            "column_types": [_athena_type(str(type_)) for _, type_, *_ in cursor.description],
            "rows": [list(row) for row in cursor.fetchall()],
        }
    finally:
        connection.close()


def _names(sql: str) -> list[str]:
    return sorted(
        {table.name for table in sqlglot.parse_one(sql, read="athena").find_all(exp.Table)}
    )


def _view(table: Mapping[str, Any]) -> str | None:
    """Return the statement of a view; None for a table of files."""
    found = re.fullmatch(r"/\* Presto View: (\S+) \*/", table.get("ViewOriginalText") or "")
    return str(json.loads(base64.b64decode(found[1]))["originalSql"]) if found else None


def _relation(table: Mapping[str, Any], workdirs: list[str]) -> str:
    """Return a query of a table's files, its partition keys from the folders' names."""
    place = table["StorageDescriptor"]
    keys = [each["Name"] for each in table.get("PartitionKeys") or ()]
    files = athena._materialize_table_files(place["Location"], workdirs)
    template = table.get("Parameters", {}).get("storage.location.template", "")
    if not files:
        types = {each["Name"]: each["Type"] for each in place["Columns"]}
        types |= dict.fromkeys(keys, "string")
        nothing = ", ".join(f"CAST(NULL AS {_duckdb_type(t)}) AS {n}" for n, t in types.items())
        return f"SELECT {nothing} WHERE false"
    listed = ", ".join(f"'{file}'" for file in files)
    if place["InputFormat"].endswith("TextInputFormat"):
        return f"SELECT * FROM {_csv(place, listed)}"  # noqa: S608 - names of our own files
    source = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false"
    if not keys:
        return f"SELECT * FROM {source})"  # noqa: S608 - names of our own files
    found = []
    for key in keys:
        folder = re.search(rf"([^/]+)=\$\{{{key}\}}", template)
        name = folder[1] if folder else key
        found.append(f"regexp_extract(filename, '{name}=([^/]+)', 1) AS {key}")
    selected = f"* EXCLUDE (filename), {', '.join(found)}"
    return f"SELECT {selected} FROM {source}, filename = true)"  # noqa: S608 - as above


def _csv(place: Mapping[str, Any], listed: str) -> str:
    """Return files with a header as Hive reads them: by position, into the table's columns."""
    types = {each["Name"]: _duckdb_type(each["Type"]) for each in place["Columns"]}
    columns = ", ".join(f"'{name}': '{type_}'" for name, type_ in types.items())
    return f"read_csv([{listed}], columns = {{{columns}}}, header = true, nullstr = '')"


def _duckdb_type(glue_type: str) -> str:
    pair = re.fullmatch(r"map<(\w+),(\w+)>", glue_type)
    if pair:
        return f"MAP({_duckdb_type(pair[1])}, {_duckdb_type(pair[2])})"
    return "VARCHAR" if glue_type == "string" else glue_type


def _athena_type(duckdb_type: str) -> str:
    decimal = _DECIMAL.fullmatch(duckdb_type)
    if decimal:
        return f"decimal({decimal[1]},{decimal[2]})"
    return _TYPES.get(duckdb_type, duckdb_type.lower())


def _results(request: dict[str, Any]) -> Response:
    """Give decimals their digits and scale beside the type, as Athena does."""
    status, headers, body = _ministack_results(request)
    content = json.loads(body)
    for column in content.get("ResultSet", {}).get("ResultSetMetadata", {}).get("ColumnInfo", ()):
        decimal = _DECIMAL.fullmatch(column["Type"].upper())
        if decimal:
            column |= {"Type": "decimal", "Precision": int(decimal[1]), "Scale": int(decimal[2])}
    return status, headers, json.dumps(content).encode()
