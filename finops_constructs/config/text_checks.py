"""Text that CloudFormation would take for a reference wherever it lands in a template."""

from collections.abc import Iterator
from typing import Any, Final

from finops_constructs.config.document import Document
from finops_constructs.config.faults import Fault, KeyPath

# Fn::Sub variables, and dynamic references, which would put a secret where anybody reads it.
_REFERENCES: Final = ("${", "{{resolve:")


def reference_faults(document: Document) -> Iterator[Fault]:
    """Yield every text of a file that CloudFormation would read as a reference."""
    for path, text in _texts((), document.data):
        for reference in _REFERENCES:
            if reference in text:
                problem = f"must not contain {reference}, which CloudFormation would replace"
                yield document.fault(path, problem)


def _texts(path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts((*path, key), each)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts((*path, index), each)
