"""An account in memory, quick enough for thousands of runs, that fails and dies when told to."""

import json
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.lambdas.fake_aws import FakeBedrock, FakeBudgets
from tests.lambdas.ledger_table import LedgerTable, client_error

if TYPE_CHECKING:
    from datetime import datetime

LEDGER, STATE = "finops-ledger", "finops-state"


class _CanceledError(ClientError):
    pass


class _ConditionError(ClientError):
    pass


EXCEPTIONS = SimpleNamespace(
    TransactionCanceledException=_CanceledError, ConditionalCheckFailedException=_ConditionError
)


class StateMemory:
    """What the kill switch uses of its table."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], dict[str, Any]] = {}

    def query(self, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        values = asked["ExpressionAttributeValues"]
        condition = asked["KeyConditionExpression"].removeprefix("pk = :pk AND ")
        holds: Callable[[str], bool] = {
            "sk < :edge": lambda sk: sk < values[":edge"]["S"],
            "sk > :edge": lambda sk: sk > values[":edge"]["S"],
            "sk = :sk": lambda sk: bool(sk == values[":sk"]["S"]),
            "sk = :edge": lambda sk: bool(sk == values[":edge"]["S"]),
        }[condition]
        pk = values[":pk"]["S"]
        return [
            item for (its_pk, sk), item in sorted(self.items.items()) if its_pk == pk and holds(sk)
        ]

    def put(self, put: Mapping[str, Any]) -> dict[str, Any]:
        if not self.admits(put):
            raise _ConditionError({"Error": {"Code": "ConditionalCheckFailedException"}}, "PutItem")
        key = self._key(put["Item"])
        old = self.items.get(key, {})
        self.items[key] = dict(put["Item"])
        return {"Attributes": old}

    def transact(self, changes: list[dict[str, Any]]) -> None:
        codes = [
            "None" if "Delete" in each or self.admits(each["Put"]) else "ConditionalCheckFailed"
            for each in changes
        ]
        if set(codes) != {"None"}:
            response: Any = {
                "Error": {"Code": "TransactionCanceledException"},
                "CancellationReasons": [{"Code": code} for code in codes],
            }
            raise _CanceledError(response, "TransactWriteItems")
        for each in changes:
            if "Delete" in each:
                self.items.pop(self._key(each["Delete"]["Key"]), None)
            else:
                self.items[self._key(each["Put"]["Item"])] = dict(each["Put"]["Item"])

    def admits(self, put: Mapping[str, Any]) -> bool:
        condition = put.get("ConditionExpression")
        old = self.items.get(self._key(put["Item"]))
        if condition is None:
            return True
        if old is None:
            return str(condition).startswith("attribute_not_exists(pk)")
        values = put.get("ExpressionAttributeValues", {})
        if condition == "version = :version":
            return bool(old["version"] == values[":version"])
        if "settled" in condition:
            lapsed = old["claimed_at"]["S"] < values[":lapsed"]["S"]
            return bool(lapsed and not old["settled"]["BOOL"])
        return False

    @staticmethod
    def _key(item: Mapping[str, Any]) -> tuple[str, str]:
        return item["pk"]["S"], item["sk"]["S"]


class Pages:
    """A paginator over one page."""

    def __init__(self, page: Callable[..., dict[str, Any]]) -> None:
        self._page = page

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        yield self._page(**asked)


class MemoryAccount:
    """Every service the functions call; used as a switch's `client`.

    Attributes:
        step: Called before and after each change, with what changes; may raise to kill or refuse.
    """

    def __init__(self) -> None:
        self.step: Callable[[str], None] = lambda _: None
        self.bedrock = FakeBedrock()
        self.budgets = FakeBudgets()
        self.ledger = LedgerTable()
        self.state = StateMemory()
        self.parameters: dict[str, str] = {}
        self.attached: dict[str, set[str]] = {}
        self.alarms: dict[str, datetime] = {}
        self.mail: list[tuple[str, str]] = []
        self.events: list[dict[str, Any]] = []
        self.wakes: list[str] = []

    def __call__(self, service: str) -> Any:
        return _Stepping(self, getattr(self, f"_{service}")())

    def put(self, path: str, value: Mapping[str, Any]) -> None:
        self.parameters[path] = json.dumps({"schema_version": 1, **value})

    def _bedrock(self) -> Any:
        return self.bedrock

    def _budgets(self) -> Any:
        return self.budgets

    def _dynamodb(self) -> Any:
        def pages(**asked: Any) -> dict[str, Any]:
            if asked["TableName"] == LEDGER:
                found = [i for page in self.ledger.paginate(**asked) for i in page["Items"]]
                return {"Items": found}
            return {"Items": self.state.query(asked)}

        def transact(*, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803 - boto3's name
            books = [e for e in TransactItems if e.get("Put", {}).get("TableName") == LEDGER]
            self.state.transact([each for each in TransactItems if each not in books])
            if books:
                self.ledger.transact_write_items(TransactItems=books)

        return SimpleNamespace(
            exceptions=EXCEPTIONS,
            get_paginator=lambda _: Pages(pages),
            query=lambda **asked: {"Items": self.state.query(asked)},
            put_item=lambda **put: self.state.put(put),
            transact_write_items=transact,
        )

    def _iam(self) -> Any:
        def attach(**asked: str) -> None:
            self.attached.setdefault(asked["PolicyArn"], set()).add(asked["RoleName"])

        def detach(**asked: str) -> None:
            roles = self.attached.setdefault(asked["PolicyArn"], set())
            if asked["RoleName"] not in roles:
                raise client_error("NoSuchEntity")
            roles.discard(asked["RoleName"])

        def entities(**asked: str) -> dict[str, Any]:
            roles = sorted(self.attached.get(asked["PolicyArn"], ()))
            return {"PolicyRoles": [{"RoleName": role} for role in roles]}

        return SimpleNamespace(
            attach_role_policy=attach,
            detach_role_policy=detach,
            get_paginator=lambda _: Pages(entities),
        )

    def _ssm(self) -> Any:
        def page(**asked: str) -> dict[str, Any]:
            found = [
                {"Name": name, "Value": value}
                for name, value in self.parameters.items()
                if name.startswith(asked["Path"])
            ]
            return {"Parameters": found}

        def put(**asked: Any) -> None:
            self.parameters[asked["Name"]] = asked["Value"]

        def delete(**asked: Any) -> None:
            self.parameters.pop(asked["Name"], None)

        return SimpleNamespace(
            delete_parameter=delete, get_paginator=lambda _: Pages(page), put_parameter=put
        )

    def _cloudwatch(self) -> Any:
        def page(**asked: Any) -> dict[str, Any]:
            if "MetricDataQueries" in asked:
                ids = [query["Id"] for query in asked["MetricDataQueries"]]
                return {"MetricDataResults": [{"Id": each, "Values": []} for each in ids]}
            return {
                "MetricAlarms": [
                    {"AlarmName": name, "StateTransitionedTimestamp": since}
                    for name, since in self.alarms.items()
                ]
            }

        return SimpleNamespace(get_paginator=lambda _: Pages(page))

    def _sns(self) -> Any:
        return SimpleNamespace(
            publish=lambda **asked: self.mail.append((asked["TopicArn"], asked["Message"]))
        )

    def _events(self) -> Any:
        def put(**asked: Any) -> dict[str, Any]:
            self.events.extend(asked["Entries"])
            return {"FailedEntryCount": 0, "Entries": []}

        return SimpleNamespace(put_events=put)

    def _sqs(self) -> Any:
        return SimpleNamespace(send_message=lambda **asked: self.wakes.append(asked["MessageBody"]))


class _Stepping:
    """A client whose calls are steps: before each, and after each that changed something."""

    def __init__(self, account: MemoryAccount, client: Any) -> None:
        self._account, self._client = account, client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if name in {"exceptions", "get_paginator"}:
            return method

        def call(**asked: Any) -> Any:
            self._account.step(name)
            answer = method(**asked)
            self._account.step(f"after {name}")
            return answer

        return call
