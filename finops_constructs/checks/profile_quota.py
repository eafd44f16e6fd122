"""AWS caps the application inference profiles of an account and Region."""

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.rule import Finding, Rule, Severity, finding

if TYPE_CHECKING:
    from finops_constructs.checks.profiles import Profile

DEFAULT_PROFILE_QUOTA: Final = 1000
"""From memory, not verified against Service Quotas; the quota can be raised."""


def profile_quota(quota: int) -> Rule:
    """Return the rule.

    Args:
        quota: Profiles per account and Region.
    """

    def find(assembly: Assembly) -> list[Finding]:
        environments: dict[tuple[str | None, str | None], list[Profile]] = defaultdict(list)
        for profile in assembly.profiles:
            template = profile.resource.template
            environments[template.account, template.region].append(profile)
        findings = []
        for (account, region), profiles in environments.items():
            if len(profiles) * 100 > quota * 80:
                place = f"account {account or 'unknown'}, {region or 'unknown Region'}"
                detail = f"{len(profiles)} of {quota} in {place}"
                severity = Severity.ERROR if len(profiles) > quota else Severity.WARNING
                last = profiles[-1]
                findings.append(finding(last.resource, detail, last.location, severity))
        return findings

    return Rule(
        id="profile-quota",
        description="The application inference profiles of an account and Region near the quota",
        fix="Ask AWS for a higher quota and pass it as profile_quota, or spread the tenants over "
        "accounts.",
        find=find,
        severity=Severity.WARNING,
    )
