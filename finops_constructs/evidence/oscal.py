"""Evidence as an OSCAL component definition: one component for each stack.

A tenant's component carries the verdicts, with the facts of its own stack; the facts of the
platform stand once, in the platform's component.
"""

import json
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from finops_constructs.controls.catalogue import Catalogue, Clause
from finops_constructs.evidence.facts import Fact
from finops_constructs.evidence.json_file import stamp
from finops_constructs.evidence.model import NOT_COVERED, Evidence, TenantEvidence
from finops_constructs.evidence.sources import Stack

# What compliance-trestle 5.2.0 reads and writes.
OSCAL_VERSION: Final = "1.2.1"
_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:finops-constructs:oscal")
_PROPERTY_NAMESPACE: Final = "urn:finops-constructs:evidence"
_BLANKS: Final = re.compile(r"\s+")


def component_definition(evidence: Evidence) -> dict[str, Any]:
    """Return the OSCAL document; every uuid follows from what it names."""
    facts: dict[str, list[Fact]] = defaultdict(list)
    for fact in evidence.facts:
        facts[fact.stack].append(fact)
    tenants = [_tenant_component(tenant, evidence) for tenant in evidence.tenants]
    platform = [
        _stack_component(stack, facts[stack.name], evidence.catalogue)
        for stack in evidence.stacks
        if any(fact.tenant is None for fact in facts[stack.name])
    ]
    components = [*platform, *tenants]
    newest = evidence.catalogue.versions[-1]
    return {
        "component-definition": {
            "uuid": _uuid("document", json.dumps(components, sort_keys=True)),
            "metadata": {
                "title": f"Technical measures of {evidence.assembly}",
                "last-modified": stamp(evidence.generated),
                "version": f"catalogue {newest.number} of {newest.date}",
                "oscal-version": OSCAL_VERSION,
                "remarks": " ".join(NOT_COVERED),
            },
            "components": components,
        }
    }


def text(evidence: Evidence) -> str:
    """Return the OSCAL file."""
    return json.dumps(component_definition(evidence), ensure_ascii=False) + "\n"


def _stack_component(stack: Stack, facts: Sequence[Fact], catalogue: Catalogue) -> dict[str, Any]:
    shared = [fact for fact in facts if fact.tenant is None]
    requirements = [
        (clause, "Measures that this stack declares for the clause.", None, relevant)
        for clause in catalogue.clauses
        if (relevant := [fact for fact in shared if fact.control in clause.needs])
    ]
    return _component(
        f"stack {stack.name}",
        title=stack.name,
        description="What all tenants of this account and Region share.",
        properties=[_property("template-sha256", stack.sha256)],
        requirements=requirements,
    )


def _tenant_component(tenant: TenantEvidence, evidence: Evidence) -> dict[str, Any]:
    own = [
        (j.clause, j.reason, j.verdict.value, [f for f in j.facts if f.tenant is not None])
        for j in tenant.judgements
    ]
    hashes = {stack.name: stack.sha256 for stack in evidence.stacks}
    return _component(
        f"tenant {tenant.id}",
        title=f"Tenant {tenant.id}",
        description=f"{tenant.display_name}: its models, budget and guard, on its platform.",
        properties=[
            _property("template-sha256", hashes[name], remarks=f"stack {name}")
            for name in tenant.stacks
            if name in hashes
        ],
        requirements=own,
    )


def _component(
    key: str,
    *,
    title: str,
    description: str,
    properties: list[dict[str, Any]],
    requirements: Sequence[tuple[Clause, str, str | None, Sequence[Fact]]],
) -> dict[str, Any]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    sources = {}
    for clause, reason, verdict, facts in requirements:
        sources[clause.instrument.id] = clause.instrument
        groups[clause.instrument.id].append(_requirement(key, clause, reason, verdict, facts))
    implementations = [
        {
            "uuid": _uuid(key, name),
            "source": sources[name].link,
            "description": f"{sources[name].title}, in the words of our own catalogue.",
            "implemented-requirements": requirements_of,
        }
        for name, requirements_of in groups.items()
    ]
    return {
        "uuid": _uuid("component", key),
        "type": "service",
        "title": title,
        "description": description,
        **({"props": properties} if properties else {}),
        # OSCAL allows no empty array.
        **({"control-implementations": implementations} if implementations else {}),
    }


def _requirement(
    key: str, clause: Clause, reason: str, verdict: str | None, facts: Iterable[Fact]
) -> dict[str, Any]:
    properties = [_property("verdict", verdict)] if verdict else []
    properties += [_evidence(fact) for fact in facts]
    return {
        "uuid": _uuid(key, clause.id),
        "control-id": clause.id,
        "description": f"{clause.title}. {reason}",
        **({"props": properties} if properties else {}),
        **({"remarks": clause.limits} if clause.limits else {}),
    }


def _evidence(fact: Fact) -> dict[str, Any]:
    where = f"{fact.stack} / {fact.logical_id} / {fact.property}: {fact.verdict}."
    return _property(
        "evidence",
        fact.value,
        kind=fact.control.value,
        remarks=f"{where} {fact.why}. {fact.note}".strip(),
    )


def _property(
    name: str, value: str, *, kind: str | None = None, remarks: str | None = None
) -> dict[str, Any]:
    return {
        "name": name,
        "ns": _PROPERTY_NAMESPACE,
        # A property's value is one line that neither begins nor ends in a blank.
        "value": _BLANKS.sub(" ", value).strip() or "(empty)",
        **({"class": kind} if kind else {}),
        **({"remarks": remarks} if remarks else {}),
    }


def _uuid(*names: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "\n".join(names)))
