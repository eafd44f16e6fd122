"""The archiver's memory: which sources were archived, what waits for a manifest, the chain's head.

Losing it loses nothing that was archived: the chain is in the bucket, and the head is found there.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from log_archiver.manifest import Link

PERMISSIONS: Final = (
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
)
_REMEMBERED_SECONDS: Final = 40 * 24 * 3600
"""Longer than any queue, stream or landing object lasts."""
_CONFLICT: Final = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A source whose archiving has begun: what every attempt must do alike.

    Attributes:
        archived_at: The instant in the keys of its objects.
        plan: What it is archived by, such as the tenants of its models.
        stored: Whether its objects are stored and wait for a manifest, or are in one.
    """

    archived_at: str
    plan: Mapping[str, Any]
    stored: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """Entries of one source that no manifest has yet."""

    sort_key: str
    landing_key: str | None
    entries: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ChainTable:
    """The table; its client's errors are not caught."""

    dynamodb: Any
    name: str
    _snapshots: dict[str, Any] = field(default_factory=dict)

    def begin(
        self, source: str, *, archived_at: str, plan: Mapping[str, Any], now_seconds: int
    ) -> Begun:
        """Note that a source is being archived, or return what was noted first."""
        item = {
            **_key(f"SOURCE#{source}", "SOURCE"),
            "archived_at": {"S": archived_at},
            "plan": {"B": _packed(plan)},
            "is_stored": {"BOOL": False},
            "expires_at": {"N": str(now_seconds + _REMEMBERED_SECONDS)},
        }
        try:
            self.dynamodb.put_item(
                TableName=self.name, Item=item, ConditionExpression="attribute_not_exists(pk)"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != _CONFLICT:
                raise
            found = self._get(f"SOURCE#{source}", "SOURCE")
            assert found is not None
            return Begun(
                archived_at=found["archived_at"]["S"],
                plan=_unpacked(found["plan"]["B"]),
                stored=found["is_stored"]["BOOL"],
            )
        return Begun(archived_at=archived_at, plan=plan, stored=False)

    def keep_snapshot(self, value: Any, now: datetime) -> str:
        """Keep what many sources refer to, once, and return its id."""
        content = _packed(value)
        name = hashlib.sha256(content).hexdigest()
        if name not in self._snapshots:
            item = {
                **_key(f"SNAPSHOT#{name}", "SNAPSHOT"),
                "value": {"B": content},
                "expires_at": {"N": str(int(now.timestamp()) + 2 * _REMEMBERED_SECONDS)},
            }
            self.dynamodb.put_item(TableName=self.name, Item=item)
            self._snapshots[name] = json.loads(json.dumps(value))
        return name

    def snapshot(self, name: str) -> Any:
        """Return what `keep_snapshot` kept."""
        if name not in self._snapshots:
            found = self._get(f"SNAPSHOT#{name}", "SNAPSHOT")
            assert found is not None
            self._snapshots[name] = _unpacked(found["value"]["B"])
        return self._snapshots[name]

    def store(
        self,
        source: str,
        archived_at: str,
        entries: Sequence[Mapping[str, Any]],
        landing_key: str | None = None,
    ) -> None:
        """Note a source's objects, which wait for a manifest from now on; once, in one write."""
        waiting = {
            **_key("WAITING", f"{archived_at}#{source}"),
            "entries": {"B": _packed(list(entries))},
        }
        if landing_key:
            waiting["landing_key"] = {"S": landing_key}
        done = {
            "TableName": self.name,
            "Key": _key(f"SOURCE#{source}", "SOURCE"),
            "UpdateExpression": "SET is_stored = :yes",
            "ConditionExpression": "is_stored = :no",
            "ExpressionAttributeValues": {":yes": {"BOOL": True}, ":no": {"BOOL": False}},
        }
        put = {"TableName": self.name, "Item": waiting}
        try:
            self.dynamodb.transact_write_items(TransactItems=[{"Update": done}, {"Put": put}])
        except self.dynamodb.exceptions.TransactionCanceledException as error:
            reasons = error.response.get("CancellationReasons", [])
            if reasons and reasons[0].get("Code") == "ConditionalCheckFailed":
                return  # Another attempt was first.
            raise

    def waiting(self, until: str) -> Iterator[Waiting]:
        """Yield what waits for a manifest and was archived before an instant."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.name,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND sk < :until",
            ExpressionAttributeValues={":pk": {"S": "WAITING"}, ":until": {"S": until}},
        )
        for page in pages:
            for item in page["Items"]:
                yield Waiting(
                    item["sk"]["S"],
                    item.get("landing_key", {}).get("S"),
                    _unpacked(item["entries"]["B"]),
                )

    def forget(self, waiting: Waiting) -> None:
        """Note that a manifest has these entries."""
        self.dynamodb.delete_item(TableName=self.name, Key=_key("WAITING", waiting.sort_key))

    def head(self) -> Link | None:
        """Return the last manifest; None if none is known here."""
        found = self._get("CHAIN", "HEAD")
        return Link(**json.loads(found["doc"]["S"])) if found else None

    def advance(self, before: Link | None, after: Link) -> bool:
        """Make a manifest the head; False if the head is not the one before any more."""
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if before:
            condition = {
                "ConditionExpression": "sha256 = :before",
                "ExpressionAttributeValues": {":before": {"S": before.sha256}},
            }
        item = {
            **_key("CHAIN", "HEAD"),
            "doc": {"S": json.dumps(asdict(after))},
            "sha256": {"S": after.sha256},
        }
        try:
            self.dynamodb.put_item(TableName=self.name, Item=item, **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] != _CONFLICT:
                raise
            return False
        return True

    def start(self, hour: str) -> str:
        """Return the hour that the chain begins with: that of the first run, noted once."""
        item = {**_key("CHAIN", "START"), "hour": {"S": hour}}
        try:
            self.dynamodb.put_item(
                TableName=self.name, Item=item, ConditionExpression="attribute_not_exists(pk)"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != _CONFLICT:
                raise
            found = self._get("CHAIN", "START")
            assert found is not None
            return str(found["hour"]["S"])
        return hour

    def _get(self, pk: str, sk: str) -> Mapping[str, Any] | None:
        answer = self.dynamodb.get_item(TableName=self.name, Key=_key(pk, sk), ConsistentRead=True)
        found: Mapping[str, Any] | None = answer.get("Item")
        return found


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _packed(value: Any) -> bytes:
    return gzip.compress(json.dumps(value, separators=(",", ":")).encode(), mtime=0)


def _unpacked(content: Any) -> Any:
    return json.loads(gzip.decompress(bytes(content)))
