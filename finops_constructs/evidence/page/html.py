"""The pieces that pages of evidence are made of."""

from collections.abc import Sequence
from html import escape


def badge(word: str) -> str:
    """Return a verdict or a state as a label that is legible without colour."""
    return f'<span class="badge {word}">{word}</span>'


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: bool = False) -> str:
    """Return a table of cells that are HTML already.

    Args:
        head: The column titles.
        rows: The rows.
        numbers: Whether all but the first column hold numbers. Default: False.
    """
    titles = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    number = ' class="number"' if numbers else ""
    lines = "".join(
        "<tr>"
        + "".join(f"<td{number if place else ''}>{cell}</td>" for place, cell in enumerate(row))
        + "</tr>\n"
        for row in rows
    )
    return f"<table><thead><tr>{titles}</tr></thead><tbody>\n{lines}</tbody></table>"


def template_anchor(stack: str) -> str:
    """Return where the page tells the hash of a stack's template."""
    return escape(f"template-{stack.replace('/', '-')}")


def muted(text: str) -> str:
    """Return a remark of less weight; empty for an empty text."""
    return f'<div class="mute">{escape(text)}</div>' if text else ""
