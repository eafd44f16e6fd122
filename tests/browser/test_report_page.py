"""The report page as its readers use it: on a screen of two widths, in the dark, and on paper."""

from datetime import date

import pytest

from finops_constructs.cost_data.duckdb_engine import DuckDbEngine
from finops_constructs.cost_data.sample.inputs import write_inputs
from finops_constructs.cost_data.sample.writer import plan_months, write_sample
from finops_constructs.report.files import write_report
from finops_constructs.report.gather import gather
from finops_constructs.report.money import Money
from finops_constructs.report.report import make_report
from finops_constructs.report.scope import choose_scope

MISSING = "\N{EN DASH}"
AS_OF = date(2026, 11, 24)
CHARTS = 8


@pytest.fixture(scope="session")
def report_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bill")
    months = plan_months(last=AS_OF, months=6, rows=3000)
    write_inputs(folder, months, write_sample(folder, months).ledger)
    engine = DuckDbEngine(folder, as_of=AS_OF, threads=1)
    made = make_report(
        gather(engine, choose_scope(engine.months())),
        money=Money(),
        organization="Example <b>Bank</b>",
        source="a sample",
        made_on=AS_OF,
    )
    engine.close()
    out = tmp_path_factory.mktemp("report")
    write_report(made, out)
    return out / "report.html"


@pytest.fixture
def drawn(open_page, report_file):
    page = open_page(report_file)
    page.wait_for_selector("html[data-drawn=yes]")
    return page


def cells(page, table, column):
    return page.locator(f"#{table} tbody tr:not([hidden]) td:nth-child({column})").all_inner_texts()


def test_every_chart_is_drawn_and_what_the_configuration_says_is_text(drawn):
    assert drawn.locator(".plot .main-svg").first.is_visible()
    assert drawn.locator(".plot:has(.main-svg)").count() == CHARTS
    assert "<b>Bank</b>" in drawn.locator("h1").inner_text()


def test_a_table_is_sorted_by_number_and_by_text_and_unknown_values_come_last(drawn):
    drawn.locator("#showback summary").click()
    head = drawn.locator("#showback th", has_text="tokens").locator("button")
    place = drawn.locator("#showback th").all_inner_texts().index("tokens") + 1
    head.click()
    assert drawn.locator("#showback th[aria-sort=descending]").count() == 1
    numbers = [
        int(text.replace(",", "")) for text in cells(drawn, "showback", place) if text != MISSING
    ]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) > 4
    head.click()
    again = [text for text in cells(drawn, "showback", place) if text != MISSING]
    assert [int(text.replace(",", "")) for text in again] == sorted(numbers)
    drawn.locator("#showback th", has_text="tenant").locator("button").click()
    names = cells(drawn, "showback", 2)
    assert names == sorted(names, key=str.lower)


def test_a_filter_leaves_rows_with_every_word_and_counts_them(drawn):
    drawn.locator("#model_mix summary").click()
    drawn.locator("#model_mix input").fill("writer haiku")
    assert drawn.locator("#model_mix output").inner_text().startswith("1 of ")
    assert cells(drawn, "model_mix", 2) == ["writer"]


def test_a_link_of_a_number_opens_its_table(drawn):
    assert not drawn.locator("#untagged_spend table").is_visible()
    drawn.locator(".card a", has_text="untagged_spend").click()
    drawn.locator("#untagged_spend table").wait_for(state="visible")


def test_it_prints_every_table_in_light_colours(drawn, tmp_path):
    drawn.emulate_media(color_scheme="dark")
    file = tmp_path / "report.pdf"
    drawn.pdf(path=file, format="A4")
    assert file.read_bytes().startswith(b"%PDF-")
    assert file.stat().st_size > 100_000
    drawn.emulate_media(media="print")
    assert drawn.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def eventually(page, condition):
    """Whether a condition comes to hold; the page's own policy forbids Playwright's waiting."""
    for _ in range(100):
        if page.evaluate(condition):
            return True
        page.wait_for_timeout(100)
    return False


@pytest.mark.parametrize(("name", "width"), [("wide", 1280), ("narrow", 390)])
def test_nothing_is_cut_off_at_two_widths(drawn, screenshot, name, width):
    drawn.set_viewport_size({"width": width, "height": 900})
    charts = "[...document.querySelectorAll('.main-svg')].every(s => s.clientWidth <= innerWidth)"
    assert eventually(drawn, charts)
    assert eventually(drawn, "document.documentElement.scrollWidth <= window.innerWidth")
    screenshot(drawn, f"report-{name}", whole=True)


def test_in_the_dark_the_charts_are_dark_too(drawn, screenshot):
    drawn.emulate_media(color_scheme="dark")
    drawn.wait_for_timeout(300)
    ink = drawn.locator(".plot .xtick text").first.evaluate("e => getComputedStyle(e).fill")
    assert ink == "rgb(230, 237, 243)"
    screenshot(drawn, "report-dark")


def test_without_javascript_the_numbers_and_decisions_are_there(open_page, report_file):
    page = open_page(report_file, javascript=False)
    assert page.locator(".card strong").count() == 5
    assert page.locator(".decisions li").count() >= 1
