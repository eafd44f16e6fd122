"""Subscription filters that call their function as CloudWatch Logs does: asynchronously.

So the function's retries and its on-failure destination apply, which ministack leaves out, and an
event has the same id however often it is delivered. CloudWatch Logs delivers at least once: the
last deliveries are kept, and `redeliver` sends them again.

Only functions are delivered to, and of a filter pattern only its words count.
"""

import base64
import gzip
import json
import time
import uuid
from collections import deque
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import cloudwatch_logs, lambda_svc

_KEPT = 20
_DELIVERIES = "finopsDeliveries"


def install() -> None:
    """Deliver log events through Lambda's asynchronous invocation."""
    cloudwatch_logs._fanout_to_subscription_filters = _fan_out


def redeliver(group: str) -> int:
    """Send a log group's last deliveries again, as they were.

    Args:
        group: The name of the log group, in the account and Region at hand.

    Returns:
        How many deliveries there were.
    """
    deliveries = list((cloudwatch_logs._log_groups.get(group) or {}).get(_DELIVERIES) or ())
    for destination, event in deliveries:
        _invoke(destination, event)
    return len(deliveries)


def _fan_out(group: str, stream: str, events: list[dict[str, Any]]) -> None:
    stored = cloudwatch_logs._log_groups.get(group) or {}
    for subscription in (stored.get("subscriptionFilters") or {}).values():
        destination = subscription.get("destinationArn", "")
        own_group = f"/aws/lambda/{destination.rpartition(':function:')[2].partition(':')[0]}"
        pattern = subscription.get("filterPattern", "")
        matching = [
            event
            for event in events
            if cloudwatch_logs._subscription_pattern_matches(pattern, event.get("message", ""))
        ]
        if ":function:" in destination and group != own_group and matching:
            event = _awslogs(group, stream, subscription["filterName"], matching)
            stored.setdefault(_DELIVERIES, deque(maxlen=_KEPT)).append((destination, event))
            _invoke(destination, event)


def _awslogs(
    group: str, stream: str, subscription: str, events: list[dict[str, Any]]
) -> dict[str, Any]:
    now = int(time.time() * 1000)
    payload = {
        "messageType": "DATA_MESSAGE",
        "owner": get_account_id(),
        "logGroup": group,
        "logStream": stream,
        "subscriptionFilters": [subscription],
        "logEvents": [
            {
                "id": f"{uuid.uuid4().int:056d}"[-56:],
                "timestamp": event.get("timestamp", now),
                "message": event.get("message", ""),
            }
            for event in events
        ],
    }
    packed = gzip.compress(json.dumps(payload).encode())
    return {"awslogs": {"data": base64.b64encode(packed).decode()}}


def _invoke(destination: str, event: dict[str, Any]) -> None:
    function, config, _name = lambda_svc._get_func_record_for_ref(destination)
    if function and config:
        record = lambda_svc._execution_record_for_config(function, config)
        lambda_svc.invoke_async_with_retry(record, event)
