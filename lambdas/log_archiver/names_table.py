"""The re-identification table: which name a pseudonym stands for.

It lies outside of the lock, so that a person can be erased: delete both items of a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

PERMISSIONS: Final = ("dynamodb:BatchWriteItem",)
_AT_ONCE: Final = 25
_ATTEMPTS: Final = 8
_DAY_SECONDS: Final = 24 * 3600


@dataclass(slots=True)
class NamesTable:
    """The table; its client's errors are not caught.

    Attributes:
        dynamodb: A boto3 DynamoDB client.
        name: The table.
        days: How long a name is kept after it was last met.
    """

    dynamodb: Any
    name: str
    days: int
    _written: set[str] = field(default_factory=set)
    _day: int = 0

    def keep(self, met: Mapping[str, str], now_seconds: int) -> None:
        """Note names, once a day each.

        Args:
            met: Pseudonym -> name.
            now_seconds: The moment.
        """
        today = now_seconds // _DAY_SECONDS
        if self._day != today:
            self._day = today
            self._written.clear()
        due = {p: name for p, name in met.items() if p not in self._written}
        requests = [
            {"PutRequest": {"Item": self._item(pk, sk, now_seconds)}}
            for pseudonym, name in due.items()
            for pk, sk in ((f"PSEUDONYM#{pseudonym}", name), (f"NAME#{name}", pseudonym))
        ]
        for start in range(0, len(requests), _AT_ONCE):
            self._write(requests[start : start + _AT_ONCE])
        self._written.update(due)

    def _write(self, requests: list[dict[str, Any]]) -> None:
        for _ in range(_ATTEMPTS):
            answer = self.dynamodb.batch_write_item(RequestItems={self.name: requests})
            requests = answer.get("UnprocessedItems", {}).get(self.name, [])
            if not requests:
                return
        raise RuntimeError(f"{len(requests)} names could not be written")

    def _item(self, pk: str, sk: str, now_seconds: int) -> dict[str, Any]:
        return {
            "pk": {"S": pk},
            "sk": {"S": sk},
            "last_met": {"N": str(now_seconds)},
            "expires_at": {"N": str(now_seconds + self.days * _DAY_SECONDS)},
        }
