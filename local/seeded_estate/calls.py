"""Invocation records as Bedrock writes them, without a call."""

import json
import uuid
from datetime import datetime
from typing import Any

from local.seeded_estate.application import ACCOUNT, REGION


def record(identity_arn: str, model_id: str, at: datetime) -> dict[str, Any]:
    """Return the log event of one call.

    Args:
        identity_arn: Who called.
        model_id: The model or profile.
        at: When.
    """
    told = {
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
        "timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "accountId": ACCOUNT,
        "identity": {"arn": identity_arn},
        "region": REGION,
        "requestId": str(uuid.uuid4()),
        "operation": "Converse",
        "modelId": model_id,
        "input": {"inputContentType": "application/json", "inputTokenCount": 900},
        "output": {"outputContentType": "application/json", "outputTokenCount": 120},
    }
    return {"timestamp": int(at.timestamp() * 1000), "message": json.dumps(told)}
