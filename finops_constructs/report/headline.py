"""What a CFO needs first: each number with the table it is from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from finops_constructs.report.gather import ReportData

ALL: Final = "(all)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The numbers; None where one is not known. USD are exact.

    Attributes:
        cost_usd: All that was billed in the scope: usage, tax, credits, refunds and fees.
        usage_usd: Metered usage of the last month, which budgets and the forecast are about.
        budget_usd: Of the last month.
        used_ratio: Usage / budget.
        last_month_usd: Usage of the whole month before.
        change_ratio: Forecast / last month - 1.
        forecast_usd: Usage at the last month's end; the bill once it is complete.
        low_usd: Lower end of the forecast's band.
        high_usd: Upper end of the forecast's band.
        budget_note: What `budget_variance` says.
        backtest_error: Mean error of the forecast on earlier months.
        backtest_months: On how many.
        backtest_in_band: How many of them ended inside their band.
        value_usd: Value of the recorded outcomes.
        valued_cost_usd: Cost of the tenants that have outcomes.
        value_per_usd: One by the other.
        value_sources: How the outcomes are known.
        untagged_usd: Cost that belongs to nobody.
        untagged_ratio: Of all cost.
    """

    cost_usd: Decimal
    usage_usd: Decimal | None = None
    budget_usd: Decimal | None = None
    used_ratio: float | None = None
    last_month_usd: Decimal | None = None
    change_ratio: float | None = None
    forecast_usd: Decimal | None = None
    low_usd: Decimal | None = None
    high_usd: Decimal | None = None
    budget_note: str | None = None
    backtest_error: float | None = None
    backtest_months: int = 0
    backtest_in_band: int = 0
    value_usd: Decimal | None = None
    valued_cost_usd: Decimal | None = None
    value_per_usd: float | None = None
    value_sources: tuple[str, ...] = ()
    untagged_usd: Decimal | None = None
    untagged_ratio: float | None = None


def headline(data: ReportData) -> Headline:
    """Return the numbers of a report."""
    months = set(data.scope.months)
    cost = total(row for row in data.by_month.records() if row["billing_period"] in months)
    untagged = total(data.rows("untagged_spend")) if "untagged_spend" in data.tables else None
    return Headline(
        cost_usd=cost,
        untagged_usd=untagged,
        untagged_ratio=ratio(untagged, cost),
        **_month_end(data),
        **_value(data.rows("roi")),
    )


def _month_end(data: ReportData) -> dict[str, Any]:
    last = data.scope.months[-1]
    budget = _all_of(data.rows("budget_variance"), last)
    guess = _all_of(data.rows("forecast"), last)
    known: dict[str, Any] = {}
    if guess:
        known = {
            "forecast_usd": guess["forecast_cost_usd"],
            "low_usd": guess["low_cost_usd"],
            "high_usd": guess["high_cost_usd"],
            "backtest_error": guess["backtest_error"],
            "backtest_months": guess["backtest_months"],
            "backtest_in_band": guess["backtest_in_band"],
        }
    if budget:
        known |= {
            "usage_usd": budget["cost_usd"],
            "budget_usd": budget["budget_usd"],
            "used_ratio": budget["used_ratio"],
            "last_month_usd": budget["last_month_cost_usd"],
            "change_ratio": budget["change_ratio"],
            "budget_note": budget["note"],
        }
    return known


def _value(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    valued = [row for row in rows if row["value_usd"] is not None]
    if not valued:
        return {}
    value, cost = total(valued, "value_usd"), total(valued)
    return {
        "value_usd": value,
        "valued_cost_usd": cost,
        "value_per_usd": ratio(value, cost),
        "value_sources": tuple(sorted({row["source"] for row in valued})),
    }


def _all_of(rows: Iterable[Mapping[str, Any]], month: str) -> Mapping[str, Any] | None:
    found = (row for row in rows if row["tenant"] == ALL and row["billing_period"] == month)
    return next(found, None)


def total(rows: Iterable[Mapping[str, Any]], column: str = "cost_usd") -> Decimal:
    """Return the sum of a column; NULL counts nothing."""
    return sum((row[column] for row in rows if row[column] is not None), Decimal(0))


def ratio(part: Decimal | None, whole: Decimal | None) -> float | None:
    """Return part / whole; None where either is not known or the whole is 0."""
    return None if part is None or not whole else float(part / whole)
