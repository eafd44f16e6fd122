"""Evidence as CSV: a row for every tenant, clause and fact."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from finops_constructs.controls.control import TITLES
from finops_constructs.evidence.facts import Fact
from finops_constructs.evidence.json_file import stamp
from finops_constructs.evidence.judgement import Judgement
from finops_constructs.evidence.live_state import LiveComparison
from finops_constructs.evidence.model import Evidence, TenantEvidence

COLUMNS: Final = (
    *("tenant", "instrument", "clause", "clause_title", "binds", "applies_from"),
    *("applies_from_verified", "verdict", "reason", "control", "control_title", "stack"),
    *("logical_id", "resource_type", "property", "value", "shows", "note", "why"),
    *("template_sha256", "live", "live_detail", "live_checked_at", "live_callers"),
)
# Spreadsheets take text that begins so for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def text(evidence: Evidence, live: LiveComparison | None = None) -> str:
    """Return the CSV file, UTF-8 with a header; a clause without a fact has one row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for tenant in evidence.tenants:
        for judgement in tenant.judgements:
            head = _clause_cells(tenant, judgement)
            for tail in _fact_rows(judgement, live):
                writer.writerow([_inert(cell) for cell in (*head, *tail)])
    return out.getvalue()


def _clause_cells(tenant: TenantEvidence, judgement: Judgement) -> tuple[str, ...]:
    clause = judgement.clause
    since = clause.applies_from
    return (
        tenant.id,
        clause.instrument.title,
        clause.id,
        clause.title,
        " ".join(clause.binds),
        since.date.isoformat() if since else "",
        str(since.verified).lower() if since else "",
        judgement.verdict.value,
        judgement.reason,
    )


def _fact_rows(judgement: Judgement, live: LiveComparison | None) -> Iterator[tuple[str, ...]]:
    if not judgement.facts:
        yield ("",) * (len(COLUMNS) - 9)
    for fact in judgement.facts:
        yield (*_fact_cells(fact), *_live_cells(fact, live))


def _fact_cells(fact: Fact) -> tuple[str, ...]:
    return (
        fact.control.value,
        TITLES[fact.control],
        fact.stack,
        fact.logical_id,
        fact.type,
        fact.property,
        fact.value,
        fact.verdict.value,
        fact.note,
        fact.why,
        fact.template_sha256,
    )


def _live_cells(fact: Fact, live: LiveComparison | None) -> tuple[str, ...]:
    if live is None:
        return ("", "", "", "")
    seen = live.of(fact)
    return seen.state.value, seen.detail, stamp(live.checked_at), " ".join(live.callers)


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
