"""A stack as the account holds it: its template, with what its resources say themselves."""

import copy
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import botocore.exceptions

from finops_constructs.checks.text import display, render
from finops_constructs.evidence.live.probes import PROBES
from finops_constructs.evidence.sources import Stack
from finops_constructs.operations.aws import Aws

_REFERENCE: Final = re.compile(r"\$\{(\w+)\}")
_GONE: Final = re.compile("NotFound|NoSuch|ParameterNotFound|ResourceNotFound")


@dataclass(slots=True)
class DeployedStack:
    """What is known of a stack in its account.

    Attributes:
        body: Its template; empty if it is not deployed.
        physical_ids: Logical id -> physical id.
        asked: Logical ids of the resources that answered themselves.
        problems: Logical id -> why a resource could not be asked.
        gone: Logical ids of resources that the stack knows and AWS does not.
    """

    body: dict[str, Any] = field(default_factory=dict)
    physical_ids: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    problems: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def resolved(self, text: str) -> str:
        """Return a text with references to resources replaced by their physical ids."""
        return _REFERENCE.sub(lambda m: self.physical_ids.get(m[1], m[0]), text)


class Region:
    """Clients of one Region, made once."""

    def __init__(self, aws: Aws, region: str | None) -> None:
        self._aws, self._region = aws, region
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """Return the client of an AWS service in this Region."""
        if service not in self._clients:
            self._clients[service] = self._aws.client(service, self._region)
        return self._clients[service]


def read_deployed(stack: Stack, clients: Region, logical_ids: Iterable[str]) -> DeployedStack:
    """Read a stack and ask the resources that facts are about.

    Args:
        stack: The stack of the assembly.
        clients: Of its Region.
        logical_ids: The resources to ask.

    Raises:
        botocore.exceptions.ClientError: If the stack may not be read.
    """
    cloudformation = clients.client("cloudformation")
    try:
        template = cloudformation.get_template(StackName=stack.name, TemplateStage="Original")
    except botocore.exceptions.ClientError as error:
        if "does not exist" in str(error):
            return DeployedStack()
        raise
    body = template["TemplateBody"]
    found = DeployedStack(
        # A copy: what the resources say is written into it.
        body=copy.deepcopy(dict(json.loads(body) if isinstance(body, str) else body))
    )
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack.name)
    for page in pages:
        for each in page["StackResourceSummaries"]:
            found.physical_ids[each["LogicalResourceId"]] = each.get("PhysicalResourceId", "")
    for logical_id in sorted(set(logical_ids)):
        _ask(stack, found, clients, logical_id)
    return found


def _ask(stack: Stack, found: DeployedStack, clients: Region, logical_id: str) -> None:
    resource = found.body.get("Resources", {}).get(logical_id)
    physical_id = found.physical_ids.get(logical_id)
    if resource is None or not physical_id or resource["Type"] not in PROBES:
        return
    properties = resource.setdefault("Properties", {})
    named = {key: _named(value, stack, found) for key, value in properties.items()}
    try:
        properties.update(PROBES[resource["Type"]](clients, physical_id, named))
    except botocore.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if _GONE.search(code):
            found.gone.add(logical_id)
        else:
            found.problems[logical_id] = f"{error.operation_name}: {code}"
    else:
        found.asked.add(logical_id)


def _named(value: Any, stack: Stack, found: DeployedStack) -> Any:
    """Return a property with references resolved, where it is a text."""
    if isinstance(value, Mapping):
        if "Fn::GetAtt" in value:
            logical_id = str(value["Fn::GetAtt"][0])
            return found.physical_ids.get(logical_id, logical_id)
        return found.resolved(display(render(value, stack.template)))
    return value
