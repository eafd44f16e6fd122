"""One rule for each silent difference between Trino and DuckDB; see `sql_subset`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Finding:
    """Something outside of the subset.

    Attributes:
        rule: The rule's name.
        where: The piece of SQL.
        advice: What to write instead.
    """

    rule: str
    where: str
    advice: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}: {self.advice}"


_ALLOWED: Final[frozenset[type[exp.Expr]]] = frozenset(
    {
        *(exp.Abs, exp.And, exp.Avg, exp.Case, exp.Cast, exp.Coalesce, exp.Count),
        *(exp.CurrentDate, exp.DateDiff, exp.Floor, exp.If, exp.Lag, exp.Lead, exp.Lower),
        *(exp.Max, exp.Min, exp.Month, exp.Nullif, exp.Or, exp.Pad, exp.RegexpExtract),
        *(exp.Round, exp.RowNumber, exp.SplitPart, exp.Sqrt, exp.Substring, exp.Sum),
        *(exp.Trim, exp.Year),
    }
)
_REASONS: Final = {
    "GREATEST": "Trino gives NULL if any argument is NULL, DuckDB ignores it: use CASE",
    "LEAST": "Trino gives NULL if any argument is NULL, DuckDB ignores it: use CASE",
    "CONCAT": "Trino gives NULL if any argument is NULL, DuckDB ignores it: use ||",
    "TRY": "DuckDB's TRY catches other faults, and 1/0 is inf: use NULLIF on the divisor",
    "FORMAT": "the placeholders differ (%s is not formatted by DuckDB): use || and CAST",
    "REGEXP_REPLACE": "Trino replaces all and writes $1, DuckDB the first and writes \\1",
    "JSON_EXTRACT": "the text differs in spacing: compare nothing with it",
    "ARBITRARY": "any row may be taken: use max or min",
    "ANY_VALUE": "any row may be taken: use max or min",
    "ARG_MAX": "ties are broken in any order: use row_number over a complete order",
    "ARG_MIN": "ties are broken in any order: use row_number over a complete order",
    "DATE_ADD": "on a date DuckDB gives a timestamp: use CAST(d + INTERVAL '1' DAY AS date)",
    "TIMESTAMP_TRUNC": "date_trunc of a date gives a timestamp in DuckDB: use CAST",
    "DATE_TRUNC": "of a date it gives a timestamp in DuckDB: use CAST",
    "EXTRACT": "days of the week are numbered otherwise: count days from a Monday",
    "DAY_OF_WEEK": "days of the week are numbered otherwise: count days from a Monday",
}


def only_allowed_functions(tree: exp.Expr) -> Iterator[Finding]:
    """Allow only functions that were compared."""
    for node in tree.find_all(exp.Func):
        name = node.name.upper() if isinstance(node, exp.Anonymous) else node.sql_name()
        if name == "ELEMENT_AT" or type(node) in _ALLOWED:
            continue
        reason = _REASONS.get(name, "not compared between the engines: leave it out")
        yield Finding("allowed-functions", name.lower(), reason)


def division_is_of_doubles(tree: exp.Expr) -> Iterator[Finding]:
    """7 / 2 is 3 in Trino and 3.5 in DuckDB; decimals divide to a decimal or a double."""
    for node in tree.find_all(exp.Div):
        if not any(_is(side, exp.DType.DOUBLE) for side in (node.left, node.right)):
            yield Finding("division-of-doubles", node.sql(), "CAST(.. AS double) before /")


def division_never_by_zero(tree: exp.Expr) -> Iterator[Finding]:
    """Dividing by zero is an error, infinity or NULL, by engine and type."""
    for node in tree.find_all(exp.Div):
        by = node.right.unnest()
        literal = by.find(exp.Literal) if isinstance(by, exp.Literal | exp.Cast) else None
        constant = literal is not None and not by.find(exp.Column) and float(literal.name) != 0
        if not constant and not isinstance(by, exp.Nullif):
            yield Finding("never-by-zero", node.sql(), "divide by NULLIF(.., 0)")


def no_subscripts(tree: exp.Expr) -> Iterator[Finding]:
    """m['absent'] is an error in Trino and NULL in DuckDB."""
    for node in tree.find_all(exp.Bracket):
        # sqlglot reads element_at as a subscript that is marked as safe.
        if not node.args.get("safe"):
            yield Finding("no-subscripts", node.sql(), "use element_at(map, key)")


def no_unnest(tree: exp.Expr) -> Iterator[Finding]:
    """UNNEST of a map has other columns in DuckDB."""
    for node in tree.find_all(exp.Unnest):
        yield Finding("no-unnest", node.sql(), "read keys with element_at")


def dates_stay_dates(tree: exp.Expr) -> Iterator[Finding]:
    """A date plus an interval is a date in Trino and a timestamp in DuckDB."""
    for node in tree.find_all(exp.Interval):
        around = node.parent
        while isinstance(around, exp.Add | exp.Sub | exp.Paren):
            around = around.parent
        if not isinstance(around, exp.Cast) or not around.to.is_type("date"):
            yield Finding("dates-stay-dates", node.sql(), "CAST(d + INTERVAL .. AS date)")


def day_differences_of_dates(tree: exp.Expr) -> Iterator[Finding]:
    """date_diff of timestamps counts whole units in Trino and boundaries in DuckDB."""
    for node in tree.find_all(exp.DateDiff):
        if not all(_is(side, exp.DType.DATE) for side in (node.this, node.expression)):
            yield Finding("day-differences-of-dates", node.sql(), "CAST both to date")


def no_average_of_decimals(tree: exp.Expr) -> Iterator[Finding]:
    """An average of decimals is a decimal in Trino and a double in DuckDB."""
    for node in tree.find_all(exp.Avg):
        if not _is(node.this, exp.DType.DOUBLE):
            yield Finding("average-of-doubles", node.sql(), "CAST(.. AS double) in avg")


def absent_matches_are_null(tree: exp.Expr) -> Iterator[Finding]:
    """regexp_extract without a match is NULL in Trino and '' in DuckDB."""
    for node in tree.find_all(exp.RegexpExtract):
        if not isinstance(node.parent, exp.Nullif):
            yield Finding("absent-matches-are-null", node.sql(), "NULLIF(regexp_extract(..), '')")


def no_texts_compared_with_values(tree: exp.Expr) -> Iterator[Finding]:
    """DuckDB reads '2026-01-01' as a date where one is compared; Trino refuses."""
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE):
        for text, other in ((node.left, node.right), (node.right, node.left)):
            typed = other.type is not None and not other.is_type("unknown", "null")
            if isinstance(text, exp.Literal) and text.is_string and typed and not _is_text(other):
                yield Finding("texts-are-not-values", node.sql(), "write DATE '..' or CAST")


def money_is_no_double(tree: exp.Expr) -> Iterator[Finding]:
    """Doubles add up to other digits in another order: amounts of money are decimals."""
    for select in tree.find_all(exp.Select):
        for column in select.selects:
            money = column.alias.endswith("_usd") and not column.alias.endswith("_per_usd")
            if money and _is(column, exp.DType.DOUBLE):
                yield Finding("money-is-decimal", column.sql(), "CAST(.. AS decimal(38,10))")


def _is(node: exp.Expr, type_: exp.DType) -> bool:
    return node.type is not None and node.type.this == type_


def _is_text(node: exp.Expr) -> bool:
    return node.is_type(*exp.DataType.TEXT_TYPES)


RULES: Final[tuple[Callable[[exp.Expr], Iterator[Finding]], ...]] = (
    only_allowed_functions,
    division_is_of_doubles,
    division_never_by_zero,
    no_subscripts,
    no_unnest,
    dates_stay_dates,
    day_differences_of_dates,
    no_average_of_decimals,
    absent_matches_are_null,
    no_texts_compared_with_values,
    money_is_no_double,
)
"""All rules; each takes a qualified tree with types."""
