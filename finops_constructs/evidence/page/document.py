"""The page of evidence: one HTML file that needs nothing else, not even JavaScript."""

from collections import Counter
from html import escape
from importlib.resources import files

from finops_constructs.controls.verdict import Verdict
from finops_constructs.evidence.json_file import stamp
from finops_constructs.evidence.live_state import LiveComparison
from finops_constructs.evidence.model import NOT_COVERED, Evidence
from finops_constructs.evidence.page.html import badge, table, template_anchor
from finops_constructs.evidence.page.reference import catalogue_section, exceptions_section
from finops_constructs.evidence.page.sections import platform_sections, tenant_section


def text(evidence: Evidence, live: LiveComparison | None = None) -> str:
    """Return the page.

    Args:
        evidence: What to show.
        live: The comparison with the account. Default: none was made.
    """
    style, script = _asset("page.css"), _asset("page.js")
    title = f"Evidence: {escape(evidence.assembly)}"
    body = [
        f"<h1>{title}</h1>",
        _summary(evidence, live),
        _filter(evidence),
        *(tenant_section(tenant, live) for tenant in evidence.tenants),
        *platform_sections(evidence, live),
        exceptions_section(evidence),
        catalogue_section(evidence.catalogue),
        _stacks(evidence),
        _not_covered(),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + f"\n<script>\n{script}</script>\n</body>\n</html>\n"
    )


def _asset(name: str) -> str:
    return (files("finops_constructs.evidence.page") / name).read_text(encoding="utf-8")


def _summary(evidence: Evidence, live: LiveComparison | None) -> str:
    newest = evidence.catalogue.versions[-1]
    origin = (
        f"Read on {stamp(evidence.generated)} from {len(evidence.stacks)} templates. Clauses: "
        f"catalogue {newest.number} of {newest.date}. A verdict says what the templates show of "
        "technical measures; it is no legal assessment."
    )
    head = ["Tenant", *(badge(verdict) for verdict in Verdict)]
    rows = []
    for tenant in evidence.tenants:
        counts = Counter(judgement.verdict for judgement in tenant.judgements)
        name = f'<a href="#tenant-{escape(tenant.id)}">{escape(tenant.id)}</a>'
        rows.append([name, *(str(counts[verdict]) for verdict in Verdict)])
    told = "".join(f"<p>{escape(line)}</p>\n" for line in (origin, _live_line(live)))
    return told + table(head, rows, numbers=True)


def _live_line(live: LiveComparison | None) -> str:
    if live is None:
        return "Not compared with any account (finops evidence --live does that)."
    counts = Counter(seen.state for seen in live.observations.values())
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    callers = ", ".join(live.callers) or "nobody: no account answered"
    return f"Compared with the account on {stamp(live.checked_at)} by {callers}: {told}."


def _filter(evidence: Evidence) -> str:
    clauses = "".join(
        f'<optgroup label="{escape(instrument.title)}">'
        f'<option value="{instrument.id}">All of {escape(instrument.id)}</option>'
        + "".join(
            f'<option value="{clause.id}">{escape(clause.id)}: {escape(clause.title)}</option>'
            for clause in evidence.catalogue.clauses
            if clause.instrument is instrument
        )
        + "</optgroup>"
        for instrument in evidence.catalogue.instruments
    )
    tenants = "".join(f"<option>{escape(tenant.id)}</option>" for tenant in evidence.tenants)
    verdicts = "".join(f"<option>{verdict}</option>" for verdict in Verdict)
    selects = {"tenant": tenants, "clause": clauses, "verdict": verdicts}
    labels = "".join(
        f'<label>{name.title()}<select name="{name}"><option value="">All</option>{options}'
        "</select></label>"
        for name, options in selects.items()
    )
    return (
        f'<form class="filter" hidden>{labels}<button type="reset">Show all</button>'
        '<output name="count"></output></form>'
    )


def _stacks(evidence: Evidence) -> str:
    rows = [
        [
            f'<span id="{template_anchor(stack.name)}">{escape(stack.name)}</span>',
            escape(f"{stack.account or '?'} / {stack.region or '?'}"),
            escape(stack.file),
            f"<code>{stack.sha256}</code>",
        ]
        for stack in evidence.stacks
    ]
    return "<h2>Templates</h2>" + table(["Stack", "Account / Region", "File", "SHA-256"], rows)


def _not_covered() -> str:
    lines = "".join(f"<li>{escape(line)}</li>" for line in NOT_COVERED)
    return f"<h2>What this does not show</h2><ul>{lines}</ul>"
