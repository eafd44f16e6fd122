"""What moto lacks: profiles and their tags, budgets' history; and a way to break calls."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
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
    """Profiles and their tags, and batch jobs."""

    exceptions = SimpleNamespace(ResourceNotFoundException=ClientError)

    def __init__(self) -> None:
        self.tags: dict[str, dict[str, str]] = {}
        self.jobs: dict[str, dict[str, str]] = {}
        self.calls: Counter[str] = Counter()
        self.made: dict[str, tuple[str, datetime]] = {}
        """Name and time of creation of profiles that were given them."""

    def submit(self, name: str, *, model: str, role: str, status: str = "InProgress") -> str:
        arn = f"arn:aws:bedrock:eu-west-1:111122223333:model-invocation-job/{name}"
        self.jobs[arn] = {"jobArn": arn, "modelId": model, "roleArn": role, "status": status}
        return arn

    def get_paginator(self, operation: str) -> Any:
        page = {
            "list_inference_profiles": self._profiles,
            "list_model_invocation_jobs": self._jobs,
        }[operation]
        return SimpleNamespace(paginate=lambda **asked: [page(**asked)])

    def _profiles(self, **_: Any) -> dict[str, Any]:
        self.calls["list"] += 1
        return {"inferenceProfileSummaries": [self._summary(arn) for arn in self.tags]}

    def _summary(self, arn: str) -> dict[str, Any]:
        profile_id = arn.rpartition("/")[2]
        name, created = self.made.get(arn, (profile_id, datetime.min.replace(tzinfo=UTC)))
        return {
            "inferenceProfileName": name,
            "inferenceProfileArn": arn,
            "inferenceProfileId": profile_id,
            "models": [{"modelArn": "arn:aws:bedrock:eu-west-1::foundation-model/old-model"}],
            "createdAt": created,
        }

    def get_inference_profile(self, **asked: str) -> dict[str, Any]:
        self._known(asked["inferenceProfileIdentifier"])
        return self._summary(asked["inferenceProfileIdentifier"])

    def delete_inference_profile(self, **asked: str) -> dict[str, Any]:
        self._known(asked["inferenceProfileIdentifier"])
        del self.tags[asked["inferenceProfileIdentifier"]]
        return {}

    def _jobs(self, **asked: str) -> dict[str, Any]:
        wanted = asked["statusEquals"]
        return {"invocationJobSummaries": [j for j in self.jobs.values() if j["status"] == wanted]}

    def stop_model_invocation_job(self, **asked: str) -> dict[str, Any]:
        self.calls["stop-job"] += 1
        job = self.jobs.get(asked["jobIdentifier"])
        if job is None:
            raise error("ResourceNotFoundException")
        job["status"] = "Stopping"
        return {}

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


class IamWithKeys:
    """moto's IAM, which knows no Bedrock API keys, with some."""

    def __init__(self, iam: Any) -> None:
        self._iam = iam
        self.keys: dict[str, dict[str, str]] = {}
        self.denied: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._iam, name)

    def add_key(self, user: str, id: str, status: str = "Active") -> None:
        self.keys[id] = {
            "UserName": user,
            "ServiceSpecificCredentialId": id,
            "ServiceName": "bedrock.amazonaws.com",
            "Status": status,
        }

    def list_service_specific_credentials(self, **asked: str) -> dict[str, Any]:
        if asked["UserName"] in self.denied:
            raise error("AccessDenied")
        found = [k for k in self.keys.values() if k["UserName"] == asked["UserName"]]
        if not found:
            raise error("NoSuchEntity")
        return {"ServiceSpecificCredentials": found}

    def update_service_specific_credential(self, **asked: str) -> None:
        key = self.keys.get(asked["ServiceSpecificCredentialId"])
        if key is None:
            raise error("NoSuchEntity")
        key["Status"] = asked["Status"]


class Services:
    """Returns moto's clients, the fakes, or broken ones; used as a switch's `client`."""

    def __init__(self) -> None:
        self.bedrock = FakeBedrock()
        self.budgets = FakeBudgets()
        self.wakes = FakeWakeQueue()
        self.iam = IamWithKeys(real_client("iam"))
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
        fakes = {
            "bedrock": self.bedrock,
            "budgets": self.budgets,
            "iam": self.iam,
            "sqs": self.wakes,
        }
        if service in fakes:
            return fakes[service]
        return real_client(service)
