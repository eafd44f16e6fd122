"""The invocation log, read again and metered by the meter's own code at the registry's prices."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from finops_constructs._function_code import use_function_code
from finops_constructs.enforcement.names import INVOCATION_LOG_GROUP
from finops_constructs.operations.aws import Aws, translated

use_function_code()

from shared.registry import Registry  # noqa: E402 - found only now
from spend_meter.delivery import EVENTS_PER_BATCH, LogEvents, log_events  # noqa: E402 - as above
from spend_meter.metering import meter  # noqa: E402 - as above

_EVENTS_PER_PAGE: Final = 10_000
Sums = dict[str, dict[str, dict[str, int]]]
"""Tenant -> sort key of the ledger -> attribute -> number."""


@dataclass(slots=True)
class Reread:
    """What the log says now.

    Attributes:
        sums: What the meter would write.
        records: How many records were read.
        refused: How many of them it would refuse, by reason.
    """

    sums: Sums = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    records: int = 0
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def reread(
    aws: Aws,
    registry: Registry,
    *,
    starts: datetime,
    ends: datetime,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Reread:
    """Read the log of some time and meter it anew.

    Args:
        aws: Where, and as whom; needs logs:FilterLogEvents.
        registry: Whose prices hold.
        starts: The first instant.
        ends: The last one; log records come a little after their calls.
        on_progress: Told how many records were read, now and then.

    Raises:
        OperationsError: If AWS refuses or cannot be reached.
    """
    found = Reread()
    for events, newest in _batches(aws, starts, ends):
        metered = meter(
            events, profile_of=registry.by_model_id.get, now=newest, count_rejected=False
        )
        found.records += len(events.ids)
        for reason, positions in metered.rejected.items():
            found.refused[str(reason)] += len(positions)
        for update in metered.updates:
            item = found.sums[update.pk][update.sk]
            for attribute, number in update.added.items():
                item[attribute] = item.get(attribute, 0) + number
        on_progress(found.records)
    return found


def _batches(aws: Aws, starts: datetime, ends: datetime) -> Iterator[tuple[LogEvents, datetime]]:
    """Yield events with the instant of the newest, by which the meter believes their times."""
    held: list[Any] = []
    for event in _events(aws, starts, ends):
        held.append(event)
        if len(held) == EVENTS_PER_BATCH:
            yield _batch(held)
            held = []
    if held:
        yield _batch(held)


def _batch(held: list[Any]) -> tuple[LogEvents, datetime]:
    newest = max(event["timestamp"] for event in held)
    events = [{"id": event["eventId"], "message": event["message"]} for event in held]
    return log_events(events), datetime.fromtimestamp(newest / 1000, UTC)


def _events(aws: Aws, starts: datetime, ends: datetime) -> Iterator[Any]:
    logs = aws.client("logs")
    with translated(f"reading {INVOCATION_LOG_GROUP} (logs:FilterLogEvents)"):
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=INVOCATION_LOG_GROUP,
            startTime=int(starts.timestamp() * 1000),
            endTime=int(ends.timestamp() * 1000),
            PaginationConfig={"PageSize": _EVENTS_PER_PAGE},
        )
        for page in pages:
            yield from page["events"]
