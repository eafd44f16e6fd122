"""A model call, as far as its log record and its metrics need it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local import event_stream
from local.token_usage import TokenUsage


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """One call of bedrock-runtime.

    Attributes:
        account: The account it was made in.
        region: The Region it was made in.
        operation: `Converse`, `ConverseStream`, `InvokeModel` or `InvokeModelWithResponseStream`.
        model_id: The `modelId` of the request.
        caller_arn: Who called.
        request_id: The id that the caller was given.
        at: When.
        milliseconds: How long it took.
        usage: The tokens told to the caller; None if the call was refused.
        error_code: Why the call was refused; None if it was not.
        request: The request's body.
        answer: The answer's body.
        metadata: What the caller said about the request for the log.
    """

    account: str
    region: str
    operation: str
    model_id: str
    caller_arn: str
    request_id: str
    at: datetime
    milliseconds: float
    usage: TokenUsage | None
    error_code: str | None
    request: bytes
    answer: bytes
    metadata: dict[str, str]

    @property
    def metric_dimension(self) -> str:
        """The value of the dimension `ModelId`: a profile's id, never its ARN."""
        return self.model_id.rpartition("/")[2]

    def record(self, *, bodies: bool, cache_counts: bool) -> dict[str, Any]:
        """Return the invocation log record (schema ModelInvocationLog 1.0).

        Args:
            bodies: Whether it holds what was said. A body above 100 KB, which AWS puts into a
                bucket, is left out.
            cache_counts: Whether it tells cached tokens apart.
        """
        said: dict[str, Any] = {"inputContentType": "application/json"}
        answered: dict[str, Any] = {"outputContentType": "application/json"}
        if self.usage:
            said["inputTokenCount"] = self.usage.input
            if cache_counts:
                said["cacheReadInputTokenCount"] = self.usage.cache_read
                said["cacheWriteInputTokenCount"] = self.usage.cache_write
            answered["outputTokenCount"] = self.usage.output
        if bodies:
            said |= _body("inputBodyJson", self.request, streamed=False)
            answered |= _body("outputBodyJson", self.answer, streamed="Stream" in self.operation)
        record: dict[str, Any] = {
            "timestamp": self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "accountId": self.account,
            "identity": {"arn": self.caller_arn},
            "region": self.region,
            "requestId": self.request_id,
            "operation": self.operation,
            "modelId": self.model_id,
            "input": said,
            "output": answered,
            "inferenceRegion": self.region,
            "schemaType": "ModelInvocationLog",
            "schemaVersion": "1.0",
        }
        if self.metadata:
            record["requestMetadata"] = self.metadata
        if self.error_code:
            record["errorCode"] = self.error_code
        return record


def _body(name: str, body: bytes, *, streamed: bool) -> dict[str, Any]:
    if not body or len(body) > 100 * 1024:
        return {}
    if streamed and not body.startswith(b"{"):
        return {name: [payload for _, payload in event_stream.decoded(body)]}
    return {name: json.loads(body)}
