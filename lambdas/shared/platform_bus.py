"""Events to the platforms' buses, from the account of the cost lake."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

logger = Logger(child=True)

SOURCE: Final = "finops-constructs"
EVENTS_PER_CALL: Final = 10
"""PutEvents takes no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A platform: one account and Region."""

    account: str
    region: str


def tell(
    events: Callable[[str], Any],
    target: Target,
    detail_type: str,
    details: Sequence[Mapping[str, Any]],
    *,
    partition: str,
) -> bool:
    """Send events to a platform's bus.

    Args:
        events: Returns the boto3 EventBridge client of a Region.
        target: The platform.
        detail_type: Of all events.
        details: Their contents.
        partition: Such as `aws`.

    Returns:
        Whether all were taken; if not, the log says why.
    """
    bus = f"arn:{partition}:events:{target.region}:{target.account}:event-bus/default"
    try:
        client = events(target.region)
        answers = [client.put_events(Entries=each) for each in _portions(details, detail_type, bus)]
    except (BotoCoreError, ClientError):
        logger.exception("platform not told", bus=bus)
        return False
    refused = sum(answer["FailedEntryCount"] for answer in answers)
    if refused:
        logger.error("events refused", bus=bus, count=refused)
    return not refused


def _portions(
    details: Sequence[Mapping[str, Any]], detail_type: str, bus: str
) -> Iterator[list[dict[str, str]]]:
    made = [
        {
            "Source": SOURCE,
            "DetailType": detail_type,
            "Detail": json.dumps(detail),
            "EventBusName": bus,
        }
        for detail in details
    ]
    for at in range(0, len(made), EVENTS_PER_CALL):
        yield made[at : at + EVENTS_PER_CALL]
