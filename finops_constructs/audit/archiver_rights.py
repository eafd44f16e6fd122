"""What the log archiver may do, as plain data; it is exactly what its handler calls."""

from typing import Any, Final

from finops_constructs._place import Place
from finops_constructs.audit.names import CHAIN_TABLE, NAMES_TABLE
from finops_constructs.audit.wiring import LogWiring

Statement = dict[str, Any]
_WILDCARDS: Final = {
    "ssm": "It serves the registry entries of all tenants",
    "s3": "It reads, writes and deletes objects of exactly these buckets",
    "kms": "The key may be another account's: its alias and S3 are the guard",
}
_ANY_REASON: Final = "CloudWatch knows no resource for reading metrics"


def archiver_rights(
    place: Place, wiring: LogWiring, *, pseudonym_key_arn: str, signing_key_arn: str | None
) -> list[Statement]:
    """Return what the archiver may do.

    Args:
        place: Where it works.
        wiring: The log's buckets.
        pseudonym_key_arn: The key that pseudonyms are computed with.
        signing_key_arn: The key that signs manifests; None: none does.
    """
    vault = f"arn:{place.partition}:s3:::{wiring.vault_bucket}"
    landing = f"arn:{place.partition}:s3:::{wiring.landing_bucket}"
    statements = [
        _allow(["s3:GetObject", "s3:PutObject"], [f"{vault}/*"]),
        _allow(["s3:ListBucket"], [vault, landing]),
        _allow(["s3:DeleteObject", "s3:GetObject"], [f"{landing}/*"]),
        _allow(["s3:PutObject"], [f"{landing}/quarantine/*"]),
        _allow(
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [f"arn:{place.partition}:kms:{place.region}:{wiring.vault_account}:key/*"],
            {
                "StringEquals": {"kms:ViaService": f"s3.{place.region}.amazonaws.com"},
                # The key of a request may have several aliases.
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": [wiring.vault_key_alias]},
            },
        ),
        _allow(["kms:GenerateMac"], [pseudonym_key_arn]),
        _allow(
            [f"dynamodb:{a}" for a in ("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")],
            [place.arn("dynamodb", f"table/{CHAIN_TABLE}")],
        ),
        _allow(["dynamodb:BatchWriteItem"], [place.arn("dynamodb", f"table/{NAMES_TABLE}")]),
        _allow(
            ["ssm:GetParametersByPath"],
            [place.arn("ssm", f"parameter/finops{end}") for end in ("", "/*")],
        ),
        # CloudWatch knows no resource for these.
        _allow(["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"], ["*"]),
    ]
    if wiring.content_bucket:
        content = f"arn:{place.partition}:s3:::{wiring.content_bucket}/*"
        statements.append(_allow(["s3:PutObject"], [content]))
    if signing_key_arn:
        statements.append(_allow(["kms:Sign"], [signing_key_arn]))
    return statements


def wildcard_reasons(statements: list[Statement]) -> dict[str, str]:
    """Return the resources with a wildcard, each with its reason."""
    return {
        arn: _ANY_REASON if arn == "*" else _WILDCARDS[arn.split(":")[2]]
        for statement in statements
        for arn in statement["Resource"]
        if "*" in arn
    }


def queue_right(queue_arn: str) -> Statement:
    """Return the right to read the ingest queue."""
    return _allow(
        ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], [queue_arn]
    )


def failures_right(queue_arn: str) -> Statement:
    """Return the right to put aside what could not be archived."""
    return _allow(["sqs:SendMessage"], [queue_arn])


def stream_rights(stream_arn: str) -> list[Statement]:
    """Return the right to read the state table's stream."""
    return [
        _allow(
            ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
            [stream_arn],
        ),
        # ListStreams knows no resource.
        _allow(["dynamodb:ListStreams"], ["*"]),
    ]


def _allow(
    actions: list[str], resources: list[str], condition: dict[str, Any] | None = None
) -> Statement:
    statement: Statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return statement | ({"Condition": condition} if condition else {})
