"""What the platform's functions may do about profiles that were replaced."""

from finops_constructs._place import Place
from finops_constructs.enforcement.iam_statement import Statement, allow
from finops_constructs.enforcement.statements import REPLACED_TAG, TENANT_TAG


def read_past(place: Place) -> list[Statement]:
    """Return the right to find out whose a profile is that no entry names any more."""
    return [
        allow(["bedrock:ListTagsForResource"], [_profiles(place)]),
        allow(["ssm:GetParameterHistory"], [place.arn("ssm", "parameter/finops/*/profiles/*")]),
    ]


def keep_replaced(place: Place) -> list[Statement]:
    """Return the right to enter replaced profiles, and to delete what is marked as one."""
    marked = {f"aws:ResourceTag/{tag}": "false" for tag in (TENANT_TAG, REPLACED_TAG)}
    return [
        # Bedrock knows no resource for listing profiles.
        allow(["bedrock:ListInferenceProfiles"], ["*"]),
        allow(["bedrock:GetInferenceProfile"], [_profiles(place)]),
        allow(["bedrock:DeleteInferenceProfile"], [_profiles(place)], {"Null": marked}),
        *read_past(place),
        allow(
            ["ssm:DeleteParameter", "ssm:PutParameter"],
            [place.arn("ssm", "parameter/finops/*/replaced/*")],
        ),
    ]


def _profiles(place: Place) -> str:
    return place.arn("bedrock", "application-inference-profile/*")
