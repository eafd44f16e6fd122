"""What an auditor may do, as plain data: read, and ask Athena."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from finops_constructs._place import Place

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedLog:
    """The write-once log, as an auditor reaches it.

    Attributes:
        bucket_arn: The locked bucket.
        key_arn: Its key.
        database: The Glue database over it; None for no queries.
    """

    bucket_arn: str
    key_arn: str
    database: str | None = None


def settings_statements(place: Place, stacks: Sequence[str]) -> list[Statement]:
    """Return what `finops evidence --live` compares: templates, settings, policies.

    Args:
        place: Where.
        stacks: Names of stacks; patterns with `*` will do.
    """
    return [
        _allow(
            "Templates",
            ["cloudformation:GetTemplate", "cloudformation:ListStackResources"],
            *(place.arn("cloudformation", f"stack/{name}/*") for name in stacks),
        ),
        # The log of calls is a setting of the account: its action knows no resource.
        _allow("LogOfCalls", ["bedrock:GetModelInvocationLoggingConfiguration"], "*"),
        _allow(
            "Profiles",
            ["bedrock:ListTagsForResource"],
            place.arn("bedrock", "application-inference-profile/*"),
        ),
        _allow("Alarms", ["cloudwatch:DescribeAlarms"], place.arn("cloudwatch", "alarm:*")),
        _allow("Registry", ["ssm:GetParameter"], place.arn("ssm", "parameter/finops/*")),
        _allow(
            "Tables",
            ["dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable"],
            place.arn("dynamodb", "table/finops-*"),
        ),
        _allow(
            "Functions",
            ["lambda:GetFunctionConfiguration", "lambda:GetFunctionUrlConfig"],
            place.arn("lambda", "function:*finops-*"),
        ),
        _allow(
            "AttachedPolicies",
            ["iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
            place.global_arn("iam", "role/*"),
        ),
        _allow(
            "GuardPolicies",
            ["iam:GetPolicy", "iam:GetPolicyVersion"],
            place.global_arn("iam", "policy/finops/*"),
        ),
    ]


def log_statements(place: Place, log: AuditedLog) -> Iterator[Statement]:
    """Yield what reading and verifying the log takes; the names behind pseudonyms are not in it."""
    yield _allow(
        "LogSettings",
        [
            "s3:GetBucketLocation",
            "s3:GetBucketObjectLockConfiguration",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketPolicy",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetBucketVersioning",
            "s3:GetEncryptionConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:ListBucket",
            "s3:ListBucketVersions",
        ],
        log.bucket_arn,
    )
    yield _allow(
        "Log",
        [
            "s3:GetObject",
            "s3:GetObjectLegalHold",
            "s3:GetObjectRetention",
            "s3:GetObjectVersion",
        ],
        f"{log.bucket_arn}/*",
    )
    yield _allow(
        "LogKeySettings",
        ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"],
        log.key_arn,
    )
    yield _allow("LogKey", ["kms:Decrypt"], log.key_arn) | {
        "Condition": {"StringEquals": {"kms:ViaService": f"s3.{place.region}.amazonaws.com"}}
    }


def query_statements(place: Place, database: str, workgroup: str) -> list[Statement]:
    """Return what asking Athena over the log takes; it keeps results itself, for a day.

    Args:
        place: Where.
        database: The Glue database.
        workgroup: The only workgroup to ask from.
    """
    return [
        _allow(
            "Queries",
            [
                "athena:GetQueryExecution",
                "athena:GetQueryResults",
                "athena:GetQueryResultsStream",
                "athena:GetWorkGroup",
                "athena:StartQueryExecution",
                "athena:StopQueryExecution",
            ],
            place.arn("athena", f"workgroup/{workgroup}"),
        ),
        _allow(
            "LogTables",
            ["glue:GetDatabase", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"],
            place.arn("glue", "catalog"),
            place.arn("glue", f"database/{database}"),
            place.arn("glue", f"table/{database}/*"),
        ),
    ]


def evidence_statements(bucket_arn: str) -> list[Statement]:
    """Return what reading a bucket of evidence takes."""
    return [
        _allow("EvidenceList", ["s3:GetBucketLocation", "s3:ListBucket"], bucket_arn),
        _allow("Evidence", ["s3:GetObject", "s3:GetObjectVersion"], f"{bucket_arn}/*"),
    ]


def wildcard_reasons(statements: Sequence[Statement]) -> dict[str, str]:
    """Return resource with a wildcard -> why it is one."""
    resources = [arn for statement in statements for arn in statement["Resource"]]
    return {
        arn: "It reads settings of every tenant, whose names are not known here"
        for arn in resources
        if "*" in arn
    } | {"*": "The log of calls is a setting of the account: its action knows no resource"}


def _allow(sid: str, actions: list[str], *resources: str) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": list(resources)}
