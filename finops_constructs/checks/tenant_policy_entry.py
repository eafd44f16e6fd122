"""A profile whose tenant has no policy entry is not under the kill switch."""

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.registry import EntryKind
from finops_constructs.checks.rule import Finding, Rule, finding
from finops_constructs.checks.text import has_token


def _find(assembly: Assembly) -> list[Finding]:
    if any(has_token(entry.tenant) for entry in assembly.entries(EntryKind.POLICY)):
        return []  # Whose entry it is, only the deployment knows.
    return [
        finding(profile.resource, f"tenant {profile.tenant} has none", profile.location)
        for profile in assembly.profiles
        if profile.tenant and profile.tenant not in assembly.policy_entries
    ]


TENANT_POLICY_ENTRY = Rule(
    id="tenant-policy-entry",
    description="The tenant of an application inference profile has no policy entry",
    fix="Define a CostBudget for the tenant, which writes /finops/<tenant>/policy; if another app "
    "owns the tenant, acknowledge this with the name of that app.",
    find=_find,
)
