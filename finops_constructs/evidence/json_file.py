"""Evidence as JSON: everything, once, with references by number."""

import json
from datetime import datetime
from typing import Any, Final

from finops_constructs.controls.catalogue import Catalogue, Clause
from finops_constructs.controls.control import TITLES
from finops_constructs.evidence.facts import Fact
from finops_constructs.evidence.live_state import LiveComparison
from finops_constructs.evidence.model import NOT_COVERED, Evidence, TenantEvidence

SCHEMA_VERSION: Final = 1


def as_json(evidence: Evidence, live: LiveComparison | None = None) -> dict[str, Any]:
    """Return the evidence as plain data.

    `tenants[].verdicts[].facts` are positions in `facts`.
    """
    numbers = {fact: number for number, fact in enumerate(evidence.facts)}
    return {
        "schema_version": SCHEMA_VERSION,
        "assembly": evidence.assembly,
        "generated": stamp(evidence.generated),
        "catalogue": _catalogue(evidence.catalogue, evidence.assembly_catalogue),
        "stacks": [
            {
                "name": stack.name,
                "account": stack.account,
                "region": stack.region,
                "template": stack.file,
                "sha256": stack.sha256,
            }
            for stack in evidence.stacks
        ],
        "tenants": [_tenant(tenant, numbers) for tenant in evidence.tenants],
        "facts": [_fact(fact, live) for fact in evidence.facts],
        "exceptions": [
            {"stack": e.stack, "where": e.where, "rule": e.rule, "reason": e.reason}
            for e in evidence.exceptions
        ],
        "not_covered": list(NOT_COVERED),
        "live": {"checked_at": stamp(live.checked_at), "callers": list(live.callers)}
        if live
        else None,
    }


def text(evidence: Evidence, live: LiveComparison | None = None) -> str:
    """Return the JSON file: the same bytes for the same evidence."""
    return json.dumps(as_json(evidence, live), ensure_ascii=False) + "\n"


def stamp(moment: datetime) -> str:
    """Return a time as text, to the second, with its zone."""
    return moment.isoformat(timespec="seconds")


def _catalogue(catalogue: Catalogue, of_assembly: int | None) -> dict[str, Any]:
    newest = catalogue.versions[-1]
    return {
        "version": newest.number,
        "date": newest.date.isoformat(),
        "digest": newest.digest,
        "assembly_version": of_assembly,
        "clauses": [_clause(clause) for clause in catalogue.clauses],
    }


def _clause(clause: Clause) -> dict[str, Any]:
    since = clause.applies_from
    return {
        "id": clause.id,
        "instrument": clause.instrument.title,
        "link": clause.instrument.link,
        "title": clause.title,
        "paraphrase": clause.paraphrase,
        "wording": clause.wording,
        "binds": list(clause.binds),
        "applies_from": {
            "date": since.date.isoformat(),
            "source": since.source,
            "verified": since.verified,
        }
        if since
        else None,
        "answered_by": clause.answered_by.value,
        "needs": [control.value for control in clause.needs],
        "at_best": clause.at_best.value,
        "limits": clause.limits,
    }


def _tenant(tenant: TenantEvidence, numbers: dict[Fact, int]) -> dict[str, Any]:
    return {
        "id": tenant.id,
        "display_name": tenant.display_name,
        "account": tenant.account,
        "region": tenant.region,
        "stacks": list(tenant.stacks),
        "declared": tenant.scope.as_metadata(),
        "verdicts": [
            {
                "clause": judgement.clause.id,
                "verdict": judgement.verdict.value,
                "reason": judgement.reason,
                "facts": [numbers[fact] for fact in judgement.facts],
            }
            for judgement in tenant.judgements
        ],
    }


def _fact(fact: Fact, live: LiveComparison | None) -> dict[str, Any]:
    seen = live.of(fact) if live else None
    return {
        "control": fact.control.value,
        "control_title": TITLES[fact.control],
        "tenant": fact.tenant,
        "stack": fact.stack,
        "logical_id": fact.logical_id,
        "type": fact.type,
        "property": fact.property,
        "value": fact.value,
        "shows": fact.verdict.value,
        "why": fact.why,
        "note": fact.note,
        "template_sha256": fact.template_sha256,
    } | ({"live": seen.state.value, "live_detail": seen.detail} if seen else {})
