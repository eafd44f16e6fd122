"""Options that are a name and a text."""

from __future__ import annotations

from typing import Any

import click


class Pair(click.ParamType):  # type: ignore[type-arg]  # generic in later releases only
    """`NAME=TEXT`, split at the first equals sign.

    Args:
        shape: How the message writes it.
    """

    name = "pair"

    def __init__(self, shape: str) -> None:
        self._shape = shape

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return name and text."""
        if isinstance(value, tuple):
            return value
        name, sign, text = str(value).partition("=")
        if not sign or not name.strip() or not text.strip():
            self.fail(f"{value!r}: write {self._shape}", param, ctx)
        return name.strip(), text.strip()
