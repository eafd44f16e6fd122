"""What a check is: an id, a text for people, and a function over the app's templates."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.template import Resource, Template


class Severity(StrEnum):
    """How much a finding weighs: only an error fails the synthesis."""

    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One resource that breaks a rule.

    Attributes:
        detail: What is wrong with it: lower case, no final period.
        template: The template it is in.
        resource: The resource; None if the stack itself is at fault.
        location: Path below the resource, such as `Properties.Tags`.
        severity: Severity of this finding; None: the rule's.
    """

    detail: str
    template: Template
    resource: Resource | None = None
    location: str = ""
    severity: Severity | None = None


def finding(
    resource: Resource, detail: str, location: str, severity: Severity | None = None
) -> Finding:
    """Return a finding on a resource.

    Args:
        resource: The resource that breaks the rule.
        detail: What is wrong with it.
        location: Path below the resource.
        severity: Default: the rule's.
    """
    return Finding(
        detail=detail,
        template=resource.template,
        resource=resource,
        location=location,
        severity=severity,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One check.

    Attributes:
        id: Kebab-case; `finops::<id>` acknowledges it, so it is public API.
        description: What is refused, in one sentence.
        fix: What to do about it.
        find: Returns every finding in the app.
        severity: Severity of its findings.
    """

    id: str
    description: str
    fix: str
    find: Callable[[Assembly], list[Finding]]
    severity: Severity = Severity.ERROR
