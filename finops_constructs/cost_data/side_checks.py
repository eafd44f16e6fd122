"""What a row of a side table must be beyond its types."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SOURCES: Final = ("measured", "survey", "estimate")
"""How an outcome is known."""
_NEVER_NEGATIVE: Final = ("units", "hours_saved", "hourly_rate_usd", "velocity")
_TOGETHER: Final = (("hours_saved", "hourly_rate_usd"), ("velocity", "velocity_unit"))
_MEASURES: Final = ("units", "hours_saved", "velocity")


def row_problems(table: str, row: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a typed row, one sentence each.

    Args:
        table: The side table's name.
        row: Column -> value.
    """
    if table == "outcomes":
        return list(_outcome_problems(row))
    if table == "dimensions":
        return list(_dimension_problems(row))
    return []


def _outcome_problems(row: Mapping[str, Any]) -> Iterator[str]:
    if row["source"] not in SOURCES:
        yield f"source: {row['source']!r}: must be {', '.join(SOURCES)}"
    elif row["source"] == "survey" and not row["sample_size"]:
        yield "sample_size: a survey says how many people were asked"
    for name in _NEVER_NEGATIVE:
        if row[name] is not None and row[name] < Decimal(0):
            yield f"{name}: {row[name]}: must be 0 or more"
    for first, second in _TOGETHER:
        if (row[first] is None) != (row[second] is None):
            missing, given = (first, second) if row[first] is None else (second, first)
            yield f"{missing}: is empty beside {given}; give both or neither"
    if all(row[name] is None for name in _MEASURES):
        yield f"the row says nothing: give one of {', '.join(_MEASURES)}"


def _dimension_problems(row: Mapping[str, Any]) -> Iterator[str]:
    if all(row[name] is None for name in ("cost_centre", "gl_code", "entity", "owner")):
        yield "the row says nothing: give cost_centre, gl_code, entity or owner"
