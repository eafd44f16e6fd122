"""A part of the bill, asked of the same views: they run over `bedrock_costs` with a condition.

The condition goes below the views, so that shares, forecasts and bridges are those of the part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finops_constructs.cost_data.cur_folder import quoted
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.side_tables import SIDE_TABLES
from finops_constructs.cost_data.views import all_views, get_view, read_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finops_constructs.cost_data.view_file import View

BASE: Final = "bedrock_costs"
DIMENSIONS: Final = (
    *("tenant", "tool", "project", "environment", "cost_centre", "gl_code", "entity", "owner"),
    *("account_id", "account_name", "region", "provider", "model", "iam_principal"),
)
"""Columns of `bedrock_costs` that a report may be filtered and grouped by."""
_CONDITIONS: Final = frozenset({*DIMENSIONS, "charge_kind"})
NOBODY: Final = ("(none)", "(untagged)")
"""How a filter writes NULL."""
_TENANT: Final = "tenant"


def check_dimension(name: str) -> str:
    """Return a dimension's name.

    Raises:
        CostDataError: If it is none.
    """
    if name not in DIMENSIONS:
        raise CostDataError(f"{name!r} is no dimension; there are {', '.join(DIMENSIONS)}")
    return name


def why_not_filtered(view: View, filters: Mapping[str, Sequence[str]]) -> str | None:
    """Return why a view cannot answer for a part of the bill, or None if it can."""
    read = read_by(frozenset({view.name}))
    if BASE not in read:
        return "it does not know whose a line is"
    if "bill_daily" in read:
        return "it is about the whole bill"
    per_tenant = sorted(
        name for name in read & SIDE_TABLES.keys() if name in {"outcomes", "budgets", "estimates"}
    )
    if per_tenant and set(filters) - {_TENANT}:
        return f"{', '.join(per_tenant)} are recorded for whole tenants"
    return None


def condition(filters: Mapping[str, Sequence[str]], months: Sequence[str] = ()) -> str:
    """Return the WHERE clause, or nothing if there is nothing to ask for."""
    for name in filters:
        if name not in _CONDITIONS:
            check_dimension(name)
    parts = [_one_of(name, values) for name, values in sorted(filters.items())]
    if months:
        parts.append(_one_of("billing_period", months))
    return f" WHERE {' AND '.join(parts)}" if parts else ""


def filtered_view(name: str, filters: Mapping[str, Sequence[str]], *, schema: str) -> str:
    """Return a statement that gives a view's rows for a part of the bill.

    Args:
        name: The view.
        filters: Dimension -> values, any of which will do.
        schema: Where `bedrock_costs` and the side tables are; a name means nothing else there.

    Raises:
        CostDataError: If the view cannot answer for a part.
    """
    view = get_view(name)
    why_not = why_not_filtered(view, filters)
    if why_not:
        raise CostDataError(f"{name} cannot be filtered: {why_not}")
    read = read_by(frozenset({name}))
    parts = [f"{BASE} AS (SELECT * FROM {schema}.{BASE}{condition(filters)})"]
    if _TENANT in filters:
        own = condition({_TENANT: filters[_TENANT]})
        parts += [
            f"{table.name} AS (SELECT * FROM {schema}.{table.name}{own})"
            for table in SIDE_TABLES.values()
            if table.name in read and table.name in {"outcomes", "budgets", "estimates"}
        ]
    between = [
        each
        for each in all_views().values()
        if each.name in read and BASE in read_by(frozenset({each.name})) - {each.name}
    ]
    parts += [f"{each.name} AS (\n{each.sql}\n)" for each in between]
    return f"WITH {', '.join(parts)} SELECT * FROM {name}"


def totals_query(
    by: Sequence[str], *, months: Sequence[str], filters: Mapping[str, Sequence[str]], schema: str
) -> str:
    """Return a statement that adds up cost and tokens by columns of `bedrock_costs`."""
    columns = ", ".join(by)
    return (
        f"SELECT {columns}, sum(cost_usd) AS cost_usd, CAST(sum(tokens) AS bigint) AS tokens"
        f" FROM {schema}.{BASE}{condition(filters, months)}"
        f" GROUP BY {columns} ORDER BY {columns}"
    )


def _one_of(name: str, values: Sequence[str]) -> str:
    known = sorted({value for value in values if value not in NOBODY})
    parts = [f"{name} IN ({', '.join(quoted(value) for value in known)})"] if known else []
    if len(known) < len(set(values)):
        parts.append(f"{name} IS NULL")
    return f"({' OR '.join(parts)})"
