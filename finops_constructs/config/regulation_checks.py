"""Checks of what a tenant declares about the law."""

import difflib
import re
from collections.abc import Iterator

from finops_constructs.config.document import Document
from finops_constructs.config.faults import Fault
from finops_constructs.config.patterns import CLAUSE_PATTERN
from finops_constructs.controls.catalogue import load_catalogue


def regulation_faults(tenant: Document) -> Iterator[Fault]:
    """Yield documents for clauses that the catalogue does not know, or that are listed twice."""
    seen: set[tuple[str, str | None]] = set()
    for index in tenant.indices("regulation", "documents"):
        path = ("regulation", "documents", index, "clause")
        clause = tenant.text(*path)
        if clause is None or not re.fullmatch(CLAUSE_PATTERN, clause):
            continue
        known = load_catalogue().by_id
        if clause not in known:
            near = difflib.get_close_matches(clause[:100], known, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(known)}"
            yield tenant.fault(path, f"no clause of the catalogue; {hint}")
        entry = (clause, tenant.text("regulation", "documents", index, "sha256"))
        if entry in seen:
            yield tenant.fault(path, "the same document is listed for this clause already")
        seen.add(entry)
