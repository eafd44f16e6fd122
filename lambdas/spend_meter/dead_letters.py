"""Where refused records are kept until somebody mends what refused them.

A message holds many records by reason, as base64 of a gzip of JSON, so that a queue of a thousand
messages is a disaster and not an hour's garbage. Prompts and answers are left out of it.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spend_meter.delivery import LogEvents, log_events
from spend_meter.rejection import Reason
from spend_meter.usage import logged_usage

LONGEST_MESSAGE_BYTES: Final = 200_000
REPLAYED_AGAIN_AFTER_SECONDS: Final = 900
"""The longest delay SQS has: a record refused again must not go round and round."""

_LONGEST_KEPT_TEXT: Final = 30_000
_VERSION: Final = 1

_Letter = tuple[Reason, str, str]
"""Reason, event id, message."""


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """Refused records read back.

    Attributes:
        attempt: How often they were refused before.
        events: The records.
    """

    attempt: int
    events: LogEvents


def encode_records(
    events: LogEvents, rejected: Mapping[Reason, Sequence[int]], *, attempt: int
) -> list[str]:
    """Return messages that hold the refused records, as few as their size allows.

    Args:
        events: The batch.
        rejected: Positions of refused records by reason.
        attempt: How often they were refused before.
    """
    letters = [
        (reason, events.ids[position], without_bodies(events.messages[position]))
        for reason, positions in rejected.items()
        for position in positions
    ]
    return list(_packed(letters, attempt))


def encode_delivery(data: object, *, attempt: int) -> list[str]:
    """Return messages that hold a delivery that cannot be opened."""
    text = data if isinstance(data, str) else json.dumps(data)
    about = _about([Reason.UNDECODABLE_DELIVERY], attempt)
    whole = json.dumps(about | {"awslogs": {"data": text}})
    if len(whole) <= LONGEST_MESSAGE_BYTES:
        return [whole]
    size = LONGEST_MESSAGE_BYTES // 2
    parts = [text[start : start + size] for start in range(0, len(text), size)]
    of = {"of": len(parts), "sha256": hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()}
    return [
        json.dumps(about | of | {"part": number, "text": part})
        for number, part in enumerate(parts, start=1)
    ]


def decode_records(body: Mapping[str, Any]) -> DeadLetters:
    """Return the records of a message of `encode_records`.

    Raises:
        KeyError, TypeError, ValueError, OSError, EOFError: If it is another message.
    """
    groups = json.loads(gzip.decompress(base64.b64decode(body["data"], validate=True)))
    events = [{"id": i, "message": text} for group in groups.values() for i, text in group]
    return DeadLetters(attempt=int(body["attempt"]), events=log_events(events))


def without_bodies(message: str) -> str:
    """Return a log record without what was asked and answered, but with the usage it tells."""
    if "BodyJson" in message:
        try:
            record = json.loads(message)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            message = json.dumps(_stripped(record))
    if len(message) <= _LONGEST_KEPT_TEXT:
        return message
    digest = hashlib.sha256(message.encode("utf-8", "replace")).hexdigest()
    return f"{message[:_LONGEST_KEPT_TEXT]} [cut: {len(message)} characters, sha256 {digest}]"


def _stripped(record: dict[str, Any]) -> dict[str, Any]:
    given, made = record.get("input"), record.get("output")
    if isinstance(given, dict):
        record = record | {"input": {k: v for k, v in given.items() if k != "inputBodyJson"}}
    if isinstance(made, dict) and "outputBodyJson" in made:
        usage = logged_usage(made["outputBodyJson"])
        kept = {k: v for k, v in made.items() if k != "outputBodyJson"}
        record = record | {"output": kept | ({"outputBodyJson": {"usage": usage}} if usage else {})}
    return record


def _packed(letters: Sequence[_Letter], attempt: int) -> Iterator[str]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for reason, event_id, message in letters:
        groups.setdefault(reason, []).append((event_id, message))
    packed = gzip.compress(json.dumps(groups).encode(), mtime=0)
    about = _about([reason for reason, *_ in letters], attempt)
    body = json.dumps(about | {"data": base64.b64encode(packed).decode()})
    if len(body) <= LONGEST_MESSAGE_BYTES or len(letters) == 1:
        yield body
        return
    half = len(letters) // 2
    yield from _packed(letters[:half], attempt)
    yield from _packed(letters[half:], attempt)


def _about(reasons: Sequence[Reason], attempt: int) -> dict[str, Any]:
    counted = {reason: reasons.count(reason) for reason in sorted(set(reasons))}
    return {"version": _VERSION, "attempt": attempt, "records": len(reasons), "reasons": counted}
