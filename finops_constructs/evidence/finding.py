"""What a rule finds in one resource."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.template import Resource
from finops_constructs.checks.text import display, has_token, render
from finops_constructs.controls.verdict import Verdict

UNKNOWN: Final = "(known only at deployment)"
ABSENT: Final = "(not set)"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finding:
    """One property, and what it shows of a control.

    Attributes:
        property: Where it is, below the resource.
        value: What it says, as text.
        verdict: `supports`, `partially-supports` or `not-evidenced`.
        note: What it should be, where it is not; else empty.
        amount: The value as a number of which more is stronger. Default: it is none.
        resource: The resource, if another than the one that declares the control.
    """

    property: str
    value: str
    verdict: Verdict
    note: str = ""
    amount: Decimal | None = None
    resource: Resource | None = None


Rule = Callable[[Resource, Assembly], Iterable[Finding]]
"""Judges one resource that declares a control."""


def raw(resource: Resource) -> Mapping[str, Any]:
    """Return a resource as it stands in its template, with its policies and metadata."""
    found: Mapping[str, Any] = resource.template.body["Resources"][resource.id]
    return found


def value_at(value: Any, path: str) -> Any:
    """Return what is at a dotted path below a value; None if there is nothing."""
    for step in path.split("."):
        if isinstance(value, list) and step.isdecimal():
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


def text_of(resource: Resource, path: str) -> str:
    """Return a property as a person would write it; `ABSENT` if it is not set."""
    value = value_at(resource.properties, path)
    return ABSENT if value is None else display(render(value, resource.template))


def equals(
    resource: Resource, path: str, *wanted: str, otherwise: Verdict = Verdict.NOT_EVIDENCED
) -> Finding:
    """Return whether a property has one of the values that support the control.

    Args:
        resource: The resource.
        path: The property, dotted.
        wanted: The values that support; true and false as `true` and `false`.
        otherwise: What any other value shows. Default: not evidenced.
    """
    value = value_at(resource.properties, path)
    rendered = ABSENT if value is None else render(value, resource.template)
    if has_token(rendered):
        return Finding(
            property=path, value=display(rendered), verdict=Verdict.NOT_EVIDENCED, note=UNKNOWN
        )
    holds = rendered in wanted
    return Finding(
        property=path,
        value=rendered,
        verdict=Verdict.SUPPORTS if holds else otherwise,
        note="" if holds else f"{' or '.join(wanted)} would support it",
    )


def present(resource: Resource, path: str) -> Finding:
    """Return whether a property is set, whatever it says."""
    holds = bool(value_at(resource.properties, path))
    return Finding(
        property=path,
        value=text_of(resource, path) if holds else ABSENT,
        verdict=Verdict.SUPPORTS if holds else Verdict.NOT_EVIDENCED,
        note="" if holds else "it must be set",
    )
