"""The report's charts, as figures that Plotly draws in the page; colours come from the page."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.report.figures import (
    Chart,
    bars,
    figure,
    largest,
    line,
    number,
    stacked,
    sums,
)
from finops_constructs.report.headline import ALL

if TYPE_CHECKING:
    from collections.abc import Callable

    from finops_constructs.report.gather import ReportData
    from finops_constructs.report.money import Money

_UNTAGGED: Final = "(untagged)"
"""What the views call the tenant of cost that is nobody's."""


def charts(data: ReportData, money: Money) -> list[Chart]:
    """Return the charts for which there are numbers."""
    made = (each(data, money) for each in _CHARTS)
    return [chart for chart in made if chart is not None]


def _by_month(data: ReportData, money: Money) -> Chart | None:
    group = data.scope.group_by
    rows = [
        (row["billing_period"], row[group] or _nobody(group), row["cost_usd"])
        for row in data.by_month.records()
    ]
    if not rows:
        return None
    dearest = largest((name, usd) for _, name, usd in rows)
    return Chart(
        id="by-month",
        title=f"Cost by {group.replace('_', ' ')} and month",
        says=f"Over {len(data.scope.history)} months; the most is {dearest[0]}'s.",
        table="showback",
        figure=stacked(rows, list(data.scope.history), money, category=True),
    )


def _by_day(data: ReportData, money: Money) -> Chart | None:
    group = data.scope.group_by
    rows = [
        (row["usage_date"].isoformat(), row[group] or _nobody(group), row["cost_usd"])
        for row in data.by_day.records()
    ]
    days = sorted({day for day, _, _ in rows})
    if not days:
        return None
    by_day = sums((day, usd) for day, _, usd in rows)
    top = max(by_day, key=lambda day: by_day[day])
    return Chart(
        id="by-day",
        title=f"Cost by {group.replace('_', ' ')} and day",
        says=f"The dearest day is {top} with {money.text(by_day[top])}.",
        table="showback",
        figure=stacked(rows, days, money, category=False),
    )


def _nobody(group: str) -> str:
    return _UNTAGGED if group == "tenant" else "(none)"


def _forecast(data: ReportData, money: Money) -> Chart | None:
    last = data.scope.months[-1]
    rows = [row for row in data.rows("forecast") if row["billing_period"] == last]
    rows = sorted((r for r in rows if r["tenant"] != ALL), key=lambda r: r["forecast_cost_usd"])
    if not rows:
        return None
    budgets = {
        row["tenant"]: row["budget_usd"]
        for row in data.rows("budget_variance")
        if row["billing_period"] == last
    }
    names = [row["tenant"] for row in rows]
    ends = [number(money, row["forecast_cost_usd"]) for row in rows]
    traces: list[dict[str, Any]] = [
        bars("billed", [number(money, row["cost_usd"]) for row in rows], names, flat=True),
        {
            "type": "scatter",
            "mode": "markers",
            "name": "month end, band of 80 %",
            "x": ends,
            "y": names,
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": [number(money, r["high_cost_usd"] - r["forecast_cost_usd"]) for r in rows],
                "arrayminus": [
                    number(money, r["forecast_cost_usd"] - r["low_cost_usd"]) for r in rows
                ],
            },
        },
    ]
    if any(budgets.get(name) is not None for name in names):
        known = [name for name in names if budgets.get(name) is not None]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "budget",
                "marker": {"symbol": "line-ns-open", "size": 18},
                "x": [number(money, budgets[name]) for name in known],
                "y": known,
            }
        )
    return Chart(
        id="forecast",
        title=f"Where {last} {'will end' if data.status == 'open' else 'ended'}",
        says=f"The largest is {names[-1]}: {money.text(rows[-1]['forecast_cost_usd'])}.",
        table="forecast",
        figure=figure(traces, {"xaxis": {"title": {"text": money.currency}}}),
    )


def _models(data: ReportData, money: Money) -> Chart | None:
    costs = sums((row["model"], row["cost_usd"]) for row in data.rows("model_mix"))
    if not costs:
        return None
    names = sorted(costs, key=lambda name: costs[name])
    values = [number(money, costs[name]) for name in names]
    share = costs[names[-1]] / (sum(costs.values()) or 1) * 100
    return Chart(
        id="models",
        title="Model mix",
        says=f"{names[-1]} takes {share:.0f} % of the cost of tokens.",
        table="model_mix",
        figure=figure(
            [bars("cost of tokens", values, names, flat=True)],
            {"xaxis": {"title": {"text": money.currency}}, "showlegend": False},
        ),
    )


def _velocity(data: ReportData, money: Money) -> Chart | None:
    """Unit cost on the left, velocity on the right: cheaper and faster is down and up."""
    if data.velocity is None:
        return None
    known = [row for row in data.velocity.records() if row["usd_per_velocity"] is not None]
    if not known:
        return None
    traces: list[dict[str, Any]] = []
    for tenant in sorted({row["tenant"] for row in known}):
        own = [row for row in known if row["tenant"] == tenant]
        months = [row["billing_period"] for row in own]
        unit = own[-1]["velocity_unit"]
        costs = [number(money, Decimal(repr(row["usd_per_velocity"])), 4) for row in own]
        traces += [
            line(f"{tenant}: {money.currency} for one of {unit}", months, costs),
            line(f"{tenant}: {unit}", months, [float(row["velocity"]) for row in own])
            | {"yaxis": "y2", "line": {"dash": "dot"}},
        ]
    return Chart(
        id="velocity",
        title="Unit cost against velocity",
        says=f"For {', '.join(sorted({row['tenant'] for row in known}))}.",
        table="unit_cost_vs_velocity",
        figure=figure(
            traces,
            {
                "xaxis": {"type": "category"},
                "yaxis": {"title": {"text": f"{money.currency} a unit"}, "rangemode": "tozero"},
                "yaxis2": {
                    "title": {"text": "velocity"},
                    "overlaying": "y",
                    "side": "right",
                    "rangemode": "tozero",
                    "showgrid": False,
                },
            },
        ),
    )


def _roi(data: ReportData, money: Money) -> Chart | None:
    rows = [row for row in data.rows("roi") if row["value_usd"] is not None]
    if not rows:
        return None
    costs = sums((row["tenant"], row["cost_usd"]) for row in rows)
    values = sums((row["tenant"], row["value_usd"]) for row in rows)
    names = sorted(costs, key=lambda name: costs[name])
    best = max((values[name] / costs[name], name) for name in names if costs[name])
    return Chart(
        id="roi",
        title="Value against cost",
        says=f"A dollar brought most at {best[1]}: {best[0]:,.1f}.",
        table="roi",
        figure=figure(
            [
                bars(name, [number(money, amounts[each]) for each in names], names, flat=True)
                for name, amounts in (("cost", costs), ("value", values))
            ],
            {
                "barmode": "group",
                "xaxis": {
                    "title": {"text": f"{money.currency}, logarithmic"},
                    "type": "log",
                },
            },
        ),
    )


def _untagged(data: ReportData, _money: Money) -> Chart | None:
    if data.scope.group_by != "tenant":
        return None
    shares = []
    for month in data.scope.history:
        rows = [row for row in data.by_month.records() if row["billing_period"] == month]
        whole = sum((row["cost_usd"] for row in rows), Decimal(0))
        nobody = sum((row["cost_usd"] for row in rows if row["tenant"] is None), Decimal(0))
        shares.append(float(nobody / whole * 100) if whole else 0.0)
    return Chart(
        id="untagged",
        title="Share that belongs to nobody",
        says=f"{shares[-1]:.1f} % in {data.scope.history[-1]}; tax and shared credits are in it.",
        table="untagged_spend",
        figure=figure(
            [line("untagged", list(data.scope.history), [round(each, 2) for each in shares])],
            {
                "xaxis": {"type": "category"},
                "yaxis": {"title": {"text": "% of cost"}, "rangemode": "tozero"},
                "showlegend": False,
            },
        ),
    )


def _caches(data: ReportData, money: Money) -> Chart | None:
    rows = [row for row in data.rows("cache_efficiency") if row["net_saved_usd"] is not None]
    if not rows:
        return None
    saved = sums((row["tenant"], row["saved_by_reads_usd"] or Decimal(0)) for row in rows)
    lost = sums((row["tenant"], -(row["lost_by_writes_usd"] or Decimal(0))) for row in rows)
    net = sum(saved.values()) + sum(lost.values())
    names = sorted(saved, key=lambda name: saved[name])
    return Chart(
        id="caches",
        title="What prompt caching saved",
        says=f"{money.text(Decimal(net))} net.",
        table="cache_efficiency",
        figure=figure(
            [
                bars(name, [number(money, amounts[each]) for each in names], names, flat=True)
                for name, amounts in (("saved by reads", saved), ("lost by writes", lost))
            ],
            {"barmode": "relative", "xaxis": {"title": {"text": money.currency}}},
        ),
    )


_CHARTS: Final[tuple[Callable[[ReportData, Money], Chart | None], ...]] = (
    _by_month,
    _forecast,
    _by_day,
    _roi,
    _velocity,
    _models,
    _caches,
    _untagged,
)
