"""The numbers on top of the page, in words."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from finops_constructs.report.cells import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from finops_constructs.report.report import Report

_TONES: Final[Mapping[str, str]] = {
    "over": "warn",
    "will go over": "warn",
    "may go over": "warn",
    "within": "good",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One number.

    Attributes:
        name: What it is.
        value: The number, formatted.
        says: What it is measured against.
        table: The view it is from.
        tone: `warn`, `good` or nothing.
    """

    name: str
    value: str
    says: str
    table: str
    tone: str = ""

    def html(self) -> str:
        """Return the card as HTML."""
        return (
            f'<div class="card {self.tone}"><span class="faint">{escape(self.name)}</span>'
            f"<strong>{escape(self.value)}</strong>"
            f'<span class="faint">{escape(self.says)} <a href="#{self.table}">{self.table}</a>'
            "</span></div>"
        )


def cards(report: Report) -> Iterator[Card]:
    """Yield the numbers that a CFO needs first."""
    yield _spend(report)
    yield from _budget(report)
    yield from _month_end(report)
    yield _value(report)
    yield _untagged(report)


def _spend(report: Report) -> Card:
    now, money = report.headline, report.money
    says = f"{money.aside(now.cost_usd)}All charges: usage, tax, credits, refunds and fees."
    if now.usage_usd is not None and now.last_month_usd is not None:
        says += f" Usage {money.text(now.usage_usd)}; last month {money.text(now.last_month_usd)}."
    return Card(name="Billed", value=money.text(now.cost_usd), says=says, table="showback")


def _budget(report: Report) -> Iterator[Card]:
    now, money = report.headline, report.money
    if "budget_variance" not in report.data.tables:
        return
    if now.budget_usd is None or now.used_ratio is None:
        yield Card(
            name="Budget",
            value="not recorded",
            says="Put the tenants' limits into inputs/budgets.",
            table="budget_variance",
        )
        return
    yield Card(
        name="Budget used",
        value=percent(now.used_ratio),
        says=f"of {money.both(now.budget_usd)}: {now.budget_note}.",
        table="budget_variance",
        tone=_TONES.get(now.budget_note or "", ""),
    )


def _month_end(report: Report) -> Iterator[Card]:
    now, money = report.headline, report.money
    if now.forecast_usd is None:
        return
    aside = money.aside(now.forecast_usd)
    if report.data.status != "open":
        change = f"{now.change_ratio:+.0%} against the month before." if now.change_ratio else ""
        yield Card(
            name=f"Usage of {report.data.scope.months[-1]}",
            value=money.text(now.forecast_usd),
            says=f"{aside}The month is over. {change}",
            table="budget_variance",
        )
        return
    band = f"{money.text(now.low_usd)} to {money.text(now.high_usd)}"
    says = f"{aside}{band} in four of five cases."
    if now.change_ratio is not None:
        says += f" {now.change_ratio:+.0%} against last month."
    if now.backtest_error is None:
        says += " Not tested: there is no history."
    else:
        says += (
            f" Tested on {now.backtest_months} earlier months: {percent(now.backtest_error)} off on"
            f" average, {now.backtest_in_band} within their band."
        )
    yield Card(
        name="The month will end at",
        value=money.text(now.forecast_usd),
        says=says,
        table="forecast",
    )


def _value(report: Report) -> Card:
    now, money = report.headline, report.money
    if now.value_per_usd is None or now.valued_cost_usd is None:
        why = report.data.left_out.get("roi", "finops outcomes import FILE.csv records them.")
        return Card(name="Value per dollar", value="no outcomes recorded", says=why, table="roi")
    known = now.valued_cost_usd / now.cost_usd if now.cost_usd else 0
    return Card(
        name="Value per dollar",
        value=f"{now.value_per_usd:,.1f}",
        says=f"{money.text(now.value_usd)} of value ({', '.join(now.value_sources)}) for"
        f" {money.text(now.valued_cost_usd)}; outcomes are known for {known:.0%} of the cost.",
        table="roi",
    )


def _untagged(report: Report) -> Card:
    now = report.headline
    return Card(
        name="Belongs to nobody",
        value=percent(now.untagged_ratio),
        says=f"{report.money.both(now.untagged_usd)}, tax and shared credits in it.",
        table="untagged_spend",
    )


def percent(ratio: float | None) -> str:
    """Return a ratio in percent."""
    return MISSING if ratio is None else f"{ratio * 100:,.1f} %"
