"""The IAM simulator, one process for all tests of a session."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Document = Mapping[str, Any]
_SCRIPT = Path(__file__).with_name("simulate.mjs")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What IAM is asked once: one action on one resource."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A role and every policy that holds for it."""

    arn: str
    policies: Mapping[str, Document]
    boundary: Document | None = None
    scps: tuple[Document, ...] = ()

    def plus(self, name: str, document: Document) -> "Caller":
        """The same role with one more policy attached."""
        policies = {**self.policies, name: document}
        return Caller(arn=self.arn, policies=policies, boundary=self.boundary, scps=self.scps)


class Simulator:
    """Asks `simulate.mjs`; anything it cannot judge is an error, never a verdict."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [os.environ["JSII_NODE"], str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        self._process.communicate(timeout=10)

    def verdicts(self, caller: Caller, requests: Sequence[Request]) -> list[str]:
        """`Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied` for each request, in order."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(_batch(caller, requests)) + "\n")
        self._process.stdin.flush()
        answers = json.loads(self._process.stdout.readline())
        for request, answer in zip(requests, answers, strict=True):
            if "error" in answer:
                raise AssertionError(f"the simulator refuses {request}: {answer['error']}")
        return [answer["verdict"] for answer in answers]

    def allowed(self, caller: Caller, requests: Sequence[Request]) -> bool:
        """Whether every one of `requests` is allowed: what one call to AWS needs."""
        assert requests
        return set(self.verdicts(caller, requests)) == {"Allowed"}

    def allowed_ones(self, caller: Caller, calls: Mapping[str, Sequence[Request]]) -> set[str]:
        """The names of those calls that are allowed, asked in one go."""
        asked = [(name, request) for name, requests in calls.items() for request in requests]
        answers = self.verdicts(caller, [request for _, request in asked])
        refused = {name for (name, _), v in zip(asked, answers, strict=True) if v != "Allowed"}
        return set(calls) - refused


def _batch(caller: Caller, requests: Sequence[Request]) -> dict[str, Any]:
    account = caller.arn.split(":")[4]
    return {
        "caller": {
            "policies": dict(caller.policies),
            "boundary": caller.boundary,
            "scps": list(caller.scps),
        },
        "requests": [
            {
                "principal": caller.arn,
                "action": request.action,
                "resource": {"resource": request.resource, "accountId": account},
                "contextVariables": dict(request.context),
            }
            for request in requests
        ],
    }
