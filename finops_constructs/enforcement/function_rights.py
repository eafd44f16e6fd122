"""What the platform's functions may do, as plain data; each is exactly what its handler calls.

Every handler lists its actions as `PERMISSIONS`, and a test compares the two. A transaction is
authorised as the single writes in it (dynamodb, TransactWriteItems).
"""

from collections.abc import Sequence
from typing import Final

from finops_constructs._place import Place
from finops_constructs.enforcement.iam_statement import Statement, allow
from finops_constructs.enforcement.names import (
    EVENT_SOURCE,
    INVOCATION_LOG_GROUP,
    LEDGER_TABLE,
    METER_DEAD_LETTERS,
    STATE_TABLE,
    WAKE_DEAD_LETTERS,
    WAKE_QUEUE,
)
from finops_constructs.enforcement.replaced_rights import keep_replaced, read_past

_QUEUE_READER: Final = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")


_WILDCARD_REASONS: Final = {
    "bedrock": "It serves the profiles and batch jobs of all tenants; of tags it may set the "
    "guard's own only, and delete only what is marked as replaced",
    "budgets": "It reads the budgets of all tenants, whose names CloudFormation chooses",
    "iam": "It serves the callers of all tenants; iam:PolicyARN and the users' tag are the guard",
    "logs": "It writes streams of the one log group of calls",
    "kms": "Topics may have keys of their own; kms:ViaService is the guard",
    "sns": "It tells the alert topics of all tenants, which are named so",
    "ssm": "It serves the registry entries of all tenants",
}
_TENANT_TAG: Final = "finops:tenant"
_ANY_REASON: Final = "These actions know no resource that could narrow them; they only read"


def wildcard_reasons(statements: Sequence[Statement]) -> dict[str, str]:
    """Return the resources with a wildcard in what a function may do, each with its reason."""
    return {
        arn: _ANY_REASON if arn == "*" else _WILDCARD_REASONS[arn.split(":")[2]]
        for s in statements
        for arn in s["Resource"]
        if "*" in arn and s["Effect"] == "Allow"
    }


def meter_rights(place: Place) -> list[Statement]:
    """Return what the spend meter may do, replay of its dead letters included."""
    return [
        _read_registry(place),
        *read_past(place),
        _table(place, LEDGER_TABLE, "GetItem", "PutItem", "Query", "UpdateItem"),
        _queue(place, WAKE_QUEUE, "sqs:SendMessage"),
        _queue(place, METER_DEAD_LETTERS, "sqs:SendMessage", *_QUEUE_READER),
    ]


def cross_check_rights(place: Place) -> list[Statement]:
    """Return what the comparison of the ledger with CloudWatch may do."""
    return [
        _read_registry(place),
        _table(place, LEDGER_TABLE, "GetItem", "UpdateItem"),
        _queue(place, WAKE_QUEUE, "sqs:SendMessage"),
        _read_metrics("cloudwatch:GetMetricData"),
    ]


def switch_rights(place: Place, role_path: str) -> list[Statement]:
    """Return what the kill switch may do: flip tags, attach suspension policies, tell people.

    Args:
        place: Where it works.
        role_path: Path of the platform's own roles, which it must never touch.
    """
    suspension = place.global_arn("iam", f"policy/finops/suspension/{place.region}/*")
    return [
        _read_registry(place),
        allow(["ssm:PutParameter"], [place.arn("ssm", "parameter/finops/*/state")]),
        _table(place, LEDGER_TABLE, "Query"),
        _table(place, STATE_TABLE, "PutItem", "Query"),
        *_mark_profiles(place, "bedrock:TagResource", "bedrock:UntagResource"),
        *keep_replaced(place),
        *_suspend_roles(place, suspension, ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]),
        allow(["iam:ListEntitiesForPolicy"], [suspension]),
        *_spare_own_roles(place, role_path),
        *_end_jobs(place),
        *_hold_keys(place),
        _read_metrics("cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"),
        allow(["budgets:ViewBudget"], [place.global_arn("budgets", "budget/*")]),
        *_tell(place),
        _queue(place, WAKE_QUEUE, "sqs:SendMessage", *_QUEUE_READER),
        _queue(place, WAKE_DEAD_LETTERS, "sqs:SendMessage"),
    ]


def commands_rights(place: Place) -> list[Statement]:
    """Return what the commands function may do: note a person's word and wake the kill switch.

    What it puts into the ledger are corrections, items of their own.
    """
    return [
        _read_registry(place),
        _table(place, LEDGER_TABLE, "PutItem", "Query"),
        _table(place, STATE_TABLE, "DeleteItem", "PutItem", "Query"),
        _queue(place, WAKE_QUEUE, "sqs:SendMessage"),
    ]


def dashboard_rights(place: Place) -> list[Statement]:
    """Return what the dashboard's table may do: look."""
    return [
        _read_registry(place),
        _table(place, LEDGER_TABLE, "Query"),
        _table(place, STATE_TABLE, "Query"),
    ]


def canary_rights(
    place: Place, *, profile_arn: str, policy_arn: str, commands_arn: str
) -> list[Statement]:
    """Return what the self-test may do: log a record, look, and order a correction.

    It has no right to tag, attach or write a table: what it sees, others have done.

    Args:
        place: Where it works.
        profile_arn: Its profile.
        policy_arn: Its suspension policy.
        commands_arn: The commands function.
    """
    group = place.arn("logs", f"log-group:{INVOCATION_LOG_GROUP}")
    return [
        allow(["logs:CreateLogStream"], [f"{group}:*"]),
        allow(["logs:PutLogEvents"], [f"{group}:log-stream:finops-canary"]),
        _table(place, LEDGER_TABLE, "Query"),
        _table(place, STATE_TABLE, "Query"),
        allow(["bedrock:ListTagsForResource"], [profile_arn]),
        allow(["iam:ListEntitiesForPolicy"], [policy_arn]),
        allow(
            ["lambda:InvokeFunctionUrl"],
            [commands_arn],
            {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
        ),
        allow(
            ["lambda:InvokeFunction"],
            [commands_arn],
            {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
        ),
    ]


def platform_release_rights(place: Place, role_path: str, switch_arn: str) -> list[Statement]:
    """Return what letting go of every tenant takes: lifting, never suspending.

    Args:
        place: Where it works.
        role_path: Path of the platform's own roles, which it must never touch.
        switch_arn: The kill switch, which it keeps from running again.
    """
    suspension = place.global_arn("iam", f"policy/finops/suspension/{place.region}/*")
    return [
        _read_registry(place),
        allow(["ssm:DeleteParameter"], [place.arn("ssm", "parameter/finops/*/state")]),
        *_mark_profiles(place, "bedrock:UntagResource"),
        *_suspend_roles(place, suspension, ["iam:DetachRolePolicy"]),
        allow(["iam:ListEntitiesForPolicy"], [suspension]),
        allow(["iam:ListPolicies"], ["*"]),
        *_spare_own_roles(place, role_path),
        allow(["lambda:PutFunctionConcurrency"], [switch_arn]),
    ]


def _mark_profiles(place: Place, *actions: str) -> list[Statement]:
    profiles = [place.arn("bedrock", "application-inference-profile/*")]
    return [
        allow(["bedrock:ListTagsForResource"], profiles),
        allow(
            actions,
            profiles,
            # `ForAllValues` alone also holds for a request without any key.
            {
                "ForAllValues:StringLike": {"aws:TagKeys": ["finops:*"]},
                "Null": {"aws:TagKeys": "false"},
            },
        ),
    ]


def _suspend_roles(place: Place, suspension: str, actions: Sequence[str]) -> list[Statement]:
    roles = [place.global_arn("iam", "role/*")]
    return [allow(actions, roles, {"ArnLike": {"iam:PolicyARN": suspension}})]


def _spare_own_roles(place: Place, role_path: str) -> list[Statement]:
    # A role path of "/" is that of everybody's roles: it tells the platform's own from none.
    paths = ["/finops/", "/aws-reserved/", *({role_path} - {"/", "/finops/"})]
    return [
        {
            "Effect": "Deny",
            "Action": ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
            "Resource": [place.global_arn("iam", f"role{path}*") for path in paths],
        }
    ]


def _end_jobs(place: Place) -> list[Statement]:
    # Bedrock knows no resource for listing jobs, and no condition that tells whose a job is.
    return [
        allow(["bedrock:ListModelInvocationJobs"], ["*"]),
        allow(["bedrock:StopModelInvocationJob"], [place.arn("bedrock", "model-invocation-job/*")]),
    ]


def _hold_keys(place: Place) -> list[Statement]:
    users = [place.global_arn("iam", "user/*")]
    tagged = {"Null": {f"aws:ResourceTag/{_TENANT_TAG}": "false"}}
    of_bedrock = {"iam:ServiceSpecificCredentialServiceName": "bedrock.amazonaws.com"}
    return [
        allow(["iam:ListServiceSpecificCredentials"], users, tagged),
        allow(
            ["iam:UpdateServiceSpecificCredential"], users, {"StringEquals": of_bedrock, **tagged}
        ),
    ]


def _tell(place: Place) -> list[Statement]:
    """Return the right to publish to the alert topics, whatever key they are encrypted with."""
    return [
        allow(["sns:Publish"], [place.arn("sns", "finops-*")]),
        allow(
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [place.arn("kms", "key/*")],
            {"StringEquals": {"kms:ViaService": f"sns.{place.region}.amazonaws.com"}},
        ),
        allow(
            ["events:PutEvents"],
            [place.arn("events", "event-bus/default")],
            # The key is multi-valued, and `ForAllValues` alone also holds where it is missing.
            {
                "ForAllValues:StringEquals": {"events:source": EVENT_SOURCE},
                "Null": {"events:source": "false"},
            },
        ),
    ]


def _read_registry(place: Place) -> Statement:
    paths = [place.arn("ssm", f"parameter/finops{end}") for end in ("", "/*")]
    return allow(["ssm:GetParametersByPath"], paths)


def _read_metrics(*actions: str) -> Statement:
    # CloudWatch knows no resource for GetMetricData, and alarms are found by a prefix of all names.
    return allow(actions, ["*"])


def _table(place: Place, name: str, *actions: str) -> Statement:
    return allow(
        [f"dynamodb:{action}" for action in actions], [place.arn("dynamodb", f"table/{name}")]
    )


def _queue(place: Place, name: str, *actions: str) -> Statement:
    return allow(sorted(actions), [place.arn("sqs", name)])
