"""The log record that nobody's call made: as Bedrock writes them, without any content."""

import json
from datetime import datetime
from typing import Any

from shared.canary_tenant import CANARY_ALIAS


def synthetic_record(
    *, now: datetime, account: str, region: str, profile_arn: str, role_arn: str, tokens: int
) -> str:
    """Return a record of one call of the canary's profile.

    Args:
        now: When it was made.
        account: The platform's account.
        region: The platform's Region.
        profile_arn: The canary's profile.
        role_arn: The canary's caller.
        tokens: Its input tokens.
    """
    role = role_arn.rpartition("/")[2]
    record: dict[str, Any] = {
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "accountId": account,
        "region": region,
        # Nobody called: whoever reads the log is told so.
        "requestId": f"finops-{CANARY_ALIAS}-{now:%Y%m%dT%H%M%S}",
        "requestMetadata": {"finops": "synthetic record of the daily self-test"},
        "operation": "InvokeModel",
        "modelId": profile_arn,
        "identity": {"arn": f"arn:aws:sts::{account}:assumed-role/{role}/{CANARY_ALIAS}"},
        "input": {"inputContentType": "application/json", "inputTokenCount": tokens},
        "output": {"outputContentType": "application/json", "outputTokenCount": 0},
    }
    return json.dumps(record, separators=(",", ":"))
