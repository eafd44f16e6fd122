"""The report as one HTML file: the three-minute part, the charts, every table."""

from __future__ import annotations

import importlib.resources
import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.report.cards import cards
from finops_constructs.report.page_table import table_section

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finops_constructs.report.decisions import Decision
    from finops_constructs.report.figures import Chart
    from finops_constructs.report.report import Report

_HERE: Final = Path(__file__).parent
# Everything is in the file: a page that asks the network for anything is refused by the browser.
_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)


def page(report: Report) -> str:
    """Return the HTML."""
    return "\n".join(_parts(report))


def chart_library() -> str:
    """Return Plotly's script, as its package carries it.

    Raises:
        CostDataError: If it is not installed.
    """
    try:
        package = importlib.resources.files("plotly.package_data")
        return package.joinpath("plotly.min.js").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        raise CostDataError(
            "a report needs Plotly, which is not installed: pip install 'finops-constructs[report]'"
        ) from None


def _parts(report: Report) -> Iterator[str]:
    title = f"AI spend of {report.organization}, {report.data.scope.title}"
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f"<title>{escape(title)}</title>"
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>\n{_asset('page.css')}</style>\n</head>\n<body>"
    yield from _head(report, title)
    yield '<section class="cards" aria-label="In short">'
    yield from (card.html() for card in cards(report))
    yield "</section>"
    yield from _decisions(report.decisions, report)
    yield "<h2>Charts</h2>"
    yield '<section class="charts">'
    yield from (_chart(each) for each in report.charts)
    yield "</section>"
    yield "<h2>Tables</h2>"
    yield from (table_section(each, report.money) for each in report.data.tables.values())
    yield from _notes(report)
    yield from _scripts(report)
    yield "</body>\n</html>\n"


def _head(report: Report, title: str) -> Iterator[str]:
    data = report.data
    yield f"<header><h1>{escape(title)}</h1>"
    through = f"{data.data_through:%Y-%m-%d %H:%M} UTC" if data.data_through else "not known"
    yield (
        f'<p><span class="status">{data.status}</span> Data through {through}. Billed, unblended'
        " cost, as AWS reports it; estimates are called so.</p>"
    )
    if data.scope.filters:
        parts = "; ".join(
            f"{name} is {' or '.join(values)}" for name, values in data.scope.filters.items()
        )
        yield f'<p class="faint">A part of the bill: {escape(parts)}.</p>'
    rate = report.money.rate
    if rate:
        yield (
            f'<p class="faint">USD 1 = {rate.currency} {rate.per_usd} ({escape(rate.source)},'
            f" {rate.as_of}). AWS bills USD: the files beside this page are in USD.</p>"
        )
    yield "</header>"


def _decisions(found: Sequence[Decision], report: Report) -> Iterator[str]:
    yield "<h2>To decide</h2>"
    if not found:
        yield "<p>Nothing above 1 % of the cost.</p>"
        return
    yield '<ol class="decisions">'
    for each in found:
        stake = report.money.both(each.usd)
        yield (
            f"<li>{escape(each.what)}<br>"
            f'<span class="faint">Owner: {escape(each.owner)}. At stake: {stake} a month, see '
            f'<a href="#{each.table}">{each.table}</a>.</span></li>'
        )
    yield "</ol>"


def _chart(chart: Chart) -> str:
    return (
        f'<figure class="chart" style="margin:0"><figcaption><h3>{escape(chart.title)}</h3>'
        f'<p class="faint">{escape(chart.says)} <a href="#{chart.table}">Numbers</a></p>'
        f'</figcaption><div class="plot" id="{chart.id}" role="img"'
        f' aria-label="{escape(chart.title)}. {escape(chart.says)}"></div></figure>'
    )


def _notes(report: Report) -> Iterator[str]:
    yield "<h2>How to read this</h2>\n<ul>"
    for name, why in report.data.left_out.items():
        yield f"<li>{escape(name)} is not shown: {escape(why)}</li>"
    for note in report.notes:
        yield f"<li>{escape(note)}</li>"
    yield "</ul>"


def _scripts(report: Report) -> Iterator[str]:
    figures = {chart.id: chart.figure for chart in report.charts}
    # "</" would end the script wherever it stands in it.
    content = json.dumps(figures, ensure_ascii=False).replace("</", "<\\/")
    yield f'<script type="application/json" id="figures">{content}</script>'
    library = chart_library().replace("</script", "<\\/script")
    yield f"<script>{library}</script>"
    yield f"<script>\n{_asset('page.js')}</script>"


def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
