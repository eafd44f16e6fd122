"""Which part of the bill a report is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from finops_constructs.cost_data.engine import NO_FILTERS
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.selection import check_dimension

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HISTORY_MONTHS: Final = 13
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is reported.

    Attributes:
        months: Billing periods, oldest first; at least one.
        history: Those of the charts over time: up to 13, the last of them the last of `months`.
        filters: Dimension -> values.
        group_by: The dimension that the charts are split by.
    """

    months: tuple[str, ...]
    history: tuple[str, ...]
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    group_by: str = "tenant"

    @property
    def title(self) -> str:
        """The period, for people."""
        first, last = self.months[0], self.months[-1]
        return first if first == last else f"{first} to {last}"

    @property
    def last_day(self) -> date:
        """The last day of the last month."""
        first = date.fromisoformat(f"{self.months[-1]}-01")
        return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)

    @property
    def is_filtered(self) -> bool:
        """Whether it is about a part of the bill."""
        return bool(self.filters)


def choose_scope(
    there: Sequence[str],
    *,
    month: str | None = None,
    first: str | None = None,
    last: str | None = None,
    filters: Mapping[str, Sequence[str]] = NO_FILTERS,
    group_by: str = "tenant",
) -> Scope:
    """Return the scope of a report.

    Args:
        there: The billing periods of the source, oldest first.
        month: One month. Default: the last there is.
        first: First month of a range.
        last: Last month of a range. Default: the last there is.
        filters: Dimension -> values.
        group_by: A dimension.

    Raises:
        CostDataError: If a month is not there, or a name is no dimension.
    """
    if not there:
        raise CostDataError("the source has no month with data")
    if month and (first or last):
        raise CostDataError("give --month, or --from and --to")
    for asked in (month, first, last):
        if asked and not _MONTH.fullmatch(asked):
            raise CostDataError(f"a month is written YYYY-MM, got {asked!r}")
        if asked and asked not in there:
            raise CostDataError(f"there is no data for {asked}: the source has {', '.join(there)}")
    end = month or last or there[-1]
    start = month or first or end
    if start > end:
        raise CostDataError(f"--from {start} is after --to {end}")
    for name in (*filters, group_by):
        check_dimension(name)
    months = tuple(each for each in there if start <= each <= end)
    before = [each for each in there if each <= end]
    return Scope(
        months=months,
        history=tuple(before[-max(_HISTORY_MONTHS, len(months)) :]),
        filters=filters,
        group_by=group_by,
    )
