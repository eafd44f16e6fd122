"""One view as its SQL file states it: question, columns with types and units, source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_KEYS: Final = ("question", "grain", "source", "history", "needs")
_COLUMN: Final = re.compile(
    r"--   (?P<name>[a-z_0-9]+): (?P<type>[a-z]+(?:\([0-9,]+\))?)(?: - .+)?"
)
_REFERENCE: Final = re.compile(r"\b(?:FROM|JOIN)\s+([a-z_]+)")


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column of a view.

    Attributes:
        name: Its name; money ends in `_usd` and is a decimal, never a double.
        type: As Athena and Glue spell it.
        meaning: Unit and meaning, as the file says it; may be empty.
    """

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One SQL file.

    Attributes:
        name: The file's and the view's name.
        question: What it answers.
        grain: What one row is.
        source: What it is made of, and by which rule.
        history: Whether a month's rows depend on earlier months, which are then read too.
        needs_tenant_tag: Whether it is meaningless if no line of the month carries a tenant.
        columns: In order.
        sql: The whole statement, comments included.
        references: Names after FROM and JOIN, its own CTEs included.
    """

    name: str
    question: str
    grain: str
    source: str
    history: bool
    needs_tenant_tag: bool
    columns: tuple[ViewColumn, ...]
    sql: str
    references: frozenset[str]


def read_view(path: Path) -> View:
    """Return the view that a file states.

    Raises:
        ValueError: If the header lacks a part or has a line that cannot be read.
    """
    text = path.read_text(encoding="utf-8")
    header = [line for line in text.split("\n\n", 1)[0].splitlines() if line]
    said: dict[str, str] = {}
    columns: list[ViewColumn] = []
    key = ""
    for line in header:
        start = re.match(r"-- ([a-z]+): (.*)", line)
        if line == "-- columns:":
            key = "columns"
        elif start and start[1] in _KEYS:
            key = start[1]
            said[key] = start[2]
        elif key == "columns":
            columns.append(_read_column(line, path))
        elif key and line.startswith("--   "):
            said[key] += " " + line.removeprefix("--   ")
        else:
            raise ValueError(f"{path}: cannot read the header's line {line!r}")
    missing = [each for each in ("question", "grain", "source", "history") if each not in said]
    if missing or not columns:
        raise ValueError(f"{path}: the header lacks {', '.join(missing or ['columns'])}")
    return View(
        name=path.stem,
        question=said["question"],
        grain=said["grain"],
        source=said["source"],
        history=said["history"].startswith("yes"),
        needs_tenant_tag=said.get("needs") == "tenant tag",
        columns=tuple(columns),
        sql=text,
        references=frozenset(_REFERENCE.findall(text)),
    )


def _read_column(line: str, path: Path) -> ViewColumn:
    found = _COLUMN.fullmatch(line)
    if not found:
        raise ValueError(f"{path}: cannot read the column line {line!r}")
    _, _, meaning = line.partition(" - ")
    return ViewColumn(found["name"], found["type"], meaning)
