"""Every section of the runbooks says the five things that somebody who was woken needs."""

import re

import pytest

from tests.runbook_pages import PARTS, RUNBOOKS, sections

PAGES = ("audit-log.md", "bill.md", "canary.md", "guard.md")


@pytest.mark.parametrize("page", PAGES)
def test_each_section_says_five_things_in_order(page):
    found = sections(page)
    assert found
    for name, text in found.items():
        places = [text.find(part) for part in PARTS]
        assert places == sorted(places), name
        assert min(places) >= 0, name


def test_the_overview_lists_every_page_and_no_link_leads_nowhere():
    pages = {file.name for file in RUNBOOKS.glob("*.md")} - {"README.md"}
    links = set(re.findall(r"\]\(([a-z-]+\.md)\)", (RUNBOOKS / "README.md").read_text()))
    assert links == pages
    for file in RUNBOOKS.glob("*.md"):
        for link in re.findall(r"\]\(([^)#]+\.md)", file.read_text()):
            assert (RUNBOOKS / link).resolve().is_file(), f"{file.name}: {link}"
