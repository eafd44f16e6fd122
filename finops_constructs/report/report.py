"""A report before it is written: what was asked, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from finops_constructs.report.charts import charts
from finops_constructs.report.decisions import Decision, decisions
from finops_constructs.report.headline import Headline, headline

if TYPE_CHECKING:
    from datetime import date

    from finops_constructs.report.figures import Chart
    from finops_constructs.report.gather import ReportData
    from finops_constructs.report.money import Money

_METHOD: Final = (
    "open: the month goes on. provisional: AWS may restate it, or has not invoiced; final: not so.",
    "Budgets, forecast and estimates are about metered usage; what was billed has tax and credits.",
    "Value comes from recorded outcomes only; their source says how far to trust it.",
    "Exact figures are in report.json and in tables/*.csv, in USD.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the files are written from.

    Attributes:
        organization: Whose bill it is.
        source: What was read.
        made_on: The day, UTC.
        data: The answers.
        money: How amounts are shown.
        headline: The first numbers.
        decisions: At most three.
        charts: Those with numbers.
        notes: What a reader should know.
    """

    organization: str
    source: str
    made_on: date
    data: ReportData
    money: Money
    headline: Headline
    decisions: list[Decision]
    charts: list[Chart]
    notes: tuple[str, ...]


def make_report(
    data: ReportData, *, money: Money, organization: str, source: str, made_on: date
) -> Report:
    """Return the report that answers make.

    Args:
        data: The answers.
        money: How amounts are shown.
        organization: Whose bill it is.
        source: What was read, for the reader.
        made_on: The day, UTC.
    """
    told = {note for table in data.tables.values() for note in table.result.notes}
    return Report(
        organization=organization,
        source=source,
        made_on=made_on,
        data=data,
        money=money,
        headline=headline(data),
        decisions=decisions(data, money),
        charts=charts(data, money),
        notes=(f"Made on {made_on} from {source}.", *_METHOD, *sorted(told)),
    )
