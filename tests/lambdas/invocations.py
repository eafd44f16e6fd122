"""Invocation log records, deliveries of them, and the registry of the tenants that made them."""

import base64
import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from shared.registry import Registry, parse_registry

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
RATES = {
    "input": "3",
    "output": "15",
    "cache_read": "0.3",
    "cache_write_5m": "3.75",
    "cache_write_1h": "6",
}
LONG_RATES = {
    "input": "6",
    "output": "22.5",
    "cache_read": "0.6",
    "cache_write_5m": "7.5",
    "cache_write_1h": "12",
}
PRICE = {
    "rates": RATES,
    "tiers": [{"above_input_tokens": 200_000, "rates": LONG_RATES}],
    "source": "litellm 1.110.2",
    "as_of": "2026-11-20",
}
_ARN = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/"


def profile_arn(profile_id: str) -> str:
    return f"{_ARN}{profile_id}"


def profile_entry(tenant: str, alias: str, **changed: Any) -> dict[str, Any]:
    profile_id = changed.pop("profile_id", f"{tenant}{alias}")
    entry = {
        "schema_version": 1,
        "tenant": tenant,
        "alias": alias,
        "base_model_id": "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "model_source": "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "region": "eu-west-1",
        "profile_arn": profile_arn(profile_id),
        "profile_id": profile_id,
        "metered": True,
        "price": PRICE,
    }
    return entry | changed


def policy_entry(tenant: str, **changed: Any) -> dict[str, Any]:
    entry = {
        "schema_version": 1,
        "tenant": tenant,
        "display_name": tenant.title(),
        "monthly_limit_usd": "500",
        "budget_name": f"finops-{tenant}",
        "alert_topic_arn": f"arn:aws:sns:eu-west-1:111122223333:finops-{tenant}",
        "suspension_policy_arn": f"arn:aws:iam::111122223333:policy/finops/suspension/{tenant}",
    }
    return entry | changed


def entries_of(*entries: Mapping[str, Any]) -> dict[str, str]:
    """Return parameter values by name; an entry with an alias is a profile, else a policy."""
    return {
        f"/finops/{entry['tenant']}/"
        + (f"profiles/{entry['alias']}" if "alias" in entry else "policy"): json.dumps(entry)
        for entry in entries
    }


def registry_of(*entries: Mapping[str, Any]) -> Registry:
    registry = parse_registry(entries_of(*entries))
    assert registry.faults == ()
    return registry


def usual_registry() -> Registry:
    """Tenants `writer` and `chat` with two priced aliases each, and one unmetered of `writer`."""
    return registry_of(
        policy_entry("writer"),
        policy_entry("chat"),
        profile_entry("writer", "smart"),
        profile_entry("writer", "quick", price={**PRICE, "rates": {"input": "1", "output": "5"}}),
        profile_entry("writer", "images", metered=False, price=None),
        profile_entry("chat", "smart"),
        profile_entry("chat", "unpriced", price=None),
    )


def record(profile: str = "writersmart", *, role: str = "App", **changed: Any) -> dict[str, Any]:
    """Return a log record; `tokens_in`, `tokens_out`, `read` and `written` are its counts."""
    given = {"inputContentType": "application/json"}
    counts = {
        "inputTokenCount": changed.pop("tokens_in", 1000),
        "cacheReadInputTokenCount": changed.pop("read", None),
        "cacheWriteInputTokenCount": changed.pop("written", None),
    }
    made = {
        "outputContentType": "application/json",
        "outputTokenCount": changed.pop("tokens_out", 100),
    }
    body = changed.pop("body", None)
    usual = {
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
        "timestamp": "2026-11-25T14:03:22Z",
        "accountId": "111122223333",
        "region": "eu-west-1",
        "requestId": "0f6e2e5e-8a52-4f4e-9d3a-6a2c4f1e9b11",
        "operation": "Converse",
        "modelId": profile_arn(profile),
        "identity": {"arn": f"arn:aws:sts::111122223333:assumed-role/{role}/session"},
        "input": given | {k: v for k, v in counts.items() if v is not None},
        "output": made if body is None else made | {"outputBodyJson": body},
        "inferenceRegion": "eu-west-3",
    }
    return usual | changed


def event(number: int, message: Any) -> dict[str, Any]:
    text = message if isinstance(message, str) else json.dumps(message)
    return {"id": f"{number:056}", "timestamp": 1_795_000_000_000, "message": text}


def delivery(events: Iterable[Any], message_type: str = "DATA_MESSAGE") -> str:
    """Return `awslogs.data` of events."""
    opened = {
        "messageType": message_type,
        "owner": "111122223333",
        "logGroup": "/finops/bedrock-invocations",
        "logStream": "aws/bedrock/modelinvocations",
        "subscriptionFilters": ["spend-meter"],
        "logEvents": list(events),
    }
    return base64.b64encode(gzip.compress(json.dumps(opened).encode(), mtime=0)).decode()


def delivery_of(*records: Any, first: int = 0) -> str:
    return delivery(event(first + i, each) for i, each in enumerate(records))
