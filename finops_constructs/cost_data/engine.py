"""What asks the bill: one small interface, whether the data is in a folder or in Athena."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NO_FILTERS: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})
"""The whole bill."""
NO_SIDE_ROWS: Final[Mapping[str, Sequence[Sequence[object]]]] = MappingProxyType({})
"""Nothing beside what the source brings along."""


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column of an answer.

    Attributes:
        name: Its name.
        type: As Athena spells it, in lower case: `varchar`, `decimal(38,10)`, ...
    """

    name: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An answer.

    Attributes:
        columns: In order.
        rows: Values as Python has them: decimals as `Decimal`, dates as `date`, timestamps as
            `datetime` in UTC without a zone.
        notes: What a reader should know, one sentence each: what was read, kept or left out.
    """

    columns: tuple[ResultColumn, ...]
    rows: list[tuple[Any, ...]]
    notes: tuple[str, ...] = ()

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield each row as column -> value."""
        names = [column.name for column in self.columns]
        for row in self.rows:
            yield dict(zip(names, row, strict=True))


class Engine(Protocol):
    """Answers questions about the bill.

    Every method raises `CostDataError` for what a user can mend, in one sentence that says how.

    Attributes:
        at_once: How many questions are best asked at the same time, each by a thread of its own.
    """

    at_once: int

    def months(self) -> list[str]:
        """Return the billing periods there are, `YYYY-MM`, oldest first."""

    def view(
        self,
        name: str,
        *,
        months: Sequence[str] = (),
        filters: Mapping[str, Sequence[str]] = NO_FILTERS,
    ) -> Result:
        """Return the rows of a view.

        Args:
            name: One of `all_views()`.
            months: Billing periods wanted. Default: all.
            filters: Dimension -> values: the part of the bill the view is asked of; see
                `selection`. Default: all of it.
        """

    def totals(
        self,
        by: Sequence[str],
        *,
        months: Sequence[str],
        filters: Mapping[str, Sequence[str]] = NO_FILTERS,
    ) -> Result:
        """Return `cost_usd` and `tokens` of `bedrock_costs`, added up.

        Args:
            by: Columns to add up by; they come first, in this order.
            months: Billing periods wanted.
            filters: As in `view`.
        """

    def statement(self, sql: str, *, months: Sequence[str] = ()) -> Result:
        """Return the rows of a SELECT over views, side tables and the raw table `cur`.

        Args:
            sql: One statement.
            months: On a folder, the billing periods that `cur` and the views then hold; on Athena
                refused, where the statement has to say it. Default: all.
        """

    def close(self) -> None:
        """Let go of what is open."""
