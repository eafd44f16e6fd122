"""What the verdicts refer to: the clauses, and the findings that somebody accepted."""

from html import escape

from finops_constructs.controls.catalogue import Catalogue, Clause
from finops_constructs.evidence.model import Evidence
from finops_constructs.evidence.page.html import muted, table


def catalogue_section(catalogue: Catalogue) -> str:
    """Return every clause: our words, whom it binds, since when, what templates cannot show."""
    parts = []
    for instrument in catalogue.instruments:
        rows = "".join(
            _clause(clause) for clause in catalogue.clauses if clause.instrument is instrument
        )
        parts.append(
            f'<h3><a href="{escape(instrument.link)}">{escape(instrument.title)}</a></h3>'
            '<table><thead><tr><th scope="col">Clause</th><th scope="col">In our words</th>'
            '<th scope="col">Binds</th><th scope="col">Applies from</th></tr></thead>'
            f"<tbody>\n{rows}</tbody></table>"
        )
    return "<h2>The clauses</h2>" + "".join(parts)


def exceptions_section(evidence: Evidence) -> str:
    """Return the findings of checks that were accepted, with their reasons."""
    # One reason is given for many constructs; it is read once.
    groups: dict[tuple[str, str], list[str]] = {}
    for each in evidence.exceptions:
        groups.setdefault((each.rule, each.reason), []).append(each.where.lstrip("/"))
    rows = [
        [escape(rule), escape(reason), "<br>".join(escape(place) for place in sorted(where))]
        for (rule, reason), where in sorted(groups.items())
    ]
    if not rows:
        return "<h2>Accepted findings</h2><p>None.</p>"
    return "<h2>Accepted findings</h2>" + table(["Rule", "Reason", "Where"], rows)


def _clause(clause: Clause) -> str:
    since = clause.applies_from
    wording = {
        "checked": "",
        "practice": "",
        "from-memory": "Paraphrase from memory, not checked.",
    }[clause.wording]
    applies = "good practice" if since is None else f"{since.date}{muted(since.source)}"
    unverified = "" if since is None or since.verified else muted("not verified")
    return (
        f'<tr id="{clause.id}"><td>{clause.id} <b>{escape(clause.title)}</b></td>'
        f"<td>{escape(clause.paraphrase)}{muted(clause.limits)}{muted(wording)}</td>"
        f"<td>{escape(', '.join(clause.binds))}</td><td>{applies}{unverified}</td></tr>\n"
    )
