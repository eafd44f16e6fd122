"""Finds names that only DuckDB resolves: an alias used in the SELECT that defines it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from finops_constructs.cost_data.sql_differences import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def alias_findings(tree: exp.Expr, schema: Mapping[str, object]) -> Iterator[Finding]:
    """Yield aliases that are used beside their definition, in WHERE or in GROUP BY.

    Args:
        tree: The statement as parsed, before names are resolved.
        schema: Table or view -> its columns; CTEs are found in the tree.
    """
    known = {name: set(columns) for name, columns in schema.items() if isinstance(columns, dict)}
    for cte in tree.find_all(exp.CTE):
        known[cte.alias] = _output_names(cte.this, known)
    for select in tree.find_all(exp.Select):
        aliases = {each.alias for each in select.selects if isinstance(each, exp.Alias)}
        inherited = _source_names(select, known)
        for column in _own_columns(select):
            if not column.table and column.name in aliases - inherited:
                yield Finding(
                    "aliases-are-not-columns",
                    column.name,
                    "Athena does not know the alias there: repeat the expression or nest",
                )


def _own_columns(select: exp.Select) -> Iterator[exp.Column]:
    for column in select.find_all(exp.Column):
        if column.parent_select is select and not column.find_ancestor(exp.Order):
            yield column


def _source_names(select: exp.Select, known: Mapping[str, set[str]]) -> set[str]:
    names: set[str] = set()
    sources = [select.args.get("from_") or select.args.get("from")]
    sources += select.args.get("joins") or []
    for source in sources:
        if source is None:
            continue
        inner = source.this
        if isinstance(inner, exp.Subquery):
            names |= _output_names(inner.this, known)
        elif isinstance(inner, exp.Table):
            names |= known.get(inner.name, set())
        elif inner.args.get("alias"):
            names |= {each.name for each in inner.args["alias"].columns}
    return names


def _output_names(query: exp.Expr, known: Mapping[str, set[str]]) -> set[str]:
    select = query.find(exp.Select)
    if select is None:
        return set()
    names: set[str] = set()
    for each in select.selects:
        star = isinstance(each, exp.Star) or (
            isinstance(each, exp.Column) and isinstance(each.this, exp.Star)
        )
        if star:
            names |= _source_names(select, known)
        else:
            names.add(each.alias_or_name)
    return names
