"""A caller without the standing deny can use any broad right it has beside the grant."""

from collections.abc import Iterator

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.registry import EntryKind
from finops_constructs.checks.roles import Role, role_of_text
from finops_constructs.checks.rule import Finding, Rule, finding
from finops_constructs.checks.template import Resource
from finops_constructs.enforcement.modes import Guard
from finops_constructs.enforcement.statements import TENANT_TAG

_FOREIGN_PROFILE = ("stringnotequals", f"aws:resourcetag/{TENANT_TAG}")


def _find(assembly: Assembly) -> list[Finding]:
    guarded = {
        tenant
        for tenant, entry in assembly.policy_entries.items()
        if entry.text("guard") == Guard.ENFORCE
    }
    if not guarded:
        return []
    denied = _standing_denies(assembly)
    reported: set[tuple[str, Role]] = set()
    findings = []
    for tenant, role, resource, location in _callers(assembly):
        held = any(role.is_same(other) for other in denied.get(tenant, []))
        if tenant in guarded and not held and (tenant, role) not in reported:
            reported.add((tenant, role))
            detail = f"role {role} calls {tenant}, whose guard is enforce"
            findings.append(finding(resource, detail, location))
    return findings


def _standing_denies(assembly: Assembly) -> dict[str, list[Role]]:
    """Return tenant -> roles that are denied every other tenant's profiles."""
    denied: dict[str, list[Role]] = {}
    for policy in assembly.policies:
        for statement in policy.statements:
            if not statement.allows and statement.covers_invoke:
                for tenant in statement.condition.get(_FOREIGN_PROFILE, ()):
                    denied.setdefault(tenant, []).extend(policy.roles)
    return denied


def _callers(assembly: Assembly) -> Iterator[tuple[str, Role, Resource, str]]:
    for entry in assembly.entries(EntryKind.CALLER):
        arn = entry.text("role_arn")
        if arn:
            role = role_of_text(arn, entry.resource.template)
            yield entry.tenant, role, entry.resource, "Properties.Value"
    tenants = {arn: p.tenant for p in assembly.profiles for arn in p.arns if p.tenant}
    for policy in assembly.policies:
        for statement in policy.statements:
            if statement.allows and statement.covers_invoke and not statement.not_resource:
                for tenant in {tenants[r] for r in statement.resources if r in tenants}:
                    for role in policy.roles:
                        yield tenant, role, policy.resource, policy.location


CALLER_STANDING_DENY = Rule(
    id="caller-standing-deny",
    description="A caller role does not carry the standing deny of its tenant",
    fix="Grant with grant_invoke or list the role under callers of the tenant: either gives it the "
    "standing deny; or set guard: observe.",
    find=_find,
)
