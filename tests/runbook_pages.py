"""The sections of the runbooks, for the tests of what names them."""

import re
from pathlib import Path

RUNBOOKS = Path(__file__).resolve().parents[1] / "docs" / "runbooks"
PARTS = ("**Means.**", "**See.**", "**Do.**", "**By hand.**", "**Worked.**")


def sections(page):
    """Each section of a page that has one for each alarm: its name, and its text."""
    _, *parts = re.split(r"^## (?=[a-z-]+$)", (RUNBOOKS / page).read_text(), flags=re.MULTILINE)
    named = (part.partition("\n") for part in parts)
    return {name: text for name, _, text in named}
