"""What the charts are drawn from: Plotly's traces, and sums by group."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from finops_constructs.report.money import Money

OTHERS: Final = "(others)"
_MOST_GROUPS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart.

    Attributes:
        id: In the page.
        title: What it shows.
        says: What it says in words, for whoever cannot see it.
        table: The view with its numbers.
        figure: Plotly's `data` and `layout`.
    """

    id: str
    title: str
    says: str
    table: str
    figure: dict[str, Any]


def stacked(
    rows: Sequence[tuple[str, str, Decimal]], places: list[str], money: Money, *, category: bool
) -> dict[str, Any]:
    """Return stacked bars; the smallest groups are one."""
    kept = largest((name, usd) for _, name, usd in rows)[:_MOST_GROUPS]
    cells: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for place, name, usd in rows:
        cells[name if name in kept else OTHERS][place] += usd
    traces = [
        bars(name, [number(money, cells[name][place]) for place in places], places, flat=False)
        for name in (*kept, OTHERS)
        if name in cells
    ]
    axis = {"type": "category"} if category else {"type": "date"}
    return figure(
        traces,
        {"barmode": "relative", "xaxis": axis, "yaxis": {"title": {"text": money.currency}}},
    )


def figure(data: list[dict[str, Any]], layout: dict[str, Any]) -> dict[str, Any]:
    """Return a figure of Plotly."""
    return {"data": data, "layout": layout}


def bars(name: str, values: list[float], places: list[str], *, flat: bool) -> dict[str, Any]:
    """Return bars; `flat` ones lie, their places are names on the left."""
    if flat:
        return {"type": "bar", "orientation": "h", "name": name, "x": values, "y": places}
    return {"type": "bar", "name": name, "x": places, "y": values}


def line(name: str, places: list[str], values: list[float]) -> dict[str, Any]:
    """Return a line with its points."""
    return {"type": "scatter", "mode": "lines+markers", "name": name, "x": places, "y": values}


def sums(pairs: Iterable[tuple[str, Decimal]]) -> Mapping[str, Decimal]:
    """Return name -> sum."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for name, amount in pairs:
        found[name] += amount
    return found


def largest(pairs: Iterable[tuple[str, Decimal]]) -> list[str]:
    """Return names by their sums, the largest first."""
    found = sums(pairs)
    return sorted(found, key=lambda name: (-found[name], name))


def number(money: Money, usd: Decimal, places: int = 2) -> float:
    """Return an amount in the reader's currency, as Plotly takes it."""
    return round(float(money.convert(usd)), places)
