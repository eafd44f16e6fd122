"""Invocation records in files, as Bedrock delivers them to S3: JSON lines, mostly gzip; or Parquet.

One pass in DuckDB, however many records there are; only one row for each principal and model
comes back.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.optional_duckdb import connect, load_duckdb
from finops_constructs.invocations.use import Uses, gathered

_JSON_ENDINGS: Final = (".json", ".json.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")
_PARQUET: Final = ".parquet"
# What DuckDB may keep in memory; it aggregates, so it needs little.
_MEMORY: Final = "512MB"
_COLUMNS: Final = (
    "{timestamp: 'VARCHAR', modelId: 'VARCHAR', schemaType: 'VARCHAR', "
    "identity: 'STRUCT(arn VARCHAR)'}"
)
# A session's name is another with every call of some applications: it is cut off before grouping.
_WHO: Final = (
    "CASE WHEN identity.arn LIKE '%:assumed-role/%' THEN split_part(identity.arn, '/', 1) || '/' "
    "|| split_part(identity.arn, '/', 2) ELSE identity.arn END"
)
_AGGREGATE: Final = """
SELECT who, model, calls, CAST(first AS TIMESTAMPTZ), CAST(last AS TIMESTAMPTZ) FROM (
    SELECT {who} AS who, modelId AS model, count(*) AS calls,
           min(timestamp) AS first, max(timestamp) AS last
    FROM {records}
    GROUP BY ALL
)
"""


def read_record_files(paths: Sequence[Path]) -> Uses:
    """Read files, and every file below folders.

    Args:
        paths: Files or folders; what is neither JSON lines nor Parquet in a folder is passed over.

    Raises:
        CostDataError: If there is nothing to read, or a file is not what its name says.
    """
    files = sorted({file for path in paths for file in _files_of(path)})
    if not files:
        places = ", ".join(str(path) for path in paths)
        raise CostDataError(f"{places}: no invocation records; expected *.json.gz or *.parquet")
    rows, unread = [], 0
    with connect() as connection:
        connection.execute(f"SET memory_limit = '{_MEMORY}'")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET TimeZone = 'UTC'")
        for read, chosen in _by_format(files).items():
            try:
                found = connection.execute(
                    _AGGREGATE.format(who=_WHO, records=read), [chosen]
                ).fetchall()
            except load_duckdb().Error as error:
                raise CostDataError(f"invocation records: {_first_line(error)}") from None
            rows += [row for row in found if row[0] and row[1] and row[3]]
            unread += sum(row[2] for row in found if not (row[0] and row[1] and row[3]))
    shown = str(paths[0]) if len(paths) == 1 else f"{len(files)} files"
    uses = gathered(shown, rows, unread=unread)
    return replace(uses, covers_since=uses.first)


def _files_of(path: Path) -> list[str]:
    if path.is_file():
        return [str(path)]
    if not path.is_dir():
        raise CostDataError(f"no such file or folder: {path}")
    return [
        str(file)
        for file in path.rglob("*")
        if file.name.endswith((*_JSON_ENDINGS, _PARQUET)) and "/data/" not in str(file)
    ]


def _by_format(files: Sequence[str]) -> dict[str, list[str]]:
    parquet = [file for file in files if file.endswith(_PARQUET)]
    lines = [file for file in files if not file.endswith(_PARQUET)]
    json = f"read_json(?, format = 'newline_delimited', columns = {_COLUMNS})"
    found = {"read_parquet(?, union_by_name = true)": parquet, json: lines}
    return {read: chosen for read, chosen in found.items() if chosen}


def _first_line(error: Any) -> str:
    return str(error).splitlines()[0]
