"""The verdicts of each tenant, and the facts of the platforms they stand on."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import escape

from finops_constructs.controls.catalogue import Clause
from finops_constructs.controls.control import TITLES, Control
from finops_constructs.controls.scope import TenantScope
from finops_constructs.evidence.facts import Fact
from finops_constructs.evidence.judgement import Judgement, control_verdict
from finops_constructs.evidence.live_state import LiveComparison
from finops_constructs.evidence.model import Evidence, TenantEvidence
from finops_constructs.evidence.page.html import badge, muted, table, template_anchor


def tenant_section(tenant: TenantEvidence, live: LiveComparison | None) -> str:
    """Return the verdicts of one tenant."""
    name = escape(tenant.id)
    rows = "".join(_row(tenant.id, judgement, live) for judgement in tenant.judgements)
    declared = "".join(f"<li>{escape(line)}</li>" for line in _declared(tenant.scope))
    return (
        f'<section data-tenant="{name}" id="tenant-{name}"><h2>{escape(tenant.display_name)} '
        f"({name})</h2><ul>{declared}</ul>"
        '<table><thead><tr><th scope="col" class="clause">Clause</th>'
        '<th scope="col" class="verdict-column">Verdict</th>'
        '<th scope="col" class="reason">Why</th><th scope="col">Evidence</th></tr></thead>'
        f"<tbody>\n{rows}</tbody></table></section>"
    )


def platform_sections(evidence: Evidence, live: LiveComparison | None) -> Iterator[str]:
    """Yield the facts of every stack that several tenants share."""
    for stack in evidence.stacks:
        shared = [f for f in evidence.facts if f.stack == stack.name and f.tenant is None]
        if not shared:
            continue
        groups = _by_control(shared)
        parts = [
            f'<h3 id="{_anchor(stack.name, control)}">{escape(TITLES[control])} '
            f"{badge(control_verdict(facts))}</h3>{_fact_table(facts, live)}"
            for control, facts in groups.items()
        ]
        yield f"<h2>Platform: {escape(stack.name)}</h2>" + "".join(parts)


def _row(tenant: str, judgement: Judgement, live: LiveComparison | None) -> str:
    clause = judgement.clause
    return (
        f'<tr data-tenant="{escape(tenant)}" data-clause="{clause.id}" '
        f'data-verdict="{judgement.verdict}"><td><a href="#{clause.id}">{clause.id}</a> '
        f"{escape(clause.title)}{muted(_bound(clause))}</td>"
        f"<td>{badge(judgement.verdict)}</td>"
        f"<td>{escape(judgement.reason)}</td><td>{_evidence(judgement, live)}</td></tr>\n"
    )


def _bound(clause: Clause) -> str:
    since = clause.applies_from
    binds = f"binds the {' and '.join(clause.binds)}"
    if since is None:
        return f"{binds}; good practice, no law"
    return f"{binds}; applies from {since.date}{'' if since.verified else ' (not verified)'}"


def _evidence(judgement: Judgement, live: LiveComparison | None) -> str:
    groups = _by_control(judgement.facts)
    parts = []
    for control in judgement.clause.needs:
        facts = groups.get(control, [])
        own = [fact for fact in facts if fact.tenant is not None]
        shared = [fact for fact in facts if fact.tenant is None]
        items = [*_items(own, live), *_links(shared, control)]
        lines = "".join(f"<li>{item}</li>" for item in items) or "<li>no resource declares it</li>"
        parts.append(
            f"{escape(TITLES[control])} {badge(control_verdict(facts))}"
            f'<ul class="facts">{lines}</ul>'
        )
    return "".join(parts)


def _items(facts: Sequence[Fact], live: LiveComparison | None) -> Iterator[str]:
    resources: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        resources[fact.stack, fact.logical_id].append(fact)
    for (stack, logical_id), of_one in resources.items():
        values = "<br>".join(_value(fact, live) for fact in of_one)
        link = f'<a href="#{template_anchor(stack)}">{escape(stack)}</a>'
        yield f"<code>{link} / {escape(logical_id)}</code><br>{values}"


def _value(fact: Fact, live: LiveComparison | None) -> str:
    shown = "" if fact.verdict == "supports" else f" {badge(fact.verdict)}"
    seen = f" {badge(live.of(fact).state)}" if live else ""
    value = f"{escape(fact.property)}: <b>{escape(fact.value)}</b>"
    return f"{value}{shown}{seen}{muted(fact.note)}"


def _links(shared: Sequence[Fact], control: Control) -> Iterator[str]:
    stacks: dict[str, list[Fact]] = defaultdict(list)
    for fact in shared:
        stacks[fact.stack].append(fact)
    for stack, facts in stacks.items():
        good = sum(fact.verdict == "supports" for fact in facts)
        link = f'<a href="#{_anchor(stack, control)}">{escape(stack)}</a>'
        yield f"{link}: {good} of {len(facts)} facts support it"


def _fact_table(facts: Sequence[Fact], live: LiveComparison | None) -> str:
    head = ["Resource", "Property", "Value", "Shows", *(["Account"] if live else [])]
    rows = [
        [
            f"<code>{escape(fact.logical_id)}</code>{muted(fact.type)}{muted(fact.why)}",
            escape(fact.property),
            f"<b>{escape(fact.value)}</b>{muted(fact.note)}",
            badge(fact.verdict),
            *([f"{badge(live.of(fact).state)}{muted(live.of(fact).detail)}"] if live else []),
        ]
        for fact in facts
    ]
    return table(head, rows)


def _declared(scope: TenantScope) -> Iterator[str]:
    act = scope.ai_act
    if act is None:
        yield "AI Act: role and risk classification are not declared."
    else:
        point = f", Annex III {act.annex_iii}" if act.annex_iii else ""
        yield (
            f"AI Act: {act.role}, {act.classification}{point}; declared by {act.owner} on "
            f"{act.date}. {act.basis}"
        )
    for name, law in (("DORA", scope.dora), ("MiFID II", scope.mifid)):
        if law is None:
            yield f"{name}: not declared."
        else:
            applies = "applies" if law.applies else "does not apply"
            yield f"{name}: {applies}; declared by {law.owner} on {law.date}. {law.basis}"
    for document in scope.documents:
        yield (
            f"Document for {document.clause}: {document.title}; {document.owner}, reviewed "
            f"{document.reviewed_on}, SHA-256 {document.sha256}"
        )


def _by_control(facts: Sequence[Fact]) -> dict[Control, list[Fact]]:
    groups: dict[Control, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[fact.control].append(fact)
    return groups


def _anchor(stack: str, control: Control) -> str:
    return escape(f"{stack.replace('/', '-')}-{control}")
