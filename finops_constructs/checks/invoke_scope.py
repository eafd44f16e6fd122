"""A right to invoke that goes around the profile goes around its tag, budget and switch."""

import re
from typing import Final

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.policies import PRINCIPALS, Policy, managed_policy_arns
from finops_constructs.checks.rule import Finding, Rule, finding
from finops_constructs.checks.statement import FOUNDATION_MODEL, SYSTEM_PROFILE, Statement
from finops_constructs.checks.text import display

# All of AWS, all but IAM and Organizations, all of Bedrock: InvokeModel on every resource.
_AWS_MANAGED: Final = re.compile(
    r".*:iam::aws:policy/(AdministratorAccess|PowerUserAccess|AmazonBedrockFullAccess)"
)
# Every system profile of one account and Region, as the library's grant is written.
_ALL_OF_ONE_PLACE: Final = re.compile(r"[^*?]+:inference-profile/\*")


def _find(assembly: Assembly) -> list[Finding]:
    findings = []
    for policy in assembly.policies:
        for index, statement in enumerate(policy.statements):
            reached = _escapes(statement, policy)
            if reached:
                detail = f"statement {index} allows it on {display(', '.join(reached))}"
                findings.append(finding(policy.resource, detail, policy.location))
    for principal in assembly.of_type(*PRINCIPALS):
        for arn in managed_policy_arns(principal):
            if _AWS_MANAGED.fullmatch(arn):
                detail = f"{arn.rpartition('/')[2]} allows it on *"
                findings.append(finding(principal, detail, "Properties.ManagedPolicyArns"))
    return findings


def _escapes(statement: Statement, policy: Policy) -> list[str]:
    """Return the resources by which a statement lets calls past the profiles."""
    if not statement.allows or not statement.covers_invoke:
        return []
    if statement.only_through_application_profiles:
        return []
    models = statement.reached(FOUNDATION_MODEL)
    profiles = [p for p in statement.reached(SYSTEM_PROFILE) if p not in models]
    return [*models, *(p for p in profiles if not _belongs_to_grant(p, policy))]


def _belongs_to_grant(system_profile: str, policy: Policy) -> bool:
    """Whether a system profile is allowed as the source of a granted profile.

    AWS evaluates it on calls through that profile; it is of no use without its foundation model,
    which the same grant allows through application profiles only.
    """
    name = system_profile.rpartition("/")[2]
    wild = re.search(r"[*?]", name) and not _ALL_OF_ONE_PLACE.fullmatch(system_profile)
    return not wild and any(
        other.allows
        and other.covers_invoke
        and other.only_through_application_profiles
        and other.reached(FOUNDATION_MODEL)
        for other in policy.statements
    )


INVOKE_SCOPE = Rule(
    id="invoke-scope",
    description="A policy allows a model to be invoked past the application inference profiles",
    fix="Use grant_invoke of the profile: it allows the profile, and the foundation model under a "
    "condition on bedrock:InferenceProfileArn.",
    find=_find,
)
