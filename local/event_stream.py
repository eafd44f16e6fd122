"""Streamed answers of bedrock-runtime, event by event."""

import json
from typing import Any

from botocore.eventstream import EventStreamBuffer
from ministack.services import bedrock_runtime

Events = list[tuple[str, dict[str, Any]]]


def decoded(body: bytes) -> Events:
    """Return the type and the payload of each event.

    Args:
        body: The whole stream.
    """
    buffer: Any = EventStreamBuffer()
    buffer.add_data(body)
    return [(event.headers[":event-type"], json.loads(event.payload)) for event in buffer]


def encoded(events: Events) -> bytes:
    """Return the stream of events.

    Args:
        events: Their types and payloads.
    """
    return b"".join(bedrock_runtime._es_event(kind, payload) for kind, payload in events)
