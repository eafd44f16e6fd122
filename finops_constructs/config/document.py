"""One YAML file as plain data that knows the line of every key, whatever is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from finops_constructs.config.faults import Fault, KeyPath, abbreviated, one_line, shown, shown_key


@dataclass(slots=True)
class Document:
    """The data of one file.

    The accessors never fail: what is absent or of another type reads as None or as empty, so that
    a check may run on a file that has other faults.
    """

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    """The top-level mapping."""
    lines: dict[KeyPath, int] = field(default_factory=dict)
    """Line of every key and list entry, from 1."""
    texts: dict[KeyPath, str] = field(default_factory=dict)
    """Source text of the values that YAML did not read as text."""
    faults: list[Fault] = field(default_factory=list)
    """What is wrong with the YAML itself."""
    broken: set[KeyPath] = field(default_factory=set)
    """Paths whose value was lost to such a fault; nothing more is said about them."""
    usable: bool = True
    """False if the file could not be read to its end, so that absent keys mean nothing."""

    def fault(self, path: KeyPath, problem: str, *, value: str | None = None) -> Fault:
        """Return a fault of the value at `path`, or of the place where it should be."""
        return Fault(
            file=self.file,
            line=self.line(path),
            key=shown_key(path),
            value=self.shown(path) if value is None else value,
            problem=one_line(problem),
        )

    def line(self, path: KeyPath) -> int:
        """Return the line of a key, or of the nearest key above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def shown(self, path: KeyPath) -> str:
        """Return the value at `path` as it was written, abbreviated."""
        if path in self.texts:
            return abbreviated(self.texts[path]) or shown(None)
        return shown(self.get(*path)) if path in self.lines else "(missing)"

    def get(self, *path: str | int) -> Any:
        """Return the value at a path; None if there is none."""
        value: Any = self.data
        for step in path:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def text(self, *path: str | int) -> str | None:
        """Return the text at a path; None if there is none."""
        value = self.get(*path)
        return value if isinstance(value, str) else None

    def number(self, *path: str | int) -> Decimal | None:
        """Return the finite number at a path; None if there is none."""
        value = self.get(*path)
        if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
            return None
        try:
            number = Decimal(value)
        except InvalidOperation:
            return None
        return number if number.is_finite() else None

    def keys(self, *path: str | int) -> list[str]:
        """Return the keys of the mapping at a path; none if there is no mapping."""
        value = self.get(*path)
        return list(value) if isinstance(value, dict) else []

    def indices(self, *path: str | int) -> range:
        """Return the indices of the list at a path; none if there is no list."""
        value = self.get(*path)
        return range(len(value)) if isinstance(value, list) else range(0)

    def texts_of(self, *path: str | int) -> Iterator[tuple[KeyPath, str]]:
        """Yield path and text of every entry of the list at `path` that is text."""
        for index in self.indices(*path):
            text = self.text(*path, index)
            if text is not None:
                yield (*path, index), text
