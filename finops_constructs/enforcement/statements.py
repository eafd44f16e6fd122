"""The IAM statements of the grant, the standing deny and the suspension policy, as plain data.

Where a statement comes from is design.md's "The grant"; what AWS evaluates on a call through an
application inference profile (the profile, the system profile it was copied from, and the
foundation model in every destination Region) is in aws-facts section 1.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from finops_constructs.enforcement.iam_statement import Statement, deny
from finops_constructs.enforcement.platform_statements import (
    guard_statements,
    platform_statements,
    record_statements,
)

STATE_TAG: Final = "finops:state"
TENANT_TAG: Final = "finops:tenant"
ALIAS_TAG: Final = "finops:alias"
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
    profile_arns: Sequence[str],
    system_profile_arns: Sequence[str],
    foundation_model_arns: Sequence[str],
    through: Sequence[str] | None = None,
) -> list[Statement]:
    """Return the grant: exactly these profiles, and nothing around them.

    Without Sids: two grants to one role share its policy, where Sids must be unique.

    Args:
        profile_arns: The application inference profiles.
        system_profile_arns: The system profiles they were copied from.
        foundation_model_arns: The foundation models, in every destination Region.
        through: The profiles, or patterns of them, that the models may be called through.
            Default: `profile_arns`.
    """
    statements: list[Statement] = [
        {
            "Effect": "Allow",
            "Action": INVOKE_ACTIONS,
            "Resource": list(profile_arns),
            "Condition": {"StringNotEquals": {f"aws:ResourceTag/{STATE_TAG}": SUSPENDED}},
        }
    ]
    if system_profile_arns:
        statements.append(
            {
                "Effect": "Allow",
                "Action": INVOKE_ACTIONS,
                "Resource": sorted(set(system_profile_arns)),
            }
        )
    statements.append(
        {
            "Effect": "Allow",
            "Action": INVOKE_ACTIONS,
            "Resource": sorted(set(foundation_model_arns)),
            "Condition": {
                "ArnLike" if through else "ArnEquals": {
                    _PROFILE_ARN_KEY: list(through or profile_arns)
                }
            },
        }
    )
    return statements


def read_state_statement(parameter_arn: str) -> Statement:
    """Return the right to read why the tenant is stopped, which AccessDenied does not tell."""
    return {"Effect": "Allow", "Action": ["ssm:GetParameter"], "Resource": [parameter_arn]}


def suspension_statements(profile_arns: Sequence[str]) -> list[Statement]:
    """Return the suspension policy: an unconditional deny on exactly these profiles."""
    return [
        {
            "Sid": "FinOpsSuspended",
            "Effect": "Deny",
            "Action": _INVOKE_PATTERN,
            "Resource": list(profile_arns),
        }
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
