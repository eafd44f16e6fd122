"""Whom a message asks to look at first. A message is never trusted with more than that."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from shared.registry import Registry

_CLOUDTRAIL: Final = "AWS API Call via CloudTrail"
OWN_NOTICE: Final = "finops-notice"
"""Message attribute of this function's own notices, which come back by the topics' wake."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Whom to look at.

    Attributes:
        tenants: These.
        everybody: Everybody, because the message does not say whom.
    """

    tenants: frozenset[str] = frozenset()
    everybody: bool = False


def hint_of(body: str, registry: Registry) -> Hint:
    """Return whom a message is about: whose name, alarm, budget, topic, profile or policy it has.

    One that names nobody known asks for a look at everybody; but not an event of CloudTrail, which
    tells of every tag and attached policy in the account.
    """
    message = _parse(body)
    if OWN_NOTICE in (message.get("MessageAttributes") or {}):
        return Hint()
    named = message.get("tenants")
    if "wake" in message and isinstance(named, list) and named:
        return Hint(tenants=frozenset(str(each) for each in named))
    found = frozenset(
        tenant
        for tenant in registry.tenants
        if any(name in body for name in _names(registry, tenant))
    )
    return Hint(tenants=found, everybody=not found and message.get("detail-type") != _CLOUDTRAIL)


def _parse(body: str) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except (RecursionError, ValueError):
        return {}
    return message if isinstance(message, dict) else {}


def _names(registry: Registry, tenant: str) -> Iterator[str]:
    policy = registry.policies.get(tenant)
    if policy is not None:
        yield policy.budget_name
        yield policy.alert_topic_arn
        yield policy.suspension_policy_arn
    for entry in registry.watched(tenant).values():
        yield entry.profile_arn
        if entry.burst_alarm_name:
            yield entry.burst_alarm_name
