"""What a grant of several profiles to one role is written as."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

from finops_constructs._acknowledge import INLINE_POLICY, acknowledge, wildcard_resource
from finops_constructs._place import Place
from finops_constructs.enforcement.iam_statement import Statement
from finops_constructs.enforcement.registry import state_path
from finops_constructs.enforcement.statements import (
    invoke_statements,
    read_state_statement,
)

if TYPE_CHECKING:
    from finops_constructs.attribution.profile import InferenceProfile


def grant_statements(
    place: Place, tenant: str, profiles: "Sequence[InferenceProfile]"
) -> list[Statement]:
    """Return the statements that let a role call `profiles`, and read why it may not."""
    invoke = invoke_statements(
        tenant=tenant,
        aliases=[p.alias for p in profiles],
        profile_arns=[p.profile_arn for p in profiles],
        all_profiles=place.arn("bedrock", "application-inference-profile/*"),
        system_profiles=place.arn("bedrock", "inference-profile/*"),
        foundation_models=f"arn:{place.partition}:bedrock:*::foundation-model/*",
    )
    return [*invoke, read_state_statement(place.arn("ssm", f"parameter{state_path(tenant)}"))]


def accepted_findings(statements: Sequence[Statement]) -> dict[str, str]:
    """Return what cdk-nag says of a grant -> why that is right."""
    reason = (
        "A replaced profile's ARN and model are in no template: its tags are the guard, and for "
        "models bedrock:InferenceProfileArn"
    )
    arns = [arn for statement in statements for arn in statement["Resource"]]
    inline = "A grant to one role, which lives and dies with the tenant"
    wildcards = sorted({arn for arn in arns if "*" in arn})
    return {INLINE_POLICY: inline} | {wildcard_resource(arn): reason for arn in wildcards}


def add_grant(holder: iam.IRole | iam.Policy, statements: Sequence[Statement]) -> iam.Grant:
    """Put the statements on a role or into a policy, and acknowledge what cdk-nag says of them."""
    acknowledge(holder, accepted_findings(statements))
    grants = [
        iam.Grant.add_to_principal(
            grantee=holder,
            actions=s["Action"],
            resource_arns=s["Resource"],
            conditions=s.get("Condition"),
        )
        for s in statements
    ]
    combined = grants[0]
    for grant in grants[1:]:
        combined = combined.combine(grant)
    return combined
