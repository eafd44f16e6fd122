"""A DynamoDB table in memory: transactions with conditions, and whatever can go wrong with them."""

import copy
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError


class CrashError(BaseException):
    """The function is killed here."""


def client_error(code: str, **more: Any) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": code}, **more}
    return ClientError(response, "Anything")


class LedgerTable:
    """What the meter uses of a boto3 DynamoDB client.

    Attributes:
        items: The items as plain values by (pk, sk).
        before_write: Called with the number of each write before it is made.
        after_write: Called with it after it was made, before the answer arrives.
        transactions: How many transactions were written.
        write_units: WCU of them: two for each item of up to 1 KB.
    """

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], dict[str, Any]] = {}
        self.before_write: Callable[[int], None] = lambda _: None
        self.after_write: Callable[[int], None] = lambda _: None
        self.writes = 0
        self.transactions = 0
        self.write_units = 0
        self._lock = threading.Lock()

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803
        assert 0 < len(TransactItems) <= 100
        keys = [_key(action) for action in TransactItems]
        assert len(set(keys)) == len(keys), "an item may occur once in a transaction"
        with self._write(), self._lock:
            codes = [
                "ConditionalCheckFailed" if self._refused(action) else "None"
                for action in TransactItems
            ]
            if any(code != "None" for code in codes):
                raise client_error(
                    "TransactionCanceledException",
                    CancellationReasons=[{"Code": code} for code in codes],
                )
            for key, action in zip(keys, TransactItems, strict=True):
                self._apply(key, action)
            self.transactions += 1
            self.write_units += 2 * len(TransactItems)

    def put_item(self, **put: Any) -> None:
        with self._write(), self._lock:
            if self._refused({"Put": put}):
                raise client_error("ConditionalCheckFailedException")
            self._apply(_key({"Put": put}), {"Put": put})

    def get_item(self, *, Key: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        item = self.items.get((Key["pk"]["S"], Key["sk"]["S"]))
        return {} if item is None else {"Item": _typed(item)}

    def get_paginator(self, operation: str) -> "LedgerTable":
        assert operation == "query"
        return self

    def paginate(self, *, ExpressionAttributeValues: Any, **_: Any) -> Iterator[Any]:  # noqa: N803
        pk = ExpressionAttributeValues[":pk"]["S"]
        prefix = ExpressionAttributeValues[":prefix"]["S"]
        for (item_pk, sk), item in sorted(self.items.items()):
            if item_pk == pk and sk.startswith(prefix):
                yield {"Items": [_typed(item)]}

    def sum(self, prefix: str, *attributes: str) -> int:
        """Return the sum of attributes over all items whose sort key begins with `prefix`."""
        return sum(
            number
            for (_, sk), item in self.items.items()
            if sk.startswith(prefix)
            for name, number in item.items()
            if name.startswith(attributes) and isinstance(number, int)
        )

    def snapshot(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return everything but the batches' markers."""
        return {k: copy.deepcopy(v) for k, v in self.items.items() if not k[0].startswith("B#")}

    def _write(self) -> "_Write":
        return _Write(self)

    def _refused(self, action: Mapping[str, Any]) -> bool:
        put = action.get("Put", {})
        if "ConditionExpression" not in put:
            return False
        assert put["ConditionExpression"] == "attribute_not_exists(pk)"
        return _key(action) in self.items

    def _apply(self, key: tuple[str, str], action: Mapping[str, Any]) -> None:
        if "Put" in action:
            self.items[key] = {name: _plain(value) for name, value in action["Put"]["Item"].items()}
            return
        update = action["Update"]
        item = self.items.setdefault(key, {"pk": key[0], "sk": key[1]})
        verb, _, rest = update["UpdateExpression"].partition(" ")
        assert verb == "ADD"
        for term in rest.split(", "):
            name, value = term.split(" ")
            attribute = update["ExpressionAttributeNames"][name]
            added = _plain(update["ExpressionAttributeValues"][value])
            item[attribute] = item.get(attribute, 0) + added


class _Write:
    def __init__(self, table: LedgerTable) -> None:
        self._table = table

    def __enter__(self) -> None:
        self._table.writes += 1
        self._table.before_write(self._table.writes)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._table.after_write(self._table.writes)


def _key(action: Mapping[str, Any]) -> tuple[str, str]:
    key = action["Put"]["Item"] if "Put" in action else action["Update"]["Key"]
    return key["pk"]["S"], key["sk"]["S"]


def _plain(value: Mapping[str, Any]) -> Any:
    return int(value["N"]) if "N" in value else next(iter(value.values()))


def _typed(item: Mapping[str, Any]) -> dict[str, Any]:
    types = {str: "S", bytes: "B", int: "N"}
    return {
        name: {types[type(value)]: str(value) if isinstance(value, int) else value}
        for name, value in item.items()
    }
