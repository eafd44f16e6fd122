"""A tenant without a budget has no limit that could be passed."""

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.rule import Finding, Rule, finding
from finops_constructs.checks.text import has_token
from finops_constructs.enforcement.statements import TENANT_TAG


def _find(assembly: Assembly) -> list[Finding]:
    budgeted: set[str] = set()
    for budget in assembly.of_type("AWS::Budgets::Budget"):
        tags = budget.tags("ResourceTags")
        if tags is None or has_token(tags.get(TENANT_TAG, "")):
            return []  # Whose budget it is, only the deployment knows.
        budgeted.add(tags.get(TENANT_TAG, ""))
    budgeted |= {t for t, entry in assembly.policy_entries.items() if entry.text("budget_name")}
    return [
        finding(profile.resource, f"tenant {profile.tenant} has none", profile.location)
        for profile in assembly.profiles
        if profile.tenant and profile.tenant not in budgeted
    ]


TENANT_BUDGET = Rule(
    id="tenant-budget",
    description="A tenant with an application inference profile has no budget",
    fix="Define a CostBudget for the tenant in this app, or name an existing one (adopt_budget).",
    find=_find,
)
