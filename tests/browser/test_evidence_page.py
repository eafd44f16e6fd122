"""The page of evidence as an auditor sees it: filtered, printed, and without JavaScript."""

import pytest

from finops_constructs.evidence.page import document
from tests.evidence.assemblies import HIGH_RISK, evidence_of, strongest, tenant_resources


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evidence")
    chatbot = tenant_resources({"ai_act": HIGH_RISK["ai_act"]}, tenant="chatbot", mode="shadow")
    found = evidence_of(folder / "cdk.out", {**strongest(), "finops-chatbot": chatbot})
    file = folder / "evidence.html"
    file.write_text(document.text(found))
    return file


def shown(page):
    """(tenant, clause, verdict) of the verdicts that can be seen."""
    rows = page.evaluate(
        """() => [...document.querySelectorAll("tr[data-clause]")]
            .filter((row) => row.checkVisibility())
            .map(({dataset}) => [dataset.tenant, dataset.clause, dataset.verdict])"""
    )
    return [tuple(row) for row in rows]


def test_filters_narrow_the_page_by_tenant_clause_and_verdict(open_page, page_file, screenshot):
    page = open_page(page_file)
    everything = shown(page)
    assert {tenant for tenant, _, _ in everything} == {"writer", "chatbot"}
    assert page.inner_text("output") == f"{len(everything)} of {len(everything)} verdicts"

    page.select_option("select[name=tenant]", "chatbot")
    assert {tenant for tenant, _, _ in shown(page)} == {"chatbot"}
    assert not page.locator("#tenant-writer").is_visible()

    page.select_option("select[name=clause]", "ai-act")
    assert {clause.split(".")[0] for _, clause, _ in shown(page)} == {"ai-act"}

    page.select_option("select[name=verdict]", "needs-human")
    narrowed = shown(page)
    assert narrowed
    assert {verdict for _, _, verdict in narrowed} == {"needs-human"}
    assert page.inner_text("output").startswith(f"{len(narrowed)} of ")
    screenshot(page, "evidence-filtered")

    page.click("button[type=reset]")
    page.wait_for_function("document.querySelectorAll('tr[data-clause][hidden]').length === 0")
    assert shown(page) == everything


def test_a_clause_alone_is_not_taken_for_its_neighbour(open_page, page_file):
    page = open_page(page_file)
    page.select_option("select[name=clause]", "ai-act.art-12.1")
    assert {clause for _, clause, _ in shown(page)} == {"ai-act.art-12.1"}


def test_a_filtered_page_can_be_sent_on(open_page, page_file):
    page = open_page(page_file)
    page.select_option("select[name=tenant]", "writer")
    page.select_option("select[name=verdict]", "supports")
    narrowed, address = shown(page), page.url
    page.goto("about:blank")
    page.goto(address)
    assert shown(page) == narrowed


def test_without_javascript_everything_can_be_read(open_page, page_file, screenshot):
    page = open_page(page_file, javascript=False)
    assert not page.locator("form.filter").is_visible()
    text = page.inner_text("body")
    for said in (
        "ai-act.art-19.1",
        "Head of Compliance",
        "ObjectLockConfiguration.Rule.DefaultRetention.Days",
        "What this does not show",
        "no legal assessment",
    ):
        assert said in text
    verdicts = page.locator("tr[data-clause]")
    assert verdicts.count() == page.locator("tr[data-clause]:visible").count() > 0
    screenshot(page, "evidence-without-javascript")


def test_in_print_the_filter_is_gone_and_every_verdict_there(open_page, page_file):
    page = open_page(page_file)
    page.emulate_media(media="print")
    assert not page.locator("form.filter").is_visible()
    assert len(shown(page)) == page.locator("tr[data-clause]").count()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_every_link_within_the_page_leads_somewhere(open_page, page_file):
    page = open_page(page_file)
    dead = page.evaluate(
        """() => [...document.querySelectorAll('a[href^="#"]')]
            .map((link) => link.getAttribute("href").slice(1))
            .filter((id) => !document.getElementById(id))"""
    )
    assert dead == []


def test_it_can_be_worked_by_keyboard_and_named_by_a_screen_reader(open_page, page_file):
    page = open_page(page_file)
    for name in ("Tenant", "Clause", "Verdict"):
        assert page.get_by_role("combobox", name=name).is_enabled()
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("th:not([scope])").count() == 0


def test_nothing_is_wider_than_a_small_screen(open_page, page_file, screenshot):
    page = open_page(page_file)
    page.set_viewport_size({"width": 820, "height": 1100})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    screenshot(page, "evidence")
