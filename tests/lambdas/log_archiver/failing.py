"""A client that dies at its n-th call, and again every time until it is told to live."""

from typing import Any


class DiedError(Exception):
    """The function ended here."""


class DyingClient:
    """Hands on calls, until it dies.

    Args:
        client: The client.
        after: How many calls it makes first.
    """

    def __init__(self, client: Any, after: int) -> None:
        self._client, self._left = client, after

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._client, name)
        if name.startswith("_") or name in {"exceptions", "meta", "get_paginator"}:
            return attribute

        def call(**arguments: Any) -> Any:
            if self._left <= 0:
                raise DiedError(name)
            self._left -= 1
            return attribute(**arguments)

        return call
