"""Everything in the cost lake's catalogue: the exports, the side tables, the views. Plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from finops_constructs.attribution.cost_tags import DEFAULT_BROAD_VALUES
from finops_constructs.cost_data.columns import CUR_COLUMNS
from finops_constructs.cost_data.cur_folder import INPUTS_FOLDER
from finops_constructs.cost_data.list_prices import price_rows
from finops_constructs.cost_data.side_tables import BUDGETS_SINCE, SIDE_TABLES
from finops_constructs.cost_data.views import CUR_TABLE, all_views, view_sql
from finops_constructs.cost_lake.exports import (
    CUR_EXPORT,
    FOCUS_COLUMNS,
    FOCUS_EXPORT,
    data_location,
)
from finops_constructs.cost_lake.glue_views import (
    csv_input,
    parquet_input,
    values_sql,
    view_input,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from finops_constructs.prices.price_list import PriceList

FOCUS_TABLE: Final = "focus"


def table_inputs(*, bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    """Yield the tables of files, as Glue's TableInput.

    Args:
        bucket: Where the exports and the side tables' files are.
        prefix: Below which the exports are.
    """
    yield parquet_input(
        CUR_TABLE,
        {column.name: column.type for column in CUR_COLUMNS},
        location=data_location(bucket, prefix, CUR_EXPORT),
        description="CUR 2.0, as AWS delivers it",
        by_month=True,
    )
    yield parquet_input(
        FOCUS_TABLE,
        FOCUS_COLUMNS,
        location=data_location(bucket, prefix, FOCUS_EXPORT),
        description="FOCUS 1.2, as AWS delivers it",
        by_month=True,
    )
    for name in ("outcomes", "dimensions", "estimates", "invoices"):
        table = SIDE_TABLES[name]
        # Ledgers are written by functions, which have no Parquet.
        made_by = csv_input if name == "estimates" else parquet_input
        yield made_by(
            name,
            {column.name: column.type for column in table.columns},
            location=f"s3://{bucket}/{INPUTS_FOLDER}/{name}/",
            description=table.purpose,
        )


def view_inputs(
    *,
    database: str,
    prices: PriceList,
    budgets: Mapping[str, Decimal],
    broad_values: Sequence[str],
    extra_tag_key: str | None,
) -> Iterator[dict[str, Any]]:
    """Yield the views, each after those it reads, as Glue's TableInput.

    Args:
        database: The database's name.
        prices: The price list.
        budgets: Tenant -> USD a month.
        broad_values: Tag values too broad to allocate by.
        extra_tag_key: The organisation's fourth cost tag.
    """
    fixed: dict[str, list[Sequence[object]]] = {
        "prices": list(price_rows(prices)),
        "budgets": [(tenant, BUDGETS_SINCE, usd) for tenant, usd in sorted(budgets.items())],
        "broad_values": [(value,) for value in sorted(broad_values or DEFAULT_BROAD_VALUES)],
    }
    for name, rows in fixed.items():
        table = SIDE_TABLES[name]
        yield view_input(
            name,
            values_sql(table, rows),
            {column.name: column.type for column in table.columns},
            database=database,
            question=table.purpose,
        )
    keys = {"extra_tag_key": extra_tag_key} if extra_tag_key else {}
    for view in all_views().values():
        yield view_input(
            view.name,
            view_sql(view, **keys),
            {column.name: column.type for column in view.columns},
            database=database,
            question=view.question,
        )
