"""What tests that deploy onto the emulator share."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local.emulator import Emulator


class StackError(AssertionError):
    """A stack operation did not succeed; the message is the first reason CloudFormation gave."""


class TestStack:
    """A CloudFormation stack made of a dictionary of resources.

    Args:
        emulator: A running emulator.
        name: The stack's name.
        region: Where the stack lives. Default: the emulator's Region.
    """

    __test__ = False

    def __init__(self, emulator: Emulator, name: str, region: str | None = None) -> None:
        self.name = name
        self._cloudformation = emulator.client("cloudformation", region)
        self._deployed = False

    def apply(self, resources: dict[str, Any], **outputs: Any) -> dict[str, str]:
        """Create or update the stack.

        Args:
            resources: The template's resources.
            outputs: The values to return, such as `arn={"Ref": "Profile"}`.

        Returns:
            The resolved outputs.

        Raises:
            StackError: CloudFormation rolled the operation back.
        """
        template: dict[str, Any] = {"Resources": resources}
        if outputs:
            template["Outputs"] = {name: {"Value": value} for name, value in outputs.items()}
        operation = (
            self._cloudformation.update_stack
            if self._deployed
            else self._cloudformation.create_stack
        )
        started = time.time()
        operation(
            StackName=self.name,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        self._deployed = True
        stack = self._wait()
        if stack["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            raise StackError(self._first_failure(started))
        return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}

    def delete(self) -> None:
        """Delete the stack.

        Raises:
            StackError: A resource could not be deleted.
        """
        if not self._deployed:
            return
        started = time.time()
        identifier = self._wait()["StackId"]
        self._cloudformation.delete_stack(StackName=self.name)
        if self._wait(identifier)["StackStatus"] != "DELETE_COMPLETE":
            raise StackError(self._first_failure(started))
        self._deployed = False

    def _wait(self, identifier: str | None = None) -> dict[str, Any]:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            answer = self._cloudformation.describe_stacks(StackName=identifier or self.name)
            stack: dict[str, Any] = answer["Stacks"][0]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                return stack
            time.sleep(0.02)
        raise StackError(f"stack {self.name} is still {stack['StackStatus']} after 30 s")

    def _first_failure(self, started: float) -> str:
        events = self._cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        failures = [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
            for event in events
            if event["ResourceStatus"].endswith("_FAILED")
            and event["Timestamp"].timestamp() >= started - 1
            and event["ResourceType"] != "AWS::CloudFormation::Stack"
        ]
        return failures[-1] if failures else "no reason was given"


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """One running emulator for the tests of a session."""
    with Emulator() as running:
        yield running


@pytest.fixture
def stack(emulator: Emulator, request: pytest.FixtureRequest) -> Iterator[TestStack]:
    """A stack named after the test, deleted after it."""
    words = "".join(c if c.isalnum() else "-" for c in request.node.name)
    deployed = TestStack(emulator, words.strip("-")[:100])
    yield deployed
    deployed.delete()
