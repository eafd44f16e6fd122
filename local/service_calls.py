"""How a CloudFormation handler calls a service of the emulator."""

import json
import re
from collections.abc import Callable
from typing import Any

Response = tuple[int, dict[str, str], bytes]

_XML_MESSAGE = re.compile(r"<Message>(.*?)</Message>", re.DOTALL)


class ServiceCallError(ValueError):
    """A service refused a call that CloudFormation made for a template."""


def call(service: str, operation: Callable[..., Response], *arguments: Any) -> dict[str, Any]:
    """Call a service as its HTTP front does, and fail as CloudFormation reports a failure.

    Args:
        service: The name in the error.
        operation: The emulator's function for the operation.
        arguments: Its arguments.

    Returns:
        The answer if it is JSON, or an empty mapping.

    Raises:
        ServiceCallError: The service answered with an error.
    """
    status, _headers, body = operation(*arguments)
    if status >= 400:
        raise ServiceCallError(
            f'Resource handler returned message: "{_message(body)}" '
            f"(Service: {service}, Status Code: {status})"
        )
    return json.loads(body) if body.startswith(b"{") else {}


def call_json(
    service: str, operation: Callable[..., Response], request: dict[str, Any]
) -> dict[str, Any]:
    """Call an operation that takes its request as a JSON body.

    Args:
        service: The name in the error.
        operation: The emulator's function for the operation.
        request: What the body says.

    Raises:
        ServiceCallError: The service answered with an error.
    """
    return call(service, operation, json.dumps(request).encode())


def _message(body: bytes) -> str:
    text = body.decode(errors="replace")
    found = _XML_MESSAGE.search(text)
    if found:
        return found.group(1)
    if text.startswith("{"):
        answer = json.loads(text)
        return str(answer.get("message") or answer.get("Message") or text)
    return text
