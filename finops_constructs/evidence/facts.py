"""Every fact that the templates show of the controls their resources declare."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from finops_constructs.checks.template import Resource
from finops_constructs.controls.control import METADATA_KEY, Control
from finops_constructs.controls.verdict import Verdict
from finops_constructs.enforcement.statements import TENANT_TAG
from finops_constructs.evidence.finding import Finding, value_at
from finops_constructs.evidence.rules.all_rules import RULES
from finops_constructs.evidence.sources import Sources, Stack

_ENTRY: Final = "AWS::SSM::Parameter"
_KNOWN: Final = frozenset(control.value for control in Control)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One property of one resource, and what it shows of one control.

    Attributes:
        control: The control.
        stack: The stack's name.
        logical_id: The resource in the stack's template.
        type: Its CloudFormation type.
        property: Where the value is, below the resource.
        value: What it says.
        verdict: `supports`, `partially-supports` or `not-evidenced`.
        why: Why the construct that declared it says it supports the control.
        note: What would support it, or what else to know; may be empty.
        amount: The value as a number of which more is stronger; None if it is none.
        tenant: The tenant it is of; None if it is the platform's.
        template_sha256: Of the template's file.
    """

    control: Control
    stack: str
    logical_id: str
    type: str
    property: str
    value: str
    verdict: Verdict
    why: str
    note: str
    amount: Decimal | None
    tenant: str | None
    template_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a resource's `Metadata` declares.

    Attributes:
        resource: The resource.
        catalogue: The version of the catalogue it was written for.
        supports: Control's name -> why.
        tenant: The tenant it says it is of; None if it says nothing.
        scope: What is declared about a tenant and the law; empty if nothing is.
    """

    resource: Resource
    catalogue: int
    supports: Mapping[str, str]
    tenant: str | None
    scope: Mapping[str, Any]


def read_declarations(sources: Sources) -> list[Declaration]:
    """Return the declarations of all resources, in the order of stacks and logical ids."""
    found = []
    for resource in sources.assembly.resources:
        whole = resource.template.body["Resources"][resource.id]
        raw = (whole.get("Metadata") or {}).get(METADATA_KEY)
        if isinstance(raw, Mapping):
            found.append(
                Declaration(
                    resource=resource,
                    catalogue=int(raw.get("catalogue", 0)),
                    supports=raw.get("supports") or {},
                    tenant=raw.get("tenant"),
                    scope=raw.get("scope") or {},
                )
            )
    return found


def read_facts(sources: Sources, declarations: list[Declaration]) -> tuple[Fact, ...]:
    """Judge every declared control.

    A rule that cannot judge a resource makes a fact of it that evidences nothing and says why.
    """
    facts = [
        _fact(sources, declaration, Control(control), finding)
        for declaration in declarations
        for control in declaration.supports
        if control in _KNOWN
        for finding in _findings(sources, Control(control), declaration.resource)
    ]
    return tuple(
        sorted(facts, key=lambda f: (f.stack, f.control, f.logical_id, f.property, f.value))
    )


def _findings(sources: Sources, control: Control, resource: Resource) -> Iterator[Finding]:
    try:
        yield from list(RULES[control](resource, sources.assembly))
    except Exception as error:  # noqa: BLE001 - a template may hold anything
        yield Finding(
            property="(resource)",
            value=resource.type,
            verdict=Verdict.NOT_EVIDENCED,
            note=f"cannot be judged: {type(error).__name__}: {error}",
        )


def _fact(
    sources: Sources,
    declaration: Declaration,
    control: Control,
    finding: Finding,
) -> Fact:
    resource = finding.resource or declaration.resource
    stack: Stack = sources.by_template[resource.template.path]
    return Fact(
        control=control,
        stack=stack.name,
        logical_id=resource.id,
        type=resource.type,
        property=finding.property,
        value=finding.value,
        verdict=finding.verdict,
        why=declaration.supports[control.value],
        note=finding.note,
        amount=finding.amount,
        tenant=declaration.tenant or _tenant_of(declaration.resource),
        template_sha256=stack.sha256,
    )


def _tenant_of(resource: Resource) -> str | None:
    """Return whose a resource is by its own word; None for the platform's."""
    if resource.type == _ENTRY:
        parts = str(value_at(resource.properties, "Name")).split("/")
        return parts[2] if len(parts) > 3 and parts[1] == "finops" else None
    if not isinstance(resource.properties.get("Tags"), Sequence | Mapping):
        return None
    return (resource.tags() or {}).get(TENANT_TAG)
