"""What the other tests of pages rely on: a fault of a page is seen."""

import pytest

from tests.browser.pages import Pages


def test_a_page_is_shown_with_and_without_javascript(open_page, tmp_path):
    file = tmp_path / "page.html"
    file.write_text("<title>Evidence</title><script>document.title += '!'</script>")
    assert open_page(file).title() == "Evidence!"
    assert open_page(file, javascript=False).title() == "Evidence"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("<script>console.error('said')</script>", "said"),
        ("<script>nothing()</script>", "nothing is not defined"),
        ("<img src='http://127.0.0.1:9/pixel.png'>", "http://127.0.0.1:9/pixel.png"),
    ],
)
def test_a_fault_of_a_page_is_noted(chromium, tmp_path, content, fault):
    file = tmp_path / "page.html"
    file.write_text(content)
    pages = Pages(chromium)
    pages.open(file).wait_for_timeout(100)
    pages.close()
    assert fault in pages.faults
