"""Statements as files: what was issued is never written over, and shows if somebody did.

A month is issued by one file, `CB-2026-10.json`, that is there or is not; the JSON, page and CSV of
each statement are copies for people and ledgers. The file carries the SHA-256 of all before it, so
that one that was changed, or taken away, is found out before anything is added.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.report.cells import plain
from finops_constructs.report.money import cents
from finops_constructs.report.statements import Line, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finops_constructs.report.statement_store import StatementStore

SCHEMA_VERSION: Final = 1
_MONTH_FILE: Final = re.compile(r"CB-\d{4}-\d{2}\.json")
_FIRST: Final = "0" * 64


def read_statements(store: StatementStore) -> tuple[list[Statement], str]:
    """Return every statement, oldest first, and the digest that the next ones carry.

    Raises:
        CostDataError: If one was changed or is missing.
    """
    digest = _FIRST
    found: list[Statement] = []
    for name in sorted(name for name in store.names() if _MONTH_FILE.fullmatch(name)):
        text = store.read(name)
        content = _parsed(name, text)
        if content["before_sha256"] != digest:
            raise CostDataError(
                f"{store.place}/{name}: the months before it are not those it was issued after:"
                " one was changed or taken away; restore it"
            )
        found += [_statement(each) for each in content["statements"]]
        digest = hashlib.sha256(f"{digest}\n{text}".encode()).hexdigest()
    return found, digest


def write_statements(
    store: StatementStore, statements: Sequence[Statement], *, before: str, organization: str
) -> list[str]:
    """Write a month's statements, each as JSON, HTML and CSV, then issue them; return where.

    Args:
        store: Where to.
        statements: All of one month.
        before: The digest that `read_statements` returned.
        organization: Whose statements they are.

    Raises:
        CostDataError: If the month is there already: somebody else has issued it.
    """
    # The copies first: a run that breaks off has issued nothing, and can be run again.
    places = []
    for each in statements:
        store.replace(f"{each.number}.html", page(each, organization))
        store.replace(f"{each.number}.csv", as_csv(each))
        places.append(store.replace(f"{each.number}.json", _text(as_json(each))))
    month = {
        "schema_version": SCHEMA_VERSION,
        "before_sha256": before,
        "statements": [as_json(each) for each in statements],
    }
    store.create(f"CB-{statements[0].month}.json", _text(month))
    return places


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def as_json(statement: Statement) -> dict[str, Any]:
    """Return a statement as JSON; USD are texts."""
    content = {name: plain(value) for name, value in asdict(statement).items() if name != "lines"}
    lines = [
        {name: plain(value) for name, value in asdict(line).items()} for line in statement.lines
    ]
    return content | {
        "schema_version": SCHEMA_VERSION,
        "currency": "USD",
        "lines": lines,
        "total_usd": plain(statement.total_usd),
    }


def as_csv(statement: Statement) -> str:
    """Return a statement for a ledger: one line a charge."""
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    names = list(Line.__dataclass_fields__)
    writer.writerow(["number", "cost_centre", *names])
    for line in statement.lines:
        cells = (plain(value) for value in asdict(line).values())
        writer.writerow([statement.number, statement.cost_centre, *cells])
    return content.getvalue()


def page(statement: Statement, organization: str) -> str:
    """Return a statement as a page that prints on one sheet."""
    rows = "".join(
        f"<tr><td>{escape(line.kind)}</td><td>{line.month}</td><td>{escape(line.tenant)}</td>"
        f"<td>{escape(line.gl_code or '')}</td><td>{escape(line.entity or '')}</td>"
        f"<td>{escape(line.owner or '')}</td><td class=n>{cents(line.charge_usd):,}</td></tr>"
        for line in statement.lines
    )
    title = f"Chargeback statement {statement.number}"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root {{ color-scheme: light dark }} body {{ font: 15px/1.5 system-ui, sans-serif;
margin: 2rem auto; max-width: 60rem; padding: 0 1rem }} table {{ border-collapse: collapse;
width: 100% }} th, td {{ text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8888 }}
.n {{ text-align: right; font-variant-numeric: tabular-nums }} tfoot td {{ font-weight: 600 }}
</style></head><body>
<h1>{title}</h1>
<p>{escape(organization)}: use of Amazon Bedrock in {statement.month}, charged to cost centre
<strong>{escape(statement.cost_centre)}</strong>, in USD.</p>
<table><thead><tr><th>Kind</th><th>Month</th><th>Tenant</th><th>Ledger account</th><th>Entity</th>
<th>Owner</th><th class=n>USD</th></tr></thead><tbody>{rows}</tbody>
<tfoot><tr><td colspan=6>Total</td><td class=n>{statement.total_usd:,}</td></tr></tfoot></table>
<p>Issued on {statement.issued_on} from a {statement.basis} bill. Shared cost:
{escape(statement.allocation_rule)}. This statement never changes: what AWS restates later is a
true-up in a later one.</p>
</body></html>
"""


def _parsed(name: str, text: str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(text)
        missing = {"before_sha256", "schema_version", "statements"} - content.keys()
    except (ValueError, AttributeError):
        raise CostDataError(f"{name}: is no statement: restore it") from None
    if missing or content["schema_version"] != SCHEMA_VERSION:
        raise CostDataError(f"{name}: is no statement of this version: restore it")
    return content


def _statement(content: dict[str, Any]) -> Statement:
    lines = tuple(
        Line(**(line | {"charge_usd": Decimal(line["charge_usd"])})) for line in content["lines"]
    )
    names = ("number", "month", "cost_centre", "basis", "allocation_rule")
    return Statement(
        **{name: content[name] for name in names},
        issued_on=date.fromisoformat(content["issued_on"]),
        lines=lines,
    )
