"""What moto lacks: profiles and their tags, budgets' history; and a way to break calls."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError


def error(code: str, operation: str = "Call") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


class InlineExecutor(Executor):
    """Does what is submitted at once, in the caller's thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as caught:  # noqa: BLE001 - handed on, as every executor does
            future.set_exception(caught)
        return future


class FakeBedrock:
    """Profiles and their tags."""

    def __init__(self) -> None:
        self.tags: dict[str, dict[str, str]] = {}
        self.calls: Counter[str] = Counter()

    def create(self, arn: str, **tags: str) -> None:
        self.tags[arn] = dict(tags)

    def state(self, arn: str) -> str:
        return self.tags[arn].get("finops:state", "")

    def tag_resource(self, **asked: Any) -> dict[str, Any]:
        self.calls["tag"] += 1
        tags = self._known(asked["resourceARN"])
        tags.update({tag["key"]: tag["value"] for tag in asked["tags"]})
        return {}

    def untag_resource(self, **asked: Any) -> dict[str, Any]:
        self.calls["untag"] += 1
        for key in asked["tagKeys"]:
            self._known(asked["resourceARN"]).pop(key, None)
        return {}

    def list_tags_for_resource(self, **asked: Any) -> dict[str, Any]:
        self.calls["read"] += 1
        tags = self._known(asked["resourceARN"])
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}

    def _known(self, arn: str) -> dict[str, str]:
        if arn not in self.tags:
            raise error("ResourceNotFoundException")
        return self.tags[arn]


class FakeWakeQueue:
    """Keeps the messages that wake the kill switch, whatever their delay."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def send_message(self, **message: Any) -> dict[str, Any]:
        self.messages.append(message)
        return {}


class FakeBudgets:
    """Answers with the periods it was given, by budget name."""

    def __init__(self) -> None:
        self.periods: dict[str, list[dict[str, Any]]] = {}
        self.asked: Counter[str] = Counter()

    def describe_budget_performance_history(self, **asked: str) -> dict[str, Any]:
        name = asked["BudgetName"]
        self.asked[name] += 1
        if name not in self.periods:
            raise error("NotFoundException")
        return {
            "BudgetPerformanceHistory": {
                "BudgetName": name,
                "TimeUnit": "MONTHLY",
                "BudgetedAndActualAmountsList": self.periods[name],
            }
        }


class Broken:
    """A client whose chosen calls fail: each entry maps a method to what decides its error."""

    def __init__(self, client: Any, faults: dict[str, Callable[..., ClientError | None]]) -> None:
        self._client = client
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if name not in self._faults:
            return method

        def call(*args: Any, **kwargs: Any) -> Any:
            fault = self._faults[name](**kwargs)
            if fault is not None:
                raise fault
            return method(*args, **kwargs)

        return call


@cache
def real_client(service: str) -> Any:
    """Moto's client; made once, for that takes longer than a test."""
    return boto3.client(service)  # type: ignore[call-overload]


class Services:
    """Returns moto's clients, the fakes, or broken ones; used as a switch's `client`."""

    def __init__(self) -> None:
        self.bedrock = FakeBedrock()
        self.budgets = FakeBudgets()
        self.wakes = FakeWakeQueue()
        self._faults: dict[str, dict[str, Callable[..., ClientError | None]]] = {}

    def __call__(self, service: str) -> Any:
        client = self._client(service)
        return Broken(client, self._faults[service]) if service in self._faults else client

    def break_call(
        self, service: str, method: str, code: str, when: Callable[..., bool] = lambda **_: True
    ) -> None:
        self._faults.setdefault(service, {})[method] = lambda **kw: (
            error(code, method) if when(**kw) else None
        )

    def watch_call(self, service: str, method: str, see: Callable[..., object]) -> None:
        """Call `see` before every call of a method."""

        def seen(**kwargs: Any) -> None:
            see(**kwargs)

        self._faults.setdefault(service, {})[method] = seen

    def mend(self) -> None:
        self._faults.clear()

    def _client(self, service: str) -> Any:
        fakes = {"bedrock": self.bedrock, "budgets": self.budgets, "sqs": self.wakes}
        if service in fakes:
            return fakes[service]
        return real_client(service)
