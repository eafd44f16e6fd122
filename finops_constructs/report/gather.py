"""Asks every view that a report shows, and keeps why one cannot answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
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
_VELOCITY: Final = "unit_cost_vs_velocity"
_BY_MONTH: Final = "cost by month"
_BY_DAY: Final = "cost by day"
_OVER_TIME: Final = "unit cost over time"
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
        progress: Told, before each answer is waited for, how many there were, of how many, and
            which it is.

    Raises:
        CostDataError: If the source cannot be read at all.
    """
    left_out = {}
    for name in VIEWS if scope.filters else ():
        why_not = why_not_filtered(get_view(name), scope.filters)
        if why_not:
            left_out[name] = f"not for a part of the bill: {why_not}"
    asked = [name for name in VIEWS if name not in left_out]
    totals = partial(engine.totals, filters=scope.filters)
    view = partial(engine.view, filters=scope.filters)
    questions: dict[str, Callable[[], Result]] = {
        _BY_MONTH: partial(totals, ["billing_period", scope.group_by], months=scope.history),
        _BY_DAY: partial(totals, ["usage_date", scope.group_by], months=scope.months),
        **{name: partial(view, name, months=scope.months) for name in asked},
    }
    if _VELOCITY in asked:
        questions[_OVER_TIME] = partial(view, _VELOCITY, months=scope.history)
    answers: dict[str, Result] = {}
    with ThreadPoolExecutor(engine.at_once) as pool:
        waiting = {name: pool.submit(question) for name, question in questions.items()}
        try:
            for number, (name, answer) in enumerate(waiting.items()):
                progress(number, len(questions), name)
                try:
                    answers[name] = answer.result()
                except CostDataError as fault:
                    # An earlier month may have no tenant where this one has.
                    if name in asked and get_view(name).needs_tenant_tag:
                        left_out[name] = str(fault)
                    elif name != _OVER_TIME:
                        raise
        finally:
            pool.shutdown(cancel_futures=True)
    return ReportData(
        scope=scope,
        tables={name: Table(get_view(name), answers[name]) for name in asked if name in answers},
        left_out=left_out,
        by_month=answers[_BY_MONTH],
        by_day=answers[_BY_DAY],
        velocity=answers.get(_OVER_TIME) if _VELOCITY in answers else None,
    )
