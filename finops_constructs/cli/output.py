"""What the commands print alike: JSON, faults by file, counts."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

import click

from finops_constructs.config.faults import Fault


def print_json(content: Mapping[str, Any]) -> None:
    """Print one JSON object, the same bytes for the same content."""
    click.echo(json.dumps(content, indent=2, sort_keys=True, default=str))


def faults_as_json(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """Return faults as JSON objects."""
    return [asdict(fault) for fault in faults]


def print_faults(faults: Sequence[Fault], noun: str) -> None:
    """Print faults under the name and count of each file.

    Args:
        faults: The faults, by file.
        noun: What one of them is called: `fault` or `warning`.
    """
    for file, group in groupby(faults, key=lambda fault: fault.file):
        of_file = list(group)
        click.echo(f"{file}: {counted(len(of_file), noun)}")
        for fault in of_file:
            click.echo(f"  {fault}")


def counted(count: int, noun: str) -> str:
    """Return a number with its noun: `1 fault`, `2 faults`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
