"""A service that ministack lacks altogether, made of functions from request to answer."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from local.service_calls import Response

Operation = Callable[[dict[str, Any]], dict[str, Any]]
_HEADERS = {"Content-Type": "application/x-amz-json-1.1"}


class JsonService:
    """Answers requests by the operation they name, in `X-Amz-Target` or as their path.

    Args:
        operations: By the end of the target, or by the path.
    """

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self._operations = operations

    async def handle(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query: Any
    ) -> Response:
        """Answer one request; an operation that is not there is refused as AWS refuses it."""
        del method, query
        name = headers.get("x-amz-target", path).rpartition(".")[2]
        operation = self._operations.get(name)
        if operation is None:
            refusal = {"__type": "UnknownOperationException", "message": name}
            return 400, dict(_HEADERS), json.dumps(refusal).encode()
        return 200, dict(_HEADERS), json.dumps(operation(json.loads(body or b"{}"))).encode()
