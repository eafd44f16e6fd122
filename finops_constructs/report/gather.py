"""Asks every view that a report shows, and keeps why one cannot answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.selection import why_not_filtered
from finops_constructs.cost_data.views import get_view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from finops_constructs.cost_data.engine import Engine, Result
    from finops_constructs.cost_data.view_file import View
    from finops_constructs.report.scope import Scope

VIEWS: Final = (
    *("budget_variance", "forecast", "roi", "showback", "chargeback_statement", "cost_bridge"),
    *("unit_cost", "unit_cost_vs_velocity", "untagged_spend", "unprofiled_spend"),
    *("broad_tag_spend", "model_mix", "what_if", "cache_efficiency", "llm_tax"),
    *("estimate_vs_bill", "invoice_tie"),
)
"""In the order a reader wants them. `bedrock_costs` is too long for a page: `finops query`."""
_STATUSES: Final = ("open", "provisional", "final")


@dataclass(frozen=True, slots=True)
class Table:
    """The answer of one view."""

    view: View
    result: Result

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the rows by column."""
        return self.result.records()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """Everything a report is made from.

    Attributes:
        scope: What is reported.
        tables: View -> its answer.
        left_out: View -> why it is not there.
        by_month: Cost by month of history and group.
        by_day: Cost of the scope by day and group.
        velocity: `unit_cost_vs_velocity` of the history; None where it is left out.
    """

    scope: Scope
    tables: dict[str, Table]
    left_out: dict[str, str]
    by_month: Result
    by_day: Result
    velocity: Result | None = None

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return a view's rows; none where it is left out."""
        return list(self.tables[name].records()) if name in self.tables else []

    @property
    def status(self) -> str:
        """`open`, `provisional` or `final`: the least settled of the months."""
        found = {row["status"] for row in self.rows("showback")}
        found |= {row["status"] for row in self.rows("untagged_spend")}
        return next((each for each in _STATUSES if each in found), "provisional")

    @property
    def data_through(self) -> datetime | None:
        """The end of the latest hour with Bedrock data, UTC."""
        known = [
            row["data_through"]
            for name in ("showback", "untagged_spend")
            for row in self.rows(name)
            if row["data_through"] is not None
        ]
        return max(known, default=None)


def gather(
    engine: Engine, scope: Scope, progress: Callable[[int, int, str], None] = lambda *_: None
) -> ReportData:
    """Ask everything a report shows.

    Args:
        engine: Where.
        scope: Which part of the bill.
        progress: Told, before each question, how many were asked, of how many, and which.

    Raises:
        CostDataError: If the source cannot be read at all.
    """
    steps = len(VIEWS) + 3
    progress(0, steps, "cost by month")
    group = scope.group_by
    by_month = engine.totals(["billing_period", group], months=scope.history, filters=scope.filters)
    progress(1, steps, "cost by day")
    by_day = engine.totals(["usage_date", group], months=scope.months, filters=scope.filters)
    tables: dict[str, Table] = {}
    left_out: dict[str, str] = {}
    for number, name in enumerate(VIEWS):
        progress(2 + number, steps, name)
        view = get_view(name)
        why_not = why_not_filtered(view, scope.filters) if scope.filters else None
        if why_not:
            left_out[name] = f"not for a part of the bill: {why_not}"
            continue
        try:
            result = engine.view(name, months=scope.months, filters=scope.filters)
        except CostDataError as fault:
            if not view.needs_tenant_tag:
                raise
            left_out[name] = str(fault)
            continue
        tables[name] = Table(view, result)
    progress(steps - 1, steps, "unit cost over time")
    velocity = None
    if "unit_cost_vs_velocity" in tables:
        velocity = _velocity(engine, scope)
    return ReportData(
        scope=scope,
        tables=tables,
        left_out=left_out,
        by_month=by_month,
        by_day=by_day,
        velocity=velocity,
    )


def _velocity(engine: Engine, scope: Scope) -> Result | None:
    try:
        return engine.view("unit_cost_vs_velocity", months=scope.history, filters=scope.filters)
    except CostDataError:  # an earlier month without any tenant; this one has them
        return None
