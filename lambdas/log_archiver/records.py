"""One Bedrock log record as it may be locked: no content, no person's name, and whose it is.

What Bedrock may add to its records one day is not known to be harmless: of a record's content only
counts and types are kept, and of the fields beside it those known here and plain numbers.
"""

import json
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from log_archiver.names import UNATTRIBUTED
from log_archiver.pseudonyms import Pseudonyms

_KEPT: Final = frozenset(
    {
        "accountId",
        "errorCode",
        "inferenceRegion",
        "modelId",
        "operation",
        "region",
        "requestId",
        "schemaType",
        "schemaVersion",
        "timestamp",
    }
)
_BODIES: Final = {"input": "inputBodyJson", "output": "outputBodyJson"}
_GUARDRAIL_ACTION: Final = "amazon-bedrock-guardrailAction"

Owner = tuple[str, str | None]
"""Tenant and alias of a `modelId`."""


class UnreadableRecordError(Exception):
    """A line that is no log record."""


class LockedRecord(NamedTuple):
    """A record as it is archived."""

    tenant: str
    hour: str
    """UTC hour of the call, as `2026-11-26T01`."""
    model: str
    """What CloudWatch calls it: the last part of `modelId`."""
    failed: bool
    line: str


class Locker:
    """Turns log records into what may be locked.

    Args:
        pseudonyms: Replaces names.
        owner_of: Tenant and alias by `modelId`.
        kept_metadata: Keys of `requestMetadata` whose values are kept as they are; the values of
            all others are replaced like names.
    """

    def __init__(
        self,
        pseudonyms: Pseudonyms,
        owner_of: Callable[[str], Owner],
        kept_metadata: Collection[str] = (),
    ) -> None:
        self._pseudonyms = pseudonyms
        self._owner_of = owner_of
        self._kept_metadata = frozenset(kept_metadata)
        self._hours: dict[str, str] = {}

    def lock(self, record: Any) -> LockedRecord:
        """Return a record as it may be locked.

        Raises:
            UnreadableRecordError: If it is no log record of a call.
        """
        try:
            model_id, timestamp = record["modelId"], record["timestamp"]
            hour = self._hours.get(timestamp) or self._hour(timestamp)
            model = model_id.rpartition("/")[2]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise UnreadableRecordError(f"no call's log record: {error}") from error
        tenant, alias = self._owner_of(model_id)
        kept: dict[str, Any] = {
            key: value
            for key, value in record.items()
            if (key in _KEPT and isinstance(value, str | int)) or isinstance(value, int | float)
        }
        said: dict[str, Any] = {"tenant": tenant}
        if alias:
            said["alias"] = alias
        self._identity(record, kept, said)
        for part in _BODIES:
            self._part(record, part, tenant, kept, said)
        self._metadata(record, kept)
        kept["finops"] = said
        line = json.dumps(kept, separators=(",", ":"), sort_keys=True)
        return LockedRecord(tenant, hour, model, bool(record.get("errorCode")), line)

    def _hour(self, timestamp: str) -> str:
        if len(self._hours) > 100_000:
            self._hours.clear()
        moment = datetime.fromisoformat(timestamp)
        if moment.tzinfo is None:
            raise ValueError("timestamp has no time zone")
        hour = self._hours[timestamp] = moment.astimezone(UTC).strftime("%Y-%m-%dT%H")
        return hour

    def _identity(
        self, record: Mapping[str, Any], kept: dict[str, Any], said: dict[str, Any]
    ) -> None:
        identity = record.get("identity")
        arn = identity.get("arn") if isinstance(identity, Mapping) else None
        if not isinstance(arn, str):
            return
        principal = self._pseudonyms.principal(arn)
        kept["identity"] = {"arn": principal.arn}
        if principal.role:
            said["role"] = principal.role
        if principal.person:
            said["person"] = principal.person

    def _part(
        self,
        record: Mapping[str, Any],
        part: str,
        tenant: str,
        kept: dict[str, Any],
        said: dict[str, Any],
    ) -> None:
        content = record.get(part)
        if not isinstance(content, Mapping):
            return
        kept[part] = {
            key: value
            for key, value in content.items()
            if isinstance(value, int | float) or (key.endswith("ContentType") and value)
        }
        body = content.get(_BODIES[part])
        if body is None:
            return
        plain = json.dumps(body, separators=(",", ":"), sort_keys=True).encode()
        said[f"{part}_hmac"] = self._pseudonyms.hmac(f"body {tenant}", plain)
        if part == "output":
            said["guardrail"] = guardrail_action(body)

    def _metadata(self, record: Mapping[str, Any], kept: dict[str, Any]) -> None:
        metadata = record.get("requestMetadata")
        if isinstance(metadata, Mapping) and metadata:
            kept["requestMetadata"] = {
                str(key): value if key in self._kept_metadata else self._pseudonyms.of(str(value))
                for key, value in metadata.items()
            }


def guardrail_action(body: Any) -> str:
    """Return `intervened` or `none`, as an answer's logged body tells."""
    for chunk in body if isinstance(body, list) else [body]:
        if not isinstance(chunk, Mapping):
            continue
        stopped = chunk.get("messageStop")
        reasons = (
            chunk.get("stopReason"),
            chunk.get("stop_reason"),
            stopped.get("stopReason") if isinstance(stopped, Mapping) else None,
        )
        if "guardrail_intervened" in reasons or chunk.get(_GUARDRAIL_ACTION) == "INTERVENED":
            return "intervened"
    return "none"


def owner_of_entries(owners: Mapping[str, Owner]) -> Callable[[str], Owner]:
    """Return the lookup of a `modelId` in tenants' profiles, by ARN or id."""
    return lambda model_id: owners.get(model_id, (UNATTRIBUTED, None))
