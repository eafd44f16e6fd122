"""The part of the standing deny that protects the platform and the guard's own policies."""

from typing import Final

from finops_constructs.enforcement.iam_statement import Statement, deny
from finops_constructs.enforcement.names import EVENT_SOURCE

# All that is left to a caller on tables, queues, alarms, rules and functions of the platform.
_LOOKING: Final = [
    "cloudwatch:Describe*",
    "dynamodb:*Get*",
    "dynamodb:Query",
    "dynamodb:Scan",
    "events:Describe*",
    "lambda:Get*",
    "lambda:InvokeFunctionUrl",
    "sqs:Get*",
]


def record_statements(partition: str) -> list[Statement]:
    """Return what keeps a caller from rewriting what the platform knows; it may read it."""
    return [
        deny(
            "FinOpsRegistry",
            ["ssm:AddTags*", "ssm:Delete*", "ssm:Put*", "ssm:RemoveTags*"],
            f"arn:{partition}:ssm:*:*:parameter/finops/*",
        ),
        # A key, a transformer or a masking policy would blind the meter as well as a deletion.
        deny(
            "FinOpsLogs",
            ["logs:*associateKmsKey", "logs:CreateLogStream", "logs:Delete*", "logs:Put*"],
            f"arn:{partition}:logs:*:*:log-group:/finops/*",
        ),
    ]


def platform_statements(partition: str, name_prefix: str) -> list[Statement]:
    """Return what keeps a caller from changing, feeding or silencing the platform; it may look.

    Args:
        partition: The AWS partition, such as `aws`.
        name_prefix: What the landing zone puts before every function's name.
    """
    resources = ("cloudwatch:*:*:alarm:", "dynamodb:*:*:table/", "events:*:*:rule/", "sqs:*:*:")
    return [
        {
            "Sid": "FinOpsPlatform",
            "Effect": "Deny",
            "NotAction": _LOOKING,
            "Resource": [
                *(f"arn:{partition}:{resource}finops-*" for resource in resources),
                f"arn:{partition}:lambda:*:*:function:{name_prefix}finops-*",
            ],
            # Called past its URL the commands function would believe whoever the event names, and
            # the kill switch whatever bill it is told. The key is known to that one action.
            "Condition": {"BoolIfExists": {"lambda:InvokedViaFunctionUrl": "false"}},
        },
        deny(
            "FinOpsEvents",
            ["events:PutEvents"],
            "*",
            {"ForAnyValue:StringEquals": {"events:source": EVENT_SOURCE}},
        ),
    ]


def guard_statements(partition: str, role_arn: str) -> list[Statement]:
    """Return what keeps a caller from taking the guard apart."""
    return [
        deny(
            "FinOpsOwnPolicies",
            [
                "iam:*tachRolePolicy",
                "iam:DeleteRole*",
                "iam:PutRole*",
                "iam:UpdateAssume*",
            ],
            role_arn,
        ),
        deny(
            "FinOpsGuardPolicies",
            ["iam:*tachRolePolicy"],
            f"arn:{partition}:iam::*:role/*",
            {"ArnLike": {"iam:PolicyARN": f"arn:{partition}:iam::*:policy/finops/*"}},
        ),
        deny(
            "FinOpsPolicyVersions",
            ["iam:CreatePolicyVersion", "iam:DeletePolicy*", "iam:SetDefaultPolicyVersion"],
            f"arn:{partition}:iam::*:policy/finops/*",
        ),
    ]
