"""The registry entry of one alias: what an opaque profile ARN does not tell."""

from collections.abc import Mapping

from aws_cdk import aws_ssm as ssm

from finops_constructs.attribution.profile import InferenceProfile
from finops_constructs.enforcement.registry import define_entry, profile_path


def define_profile_entry(
    profile: InferenceProfile, cost_tags: Mapping[str, str]
) -> ssm.CfnParameter:
    """Define the entry that tells applications, tools and the platform where an alias leads."""
    return define_entry(
        profile,
        "Entry",
        path=profile_path(profile.tenant, profile.alias),
        description=f"Where the alias {profile.alias} of tenant {profile.tenant} leads",
        value={
            "tenant": profile.tenant,
            "alias": profile.alias,
            "base_model_id": profile.source.base_model_id,
            "model_source": profile.source.source_id,
            "scope": profile.source.scope.value,
            "cost_tags": dict(cost_tags),
            "metered": profile.metered,
        },
        references={
            "region": profile.place.region,
            "profile_arn": profile.profile_arn,
            "profile_id": profile.profile_id,
        },
    )
