"""The IAM statements of the grant, the standing deny and the suspension policy, as plain data.

Where a statement comes from is design.md's "The grant"; what AWS evaluates on a call through an
application inference profile (the profile, the system profile it was copied from, and the
foundation model in every destination Region) is in aws-facts section 1.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from finops_constructs.enforcement.iam_statement import Statement, allow, deny
from finops_constructs.enforcement.platform_statements import (
    guard_statements,
    platform_statements,
    record_statements,
)

STATE_TAG: Final = "finops:state"
TENANT_TAG: Final = "finops:tenant"
ALIAS_TAG: Final = "finops:alias"
REPLACED_TAG: Final = "finops:replaced"
"""On a profile that may be deleted once it is idle; the kill switch sets it."""
SUSPENDED: Final = "suspended"

# There is no bedrock:Converse action: these two are what Converse, ConverseStream and the
# bidirectional stream are checked as (aws-facts section 1.3).
INVOKE_ACTIONS: Final = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
_PROFILE_ARN_KEY: Final = "bedrock:InferenceProfileArn"

# What the standing deny refuses is abbreviated with wildcards, never so far that reading falls
# under it: IAM gives a role's inline policies 10,240 characters, and a role of two tenants has two.
_INVOKE_PATTERN: Final = "bedrock:InvokeModel*"
# Ways to a model, or to paid capacity, that carry no profile of this library, and what changes
# profiles or what is logged of them.
_CAPACITY_ACTIONS: Final = [
    "bedrock-mantle:*ateReservation",
    "bedrock-mantle:CreateCustom*",
    "bedrock-mantle:CreateFineT*",
    "bedrock:*ateProvisionedModelThroughput",
    "bedrock:*te*MarketplaceModelEndpoint",
    "bedrock:Create*EvaluationJob",
    "bedrock:CreateAdvanced*",
    "bedrock:CreateCustomModel*",
    "bedrock:CreateInferenceProfile",
    "bedrock:CreateModelC*Job",
    "bedrock:CreateModelImp*",
    "bedrock:CreatePromptRouter",
    "bedrock:DeleteInferenceProfile",
    "bedrock:DeleteModelInvocationL*",
    "bedrock:PutModelInvocationL*",
]
_BATCH_ACTIONS: Final = ["bedrock:CreateModelInvocationJob"]
_MANTLE_ACTIONS: Final = ["bedrock-mantle:CreateInference"]
_API_KEY_ACTIONS: Final = [
    "bedrock-mantle:CallWithBearerToken",
    "bedrock:CallWithBearerToken",
    "iam:*ServiceSpecificCredential",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardExemptions:
    """What the standing deny leaves to the tenant's callers.

    Attributes:
        mantle: The `bedrock-mantle` endpoint.
        api_keys: Bedrock API keys.
        batch_jobs: Batch inference jobs.
        models: ARNs of provisioned, custom or imported models.
    """

    mantle: bool = False
    api_keys: bool = False
    batch_jobs: bool = False
    models: tuple[str, ...] = ()


def invoke_statements(
    *,
    tenant: str,
    aliases: Sequence[str],
    profile_arns: Sequence[str],
    all_profiles: str,
    system_profiles: str,
    foundation_models: str,
) -> list[Statement]:
    """Return the grant: these profiles, those they replaced, and nothing around them.

    A profile that was replaced has another ARN and perhaps another model, which no template knows;
    it keeps its tags, and only the guard may change those. So it is granted by its tags, and models
    by a pattern. That lets nobody past the profiles: a call is checked on the application profile,
    too, and a bare model or a system profile carries none.

    Without Sids: two grants to one role share its policy, where Sids must be unique.

    Args:
        tenant: The tenant.
        aliases: The aliases granted.
        profile_arns: Their application inference profiles.
        all_profiles: Every application inference profile of the account and Region.
        system_profiles: Every system profile there.
        foundation_models: Every foundation model, in every Region.
    """
    not_suspended = {f"aws:ResourceTag/{STATE_TAG}": SUSPENDED}
    whose = {
        f"aws:ResourceTag/{TENANT_TAG}": tenant,
        f"aws:ResourceTag/{ALIAS_TAG}": sorted(set(aliases)),
    }
    return [
        allow(INVOKE_ACTIONS, profile_arns, {"StringNotEquals": not_suspended}),
        allow(
            INVOKE_ACTIONS,
            [all_profiles],
            {"StringEquals": whose, "StringNotEquals": not_suspended},
        ),
        allow(INVOKE_ACTIONS, [system_profiles]),
        allow(INVOKE_ACTIONS, [foundation_models], {"ArnLike": {_PROFILE_ARN_KEY: [all_profiles]}}),
    ]


def read_state_statement(parameter_arn: str) -> Statement:
    """Return the right to read why the tenant is stopped, which AccessDenied does not tell."""
    return allow(["ssm:GetParameter"], [parameter_arn])


def suspension_statements(
    profile_arns: Sequence[str], *, tenant: str, all_profiles: str
) -> list[Statement]:
    """Return the suspension policy: an unconditional deny on exactly the tenant's profiles.

    Those that were replaced are known by the tag they were made with; the template knows their
    ARNs no longer.
    """
    return [
        {
            "Sid": "FinOpsSuspended",
            "Effect": "Deny",
            "Action": _INVOKE_PATTERN,
            "Resource": list(profile_arns),
        },
        deny(
            "FinOpsSuspendedReplaced",
            [_INVOKE_PATTERN],
            all_profiles,
            {"StringEquals": {f"aws:ResourceTag/{TENANT_TAG}": tenant}},
        ),
    ]


def standing_deny_statements(
    *,
    partition: str,
    tenants: Sequence[str],
    role_arn: str,
    exempt: GuardExemptions,
    name_prefix: str = "",
) -> list[Statement]:
    """Return the standing deny of one caller role.

    Args:
        partition: The AWS partition, such as `aws`.
        name_prefix: What the landing zone puts before every function's name. Default: nothing.
        tenants: The tenant, and the others the role is declared to serve too.
        role_arn: The caller role, which may not change its own policies.
        exempt: What the tenant allows nevertheless.
    """
    bedrock = f"arn:{partition}:bedrock:*"
    profiles = f"{bedrock}:*:application-inference-profile/*"
    models = f"{bedrock}::foundation-model/*"
    system_profiles = f"{bedrock}:*:inference-profile/*"
    return [
        deny(
            "FinOpsSuspended",
            [_INVOKE_PATTERN],
            profiles,
            {"StringEquals": {f"aws:ResourceTag/{STATE_TAG}": SUSPENDED}},
        ),
        # A negated operator also holds where its key is missing: untagged profiles are denied here,
        # and below the model called bare as well as through a system profile.
        deny(
            "FinOpsForeignProfile",
            [_INVOKE_PATTERN],
            profiles,
            {"StringNotEquals": {f"aws:ResourceTag/{TENANT_TAG}": list(tenants)}},
        ),
        deny(
            "FinOpsBareModel",
            [_INVOKE_PATTERN],
            models,
            {"ArnNotLike": {_PROFILE_ARN_KEY: profiles}},
        ),
        {
            "Sid": "FinOpsOtherModels",
            "Effect": "Deny",
            "Action": _INVOKE_PATTERN,
            "NotResource": [profiles, models, system_profiles, *exempt.models],
        },
        # The actions below have no resource in common that could narrow them.
        deny("FinOpsOtherRoutes", _route_actions(exempt), "*"),
        deny("FinOpsTags", ["bedrock:*agResource"], profiles),
        *record_statements(partition),
        *platform_statements(partition, name_prefix),
        *guard_statements(partition, role_arn),
    ]


def _route_actions(exempt: GuardExemptions) -> list[str]:
    return sorted(
        [
            *_CAPACITY_ACTIONS,
            *([] if exempt.batch_jobs else _BATCH_ACTIONS),
            *([] if exempt.mantle else _MANTLE_ACTIONS),
            *([] if exempt.api_keys else _API_KEY_ACTIONS),
        ]
    )
