"""EventBridge rules that call functions asynchronously, and fire when they are told to.

ministack has a clock for `rate()` and `cron()` rules, which looks every ten seconds. Not modelled:
a target's retry policy and dead-letter queue.
"""

import json
import time
import uuid
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, lambda_svc

from local.service_calls import ServiceCallError


def install() -> None:
    """Give the functions that a rule calls their retries and on-failure destinations."""
    eventbridge._dispatch_to_lambda = _dispatch_to_lambda


def fire(rule_name: str) -> int:
    """Send a schedule rule's event to its targets now, whether it is due or not.

    Args:
        rule_name: The rule on the default bus, in the account and Region at hand.

    Returns:
        How many targets it has.

    Raises:
        ServiceCallError: There is no such rule, or it has no schedule.
    """
    key = eventbridge._rule_key(rule_name, "default")
    rule: dict[str, Any] = eventbridge._rules.get(key) or {}
    if not rule.get("ScheduleExpression"):
        raise ServiceCallError(f"There is no rule {rule_name} with a schedule.")
    event = {
        "EventId": str(uuid.uuid4()),
        "Source": "aws.events",
        "DetailType": "Scheduled Event",
        "Detail": "{}",
        "EventBusName": "default",
        "Time": time.time(),
        "Resources": [rule["Arn"]],
        "Account": get_account_id(),
        "Region": get_region(),
    }
    targets = eventbridge._targets.get(key) or []
    view = eventbridge._pattern_event_view(event)
    for target in targets:
        eventbridge._invoke_target(target, event, rule, view)
    return len(targets)


def _dispatch_to_lambda(arn: str, payload: str) -> None:
    function, config, _name = lambda_svc._get_func_record_for_ref(arn)
    if function and config:
        record = lambda_svc._execution_record_for_config(function, config)
        lambda_svc.invoke_async_with_retry(record, json.loads(payload))
