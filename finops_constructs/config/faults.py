"""What is wrong with a configuration: one fault per key, rendered one per line."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

KeyPath = tuple[str | int, ...]

_MAX_SHOWN: Final = 60
_MAX_PROBLEM: Final = 1000


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Fault:
    """One thing wrong, or worth knowing, about one key of one file."""

    file: str
    """Path of the file, as it was opened."""
    line: int
    """Line of the key, from 1; 0 where the file as a whole is at fault."""
    key: str
    """Path of the key, such as `models.smart.model`; empty where the file is at fault."""
    value: str
    """What was given, abbreviated; empty where there is no value."""
    problem: str
    """What is wrong and what is allowed: lower case, no final period."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        subject = ": ".join(part for part in (self.key, self.value) if part)
        return f"{place}: {subject} -- {self.problem}" if subject else f"{place}: {self.problem}"


class ConfigFaults(ValueError):  # noqa: N818 - it carries faults, plural; "Error" would hide that
    """Everything that is wrong with a configuration folder.

    Attributes:
        faults: The faults, by file and line.
        warnings: What `ConfigFolder.warnings` would have held.
        tenant_files: How many tenant files were looked at.
    """

    def __init__(
        self, faults: Sequence[Fault], warnings: Sequence[Fault] = (), tenant_files: int = 0
    ) -> None:
        self.faults = tuple(sorted(faults))
        self.warnings = tuple(sorted(warnings))
        self.tenant_files = tenant_files
        super().__init__("\n".join(str(fault) for fault in self.faults))


def shown(value: object) -> str:
    """Return a value as a message shows it: on one line, printable, abbreviated."""
    if value is None:
        return "(empty)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return abbreviated(str(value))
    if isinstance(value, str):
        return abbreviated(repr(value[: _MAX_SHOWN + 1]), len(value))
    kind = "mapping" if isinstance(value, dict) else "list"
    size = len(value) if isinstance(value, dict | list) else 0
    return f"(a {kind} of {size})"


def abbreviated(text: str, length: int | None = None) -> str:
    """Return `text`, cut after 60 characters and then telling its true length."""
    if len(text) <= _MAX_SHOWN:
        return text
    return f"{text[:_MAX_SHOWN]}... ({len(text) if length is None else length} characters)"


def shown_key(path: KeyPath) -> str:
    """Return a key path as a message shows it: `models.smart.model`, `emails[1]`."""
    parts: list[str] = []
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif step.replace("_", "").replace("-", "").isalnum() and len(step) <= _MAX_SHOWN:
            parts.append(f".{step}" if parts else step)
        else:
            parts.append(f"[{shown(step)}]")
    return "".join(parts)


def one_line(problem: str) -> str:
    """Return a message without control characters that a quoted value brought in."""
    text = problem[:_MAX_PROBLEM]
    return text if text.isprintable() else repr(text)[1:-1]


def shown_file(path: object) -> str:
    """Return a path without line breaks, control characters or undecodable bytes."""
    text = str(path)
    return text if text.isprintable() else repr(text)[1:-1]
