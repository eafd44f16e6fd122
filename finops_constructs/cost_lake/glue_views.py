"""Views and tables as Glue's catalogue keeps them for Athena. Plain data, no CDK."""

from __future__ import annotations

import base64
import hashlib
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.cost_data.cur_folder import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from finops_constructs.cost_data.side_tables import SideTable

VERSION_PARAMETER: Final = "finops_version"
"""Glue parameter with the digest of a view's statement: what is deployed can be told."""
_PARQUET: Final = "org.apache.hadoop.hive.ql.io.parquet"


def glue_type(athena_type: str) -> str:
    """Return a type as Glue (Hive) spells it."""
    return athena_type.replace("varchar", "string")


def glue_columns(columns: Mapping[str, str]) -> list[dict[str, str]]:
    """Return columns as Glue lists them; it knows lower-case names only."""
    return [{"Name": name.lower(), "Type": glue_type(type_)} for name, type_ in columns.items()]


def view_input(
    name: str, sql: str, columns: Mapping[str, str], *, database: str, question: str
) -> dict[str, Any]:
    """Return a view as Glue's TableInput.

    Args:
        name: Its name.
        sql: Its statement, as Athena runs it.
        columns: Column -> type, as Athena spells it.
        database: Where the names in the statement are looked up.
        question: What it answers.
    """
    content = {
        "originalSql": sql.strip(),
        "catalog": "awsdatacatalog",
        "schema": database,
        "columns": [{"name": column, "type": type_} for column, type_ in columns.items()],
    }
    encoded = base64.b64encode(json.dumps(content).encode()).decode()
    return {
        "Name": name,
        "Description": question[:2048],
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {
            "presto_view": "true",
            "comment": "Presto View",
            VERSION_PARAMETER: hashlib.sha256(sql.encode()).hexdigest()[:16],
        },
        "StorageDescriptor": {"Columns": glue_columns(columns), "SerdeInfo": {}},
        "ViewOriginalText": f"/* Presto View: {encoded} */",
        "ViewExpandedText": "/* Presto View */",
    }


def parquet_input(
    name: str,
    columns: Mapping[str, str],
    *,
    location: str,
    description: str,
    by_month: bool = False,
) -> dict[str, Any]:
    """Return a table of Parquet files as Glue's TableInput.

    Args:
        name: Its name.
        columns: Column -> type, as Athena spells it.
        location: `s3://...`, with a slash at the end.
        description: What it holds.
        by_month: Whether its folders are `BILLING_PERIOD=YYYY-MM`; Athena then works out the
            partitions itself, without a crawler, and reads those asked for.
    """
    table: dict[str, Any] = {
        "Name": name,
        "Description": description[:2048],
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "parquet"},
        "StorageDescriptor": {
            "Columns": glue_columns(columns),
            "Location": location,
            "InputFormat": f"{_PARQUET}.MapredParquetInputFormat",
            "OutputFormat": f"{_PARQUET}.MapredParquetOutputFormat",
            "SerdeInfo": {"SerializationLibrary": f"{_PARQUET}.serde.ParquetHiveSerDe"},
        },
    }
    if by_month:
        table["PartitionKeys"] = [{"Name": "billing_period", "Type": "string"}]
        table["Parameters"] |= {
            "projection.enabled": "true",
            "projection.billing_period.type": "date",
            "projection.billing_period.format": "yyyy-MM",
            "projection.billing_period.interval": "1",
            "projection.billing_period.interval.unit": "MONTHS",
            "projection.billing_period.range": "2023-01,NOW",
            # AWS writes the key in upper case; Glue knows it in lower case only.
            "storage.location.template": f"{location}BILLING_PERIOD=${{billing_period}}",
        }
    return table


def csv_input(
    name: str, columns: Mapping[str, str], *, location: str, description: str
) -> dict[str, Any]:
    """Return a table of CSV files with a header, their columns in order, as Glue's TableInput.

    No cell may hold a comma or a quote: Athena's own SerDe knows dates and decimals, and no quotes.

    Args:
        name: Its name.
        columns: Column -> type, as Athena spells it.
        location: `s3://...`, with a slash at the end.
        description: What it holds.
    """
    return {
        "Name": name,
        "Description": description[:2048],
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "csv", "skip.header.line.count": "1"},
        "StorageDescriptor": {
            "Columns": glue_columns(columns),
            "Location": location,
            "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "SerdeInfo": {
                "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
                "Parameters": {"field.delim": ",", "serialization.null.format": ""},
            },
        },
    }


def values_sql(table: SideTable, rows: Iterable[Sequence[object]]) -> str:
    """Return a statement that gives fixed rows, with a side table's columns and types.

    Args:
        table: Whose columns.
        rows: In the order of the columns; None is NULL.
    """
    selected = ", ".join(f"CAST({c.name} AS {c.type}) AS {c.name}" for c in table.columns)
    names = ", ".join(column.name for column in table.columns)
    listed = [
        "(" + ", ".join("CAST(NULL AS varchar)" if v is None else _text(v) for v in row) + ")"
        for row in rows
    ]
    if not listed:
        nothing = ", ".join("CAST(NULL AS varchar)" for _ in table.columns)
        return f"SELECT {selected} FROM (VALUES ({nothing})) AS v ({names}) WHERE 1 = 0"
    return f"SELECT {selected} FROM (VALUES {', '.join(listed)}) AS v ({names})"


def _text(value: object) -> str:
    return quoted(format(value, "f") if isinstance(value, Decimal) else str(value))
