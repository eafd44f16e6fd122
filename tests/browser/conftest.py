"""Pages as people see them: in Debian's Chromium, driven by Playwright (`make setup-browser`)."""

import os
import shutil
from pathlib import Path

import pytest

from tests.browser.pages import Pages

SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium; without one the tests are skipped, but never in CI."""
    executable = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        executable = None
    if executable is None:
        missing = "no Playwright or no Chromium: run make setup-browser"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        # Chromium refuses its sandbox to root, which CI runs as; it opens our own files only.
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """`open_page(file, javascript=True)` returns Playwright's page of a local file.

    The test fails at its end if a page logged an error or asked the network for anything.
    """
    pages = Pages(chromium)
    yield pages.open
    pages.close()
    assert pages.faults == []


@pytest.fixture
def screenshot():
    """Keep a picture of a page in build/screenshots: `screenshot(page, "evidence")`."""

    def take(page, name, *, whole=False):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)

    return take
