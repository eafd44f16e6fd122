"""A role that calls for two tenants blurs whose spend it is, so both must say so."""

from collections import defaultdict

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.registry import Entry, EntryKind
from finops_constructs.checks.roles import Role, role_of_text
from finops_constructs.checks.rule import Finding, Rule, finding


def _find(assembly: Assembly) -> list[Finding]:
    callers: dict[str, list[tuple[Role, Entry]]] = defaultdict(list)
    for entry in assembly.entries(EntryKind.CALLER):
        arn = entry.text("role_arn")
        if arn:
            role = role_of_text(arn, entry.resource.template)
            callers[role.name].append((role, entry))
    findings = []
    for entries in callers.values():
        for role, entry in entries:
            others = {e.tenant for r, e in entries if r.is_same(role)} - {entry.tenant}
            undeclared = sorted(others - set(entry.value.get("shared_with") or ()))
            if undeclared:
                detail = f"{entry.tenant} shares {role} with {', '.join(undeclared)} undeclared"
                findings.append(finding(entry.resource, detail, "Properties.Value"))
    return findings


SHARED_CALLER = Rule(
    id="shared-caller",
    description="A role is registered as caller of two tenants that do not both declare it shared",
    fix="Give each tenant its own role, or list the other tenant under shared_with in both.",
    find=_find,
)
