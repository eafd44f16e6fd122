"""A profile without its cost tags is spend nobody owns."""

from finops_constructs.attribution.cost_tags import ENVIRONMENT_KEY, PROJECT_KEY, TOOL_KEY
from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.rule import Finding, Rule, finding
from finops_constructs.enforcement.statements import TENANT_TAG


def profile_cost_tags(extra_tag_key: str | None) -> Rule:
    """Return the rule.

    Args:
        extra_tag_key: The organisation's own dimension, required too; None: there is none.
    """
    extra = [extra_tag_key] if extra_tag_key else []
    required = (TOOL_KEY, PROJECT_KEY, ENVIRONMENT_KEY, *extra, TENANT_TAG)

    def find(assembly: Assembly) -> list[Finding]:
        findings = []
        for profile in assembly.profiles:
            tags = profile.tags
            if tags is None:
                continue
            missing = [key for key in required if not tags.get(key, "").strip()]
            if missing:
                detail = f"missing {', '.join(missing)}"
                findings.append(finding(profile.resource, detail, profile.location))
        return findings

    return Rule(
        id="profile-cost-tags",
        description="An application inference profile lacks a required tag",
        fix="Define it with finops_constructs.ApplicationInferenceProfile and its cost_tags, or "
        f"tag it with {', '.join(required)}.",
        find=find,
    )
