"""When the kill switch last looked at everybody, and whom it could not look at then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.json_values import from_json, to_json
from shared.state_table import PLATFORM

_KEY: Final = {"pk": {"S": PLATFORM}, "sk": {"S": "LOOKED"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The last run that looked at everybody.

    Attributes:
        at: When it began, before it read anything.
        without: Tenants whose turn did not end.
    """

    at: datetime
    without: tuple[str, ...] = ()


def store_looked(dynamodb: Any, table: str, at: datetime, without: Iterable[str]) -> None:
    """Store that a run that began at `at` has looked at everybody but `without`."""
    looked = Looked(at=at, without=tuple(sorted(without)))
    dynamodb.put_item(TableName=table, Item={**_KEY, "doc": {"S": to_json(looked)}})


def read_looked(dynamodb: Any, table: str) -> Looked | None:
    """Return the last one; None if there was none."""
    found = dynamodb.query(
        TableName=table,
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk AND sk = :sk",
        ExpressionAttributeValues={":pk": _KEY["pk"], ":sk": _KEY["sk"]},
    )["Items"]
    return from_json(Looked, found[0]["doc"]["S"]) if found else None


def decided_at(tenant: str, stored: datetime | None, looked: Looked | None) -> datetime | None:
    """Return when the kill switch last began to look at a tenant."""
    general = looked.at if looked and tenant not in looked.without else None
    return max((at for at in (stored, general) if at), default=None)
