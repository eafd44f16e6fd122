"""What people and pipelines add to the log: reviews, test runs, documents, legal holds."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from log_archiver.archive import Archive
from log_archiver.names import PLATFORM

TYPES: Final = (
    "bias-test", "document", "erasure", "human-review", "legal-hold", "note", "test-run"
)  # fmt: skip
_FIELDS: Final = frozenset(
    {"type", "tenant", "summary", "about", "result", "document_sha256", "document_name", "id"}
)
_MOST_TEXT: Final = 2_000
_MOST_ABOUT: Final = 50
_TENANT: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RefusedError(Exception):
    """A statement that is not taken; the text says why.

    Attributes:
        status_code: 400 invalid, 403 no identity, 405 not a POST.
    """

    def __init__(self, status_code: int, text: str) -> None:
        super().__init__(text)
        self.status_code = status_code


def append(event: Mapping[str, Any], archive: Archive, now: datetime) -> dict[str, Any]:
    """Archive a statement that was sent to the function's URL; return where it is.

    Args:
        event: The request, payload format 2.0; its body is the statement.
        archive: The locked bucket.
        now: The moment.

    Raises:
        RefusedError: If it is none, or nobody signed it.
    """
    actor = _actor(event)
    statement = _statement(event)
    tenant = statement.pop("tenant", None)
    unique = statement.pop("id")
    entry = archive.put_document(
        "statements",
        tenant=tenant or PLATFORM,
        at=now,
        unique=f"{tenant} {unique}",
        document={
            **statement,
            "id": unique,
            "tenant": tenant,
            "actor": actor,
            "at": now.isoformat(timespec="seconds"),
        },
    )
    return {
        "id": unique,
        "key": entry.key,
        "sha256": entry.sha256,
        "version_id": entry.version_id,
        "actor": archive.pseudonyms.text(actor),
        "chained": "with the manifest of this hour, shortly after its end",
    }


def _actor(event: Mapping[str, Any]) -> str:
    authorizer = (event.get("requestContext") or {}).get("authorizer") or {}
    arn = (authorizer.get("iam") or {}).get("userArn")
    if not isinstance(arn, str) or not arn.startswith("arn:"):
        raise RefusedError(403, "no IAM identity: sign the request (AuthType AWS_IAM)")
    return arn


def _statement(event: Mapping[str, Any]) -> dict[str, Any]:
    if event["requestContext"].get("http", {}).get("method", "POST") != "POST":
        raise RefusedError(405, "send a POST")
    try:
        statement = json.loads(event.get("body") or "")
    except ValueError:
        raise RefusedError(400, "the body must be one JSON object") from None
    if not isinstance(statement, dict):
        raise RefusedError(400, "the body must be one JSON object")
    unknown = sorted(set(statement) - _FIELDS)
    if unknown:
        raise RefusedError(400, f"unknown: {', '.join(unknown)}; allowed: {', '.join(_FIELDS)}")
    _check(statement)
    return {key: value for key, value in statement.items() if value is not None}


def _check(statement: Mapping[str, Any]) -> None:
    faults = [*_pattern_faults(statement), *_text_faults(statement)]
    if statement.get("type") not in TYPES:
        faults.append(f"type must be one of {', '.join(TYPES)}, got {statement.get('type')!r}")
    if not _is_plain(statement.get("about")):
        faults.append(f"about must be an object of at most {_MOST_ABOUT} plain values")
    if faults:
        raise RefusedError(400, "; ".join(faults))


def _pattern_faults(statement: Mapping[str, Any]) -> Iterator[str]:
    for key, pattern in (("tenant", _TENANT), ("document_sha256", _SHA256), ("id", _ID)):
        value = statement.get(key)
        optional = value is None and key != "id"
        if not optional and not (isinstance(value, str) and pattern.fullmatch(value)):
            yield f"{key} must match {pattern.pattern}, got {value!r}"


def _text_faults(statement: Mapping[str, Any]) -> Iterator[str]:
    if not statement.get("summary"):
        yield "summary must say what was done"
    for key in ("summary", "result", "document_name"):
        value = statement.get(key)
        if value is not None and not (isinstance(value, str) and len(value) <= _MOST_TEXT):
            yield f"{key} must be text of at most {_MOST_TEXT} characters"


def _is_plain(about: Any) -> bool:
    if about is None:
        return True
    if not isinstance(about, dict) or len(about) > _MOST_ABOUT:
        return False
    return all(isinstance(value, str | int | float | bool) for value in about.values())
