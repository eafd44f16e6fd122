"""Writing a batch into the ledger exactly once, however often it is tried.

Each transaction carries a marker that must not exist yet: either all its numbers and the marker
are written, or nothing is. A batch's first marker (`000`) is written with its only transaction,
or, with a plan in it, before the parts `001`, `002`, ... of the plan.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from shared.ledger import batch_key
from spend_meter.totals import LedgerUpdate

MARKERS_KEPT: Final = timedelta(days=36)
"""A day longer than the oldest record that is believed: what is forgotten cannot come again."""

_CONFLICTS: Final = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
)
_BUSY: Final = frozenset(
    {
        "TransactionConflictException",
        "TransactionInProgressException",
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "InternalServerError",
        "ServiceUnavailable",
    }
)
_CONDITION_FAILED: Final = "ConditionalCheckFailed"
_FIRST_WAIT_SECONDS: Final = 0.05
_LONGEST_WAIT_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Marker:
    """What an earlier attempt at a batch left behind; its plan, if it had one."""

    plan: bytes | None


class LedgerWriter:
    """Writes batches into the ledger.

    Args:
        dynamodb: A boto3 DynamoDB client.
        table: The ledger's name.
        now: The wall clock.
        clock: Seconds that never go back.
        sleep: Waits for seconds.
        patience_seconds: How long a transaction that meets others is tried.
    """

    def __init__(
        self,
        dynamodb: Any,
        table: str,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        patience_seconds: float = 20.0,
    ) -> None:
        self._dynamodb, self._table = dynamodb, table
        self._now, self._clock, self._sleep = now, clock, sleep
        self._patience = patience_seconds

    def write_whole(self, batch_id: str, updates: Sequence[LedgerUpdate]) -> Marker | None:
        """Write a batch of one transaction.

        Returns:
            None, or, with nothing written, what an earlier attempt left.
        """
        if self._transact(batch_id, "000", updates):
            return None
        return self._marker(batch_id)

    def write_plan(self, batch_id: str, plan: bytes) -> Marker | None:
        """Store a batch's plan.

        Returns:
            None, or, with nothing stored, what an earlier attempt left.
        """
        item = self._marker_item(batch_id, "000") | {"plan": {"B": plan}}
        try:
            self._dynamodb.put_item(
                TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(pk)"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return self._marker(batch_id)
        return None

    def write_part(self, batch_id: str, number: int, updates: Sequence[LedgerUpdate]) -> bool:
        """Write one transaction of a plan, counted from 1; False if it was written before."""
        return self._transact(batch_id, f"{number:03}", updates)

    def has_begun(self, batch_id: str) -> bool:
        """Whether the first transaction of a batch's plan was written."""
        return self._get(batch_key(batch_id, "001")) is not None

    def _marker(self, batch_id: str) -> Marker:
        item = self._get(batch_key(batch_id, "000")) or {}
        return Marker(item["plan"]["B"] if "plan" in item else None)

    def _get(self, key: Mapping[str, str]) -> Mapping[str, Any] | None:
        found = self._dynamodb.get_item(TableName=self._table, Key=_typed(key), ConsistentRead=True)
        item: Mapping[str, Any] | None = found.get("Item")
        return item

    def _marker_item(self, batch_id: str, part: str) -> dict[str, Any]:
        expires_at = int((self._now() + MARKERS_KEPT).timestamp())
        return _typed(batch_key(batch_id, part)) | {"expires_at": {"N": str(expires_at)}}

    def _transact(self, batch_id: str, part: str, updates: Sequence[LedgerUpdate]) -> bool:
        marker = {
            "TableName": self._table,
            "Item": self._marker_item(batch_id, part),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        items = [{"Put": marker}, *({"Update": self._update(update)} for update in updates)]
        for wait in self._waits():
            try:
                self._dynamodb.transact_write_items(TransactItems=items)
            except ClientError as error:
                if _marker_exists(error):
                    return False
                if wait is None or not _is_busy(error):
                    raise
                self._sleep(wait)
            else:
                return True
        raise AssertionError("the last wait is None")

    def _waits(self) -> Iterator[float | None]:
        """Yield how long to wait after each failed attempt; None when patience is at an end."""
        give_up_at = self._clock() + self._patience
        longest = _FIRST_WAIT_SECONDS
        while self._clock() < give_up_at:
            yield random.uniform(0, longest)  # noqa: S311 - spreads retries, guards nothing
            longest = min(2 * longest, _LONGEST_WAIT_SECONDS)
        yield None

    def _update(self, update: LedgerUpdate) -> dict[str, Any]:
        added = list(update.added.items())
        return {
            "TableName": self._table,
            "Key": _typed({"pk": update.pk, "sk": update.sk}),
            "UpdateExpression": "ADD " + ", ".join(f"#{i} :{i}" for i in range(len(added))),
            "ExpressionAttributeNames": {f"#{i}": name for i, (name, _) in enumerate(added)},
            "ExpressionAttributeValues": {
                f":{i}": {"N": str(number)} for i, (_, number) in enumerate(added)
            },
        }


def _typed(key: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"S": text} for name, text in key.items()}


def _cancellation_codes(error: ClientError) -> list[str]:
    reasons: Any = error.response.get("CancellationReasons", [])
    return [reason.get("Code", "None") for reason in reasons]


def _marker_exists(error: ClientError) -> bool:
    return _CONDITION_FAILED in _cancellation_codes(error)[:1]


def _is_busy(error: ClientError) -> bool:
    codes = set(_cancellation_codes(error)) - {"None"}
    return error.response["Error"]["Code"] in _BUSY or (bool(codes) and codes <= _CONFLICTS)
