"""What CloudWatch Logs delivers: base64 of a gzip of JSON with log events, opened and split."""

import base64
import gzip
import hashlib
import json
import secrets
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spend_meter.rejection import Reason, RejectedError

EVENTS_PER_BATCH: Final = 4_000
"""A larger delivery is metered in several batches, so that a batch's plan fits into one item."""

_BETWEEN: Final = secrets.token_hex(16)
_BETWEEN_JSON: Final = f',"{_BETWEEN}",'


@dataclass(frozen=True, slots=True)
class LogEvents:
    """Log events of one batch, each once, in the order of their ids.

    Attributes:
        ids: Their ids, ascending.
        messages: What was logged, in the same order.
    """

    ids: Sequence[str]
    messages: Sequence[str]

    def batch_id(self, attempt: int) -> str:
        """Return what identifies the batch however often it is delivered.

        Args:
            attempt: How often these events were rejected before: each replay of dead letters is
                a batch of its own, even if its events are exactly those of the first delivery.
        """
        digest = hashlib.sha256("\n".join(self.ids).encode("utf-8", "backslashreplace"))
        if attempt:
            digest.update(f"\nreplay {attempt}".encode())
        return digest.hexdigest()

    def at(self, positions: Sequence[int]) -> "LogEvents":
        """Return only the events at these positions."""
        return LogEvents([self.ids[i] for i in positions], [self.messages[i] for i in positions])

    def batches(self) -> Iterator["LogEvents"]:
        """Yield the events in parts that depend on nothing but their ids."""
        for start in range(0, len(self.ids), EVENTS_PER_BATCH):
            yield self.at(range(start, min(start + EVENTS_PER_BATCH, len(self.ids))))


def open_delivery(data: object) -> LogEvents | None:
    """Return the log events of a delivery, or None if it is CloudWatch Logs testing the way.

    Args:
        data: The `awslogs.data` of the function's event.

    Raises:
        RejectedError: If it cannot be opened; nothing of it can be used then.
    """
    try:
        opened = json.loads(gzip.decompress(base64.b64decode(data, validate=True)))  # type: ignore[arg-type]
        if opened["messageType"] == "CONTROL_MESSAGE":
            return None
        return log_events(opened["logEvents"])
    except (
        ValueError,
        TypeError,
        KeyError,
        EOFError,
        OSError,
        zlib.error,
        RecursionError,
    ) as error:
        raise RejectedError(Reason.UNDECODABLE_DELIVERY) from error


def log_events(events: Sequence[Mapping[str, Any]]) -> LogEvents:
    """Return log events, each once; of several with one id the first stands.

    Raises:
        TypeError: If it is no list of events.
    """
    by_id: dict[str, Mapping[str, Any]] = {}
    try:
        by_id = {event["id"]: event for event in reversed(events)}
        ids = sorted(by_id)
        messages = [by_id[each]["message"] for each in ids]
        if {str}.issuperset(map(type, ids)) and {str}.issuperset(map(type, messages)):
            return LogEvents(ids, messages)
    except (KeyError, TypeError):
        pass
    return _odd_events(events)


def parse_messages(messages: Sequence[str]) -> list[Any]:
    """Return each message as JSON; None for one that is none.

    All are parsed at once, which is fast. A random text between them, which no message can
    contain, shows whether each was one JSON value; if not, each is parsed alone.
    """
    if not messages:
        return []
    try:
        values: list[Any] = json.loads(f"[{_BETWEEN_JSON.join(messages)}]")
    except (ValueError, RecursionError):
        return [_parse(message) for message in messages]
    expected = 2 * len(messages) - 1
    if len(values) != expected or values[1::2].count(_BETWEEN) != len(messages) - 1:
        return [_parse(message) for message in messages]
    return values[::2]


def _parse(message: str) -> Any:
    try:
        return json.loads(message)
    except (ValueError, RecursionError):
        return None


def _odd_events(events: object) -> LogEvents:
    """Return events of which some lack what every log event has; the whole is their message."""
    if not isinstance(events, list):
        raise TypeError("logEvents is no list")
    by_id: dict[str, str] = {}
    for position, event in enumerate(events):
        fields = event if isinstance(event, Mapping) else {}
        if isinstance(fields.get("id"), str) and isinstance(fields.get("message"), str):
            by_id.setdefault(fields["id"], fields["message"])
        else:
            whole = json.dumps(event, sort_keys=True)
            name = hashlib.sha256(f"{position} {whole}".encode()).hexdigest()
            by_id[f"odd-{name}"] = f"not a log event: {whole}"
    ids = sorted(by_id)
    return LogEvents(ids, [by_id[each] for each in ids])
