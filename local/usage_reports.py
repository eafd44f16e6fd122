"""Where the four operations of bedrock-runtime tell how many tokens a call took.

Each function takes an answer of ministack and, maybe, the tokens the caller chose; it returns the
answer as AWS would tell it, and the tokens it tells.
"""

import base64
import json
from typing import Any

from local import event_stream
from local.token_usage import TokenUsage

Headers = dict[str, str]
Report = tuple[Headers, bytes, TokenUsage]
_INPUT, _OUTPUT = "x-amzn-bedrock-input-token-count", "x-amzn-bedrock-output-token-count"
_CACHE_READ = "x-amzn-bedrock-cache-read-input-token-count"
_CACHE_WRITE = "x-amzn-bedrock-cache-write-input-token-count"
_METRICS = "amazon-bedrock-invocationMetrics"


def converse(headers: Headers, body: bytes, chosen: TokenUsage | None) -> Report:
    """Report a Converse answer.

    Args:
        headers: The answer's headers.
        body: The answer's body.
        chosen: What the caller asked to be told, if anything.
    """
    answer = json.loads(body)
    usage = chosen or _counted(answer["usage"])
    answer["usage"] = usage.as_converse()
    return headers | _count_headers(usage), json.dumps(answer).encode(), usage


def converse_stream(headers: Headers, body: bytes, chosen: TokenUsage | None) -> Report:
    """Report the `metadata` event of a ConverseStream answer.

    Args:
        headers: The answer's headers.
        body: The answer's body.
        chosen: What the caller asked to be told, if anything.
    """
    events = event_stream.decoded(body)
    metadata = next(payload for kind, payload in reversed(events) if kind == "metadata")
    usage = chosen or _counted(metadata["usage"])
    metadata["usage"] = usage.as_converse()
    return headers, event_stream.encoded(events), usage


def invoke_model(headers: Headers, body: bytes, chosen: TokenUsage | None) -> Report:
    """Report an InvokeModel answer: in its headers, and in its body if the model has a usage there.

    Args:
        headers: The answer's headers.
        body: The answer's body.
        chosen: What the caller asked to be told, if anything.
    """
    usage = chosen or TokenUsage(input=int(headers[_INPUT]), output=int(headers[_OUTPUT]))
    answer = json.loads(body)
    if "input_tokens" in answer.get("usage", {}):
        answer["usage"] = usage.as_anthropic()
    elif "inputTokens" in answer.get("usage", {}):
        answer["usage"] = usage.as_converse()
    return headers | _count_headers(usage), json.dumps(answer).encode(), usage


def invoke_model_stream(headers: Headers, body: bytes, chosen: TokenUsage | None) -> Report:
    """Report the last chunk of an InvokeModelWithResponseStream answer.

    Args:
        headers: The answer's headers.
        body: The answer's body, its last chunk made by `with_invocation_metrics`.
        chosen: What the caller asked to be told, if anything.
    """
    counts = _chunk(event_stream.decoded(body)[-1][1])[_METRICS]
    usage = chosen or TokenUsage(input=counts["inputTokenCount"], output=counts["outputTokenCount"])
    return headers, with_invocation_metrics(body, usage), usage


def with_invocation_metrics(body: bytes, usage: TokenUsage) -> bytes:
    """Put the token counts into the last chunk of a stream, where Bedrock has them.

    Args:
        body: The stream.
        usage: The counts.
    """
    events = event_stream.decoded(body)
    payload = events[-1][1]
    inner = _chunk(payload) | {_METRICS: usage.as_invocation_metrics()}
    payload["bytes"] = base64.b64encode(json.dumps(inner).encode()).decode()
    return event_stream.encoded(events)


def _chunk(payload: dict[str, Any]) -> dict[str, Any]:
    inner: dict[str, Any] = json.loads(base64.b64decode(payload["bytes"]))
    return inner


def _counted(usage: dict[str, int]) -> TokenUsage:
    return TokenUsage(input=usage["inputTokens"], output=usage["outputTokens"])


def _count_headers(usage: TokenUsage) -> Headers:
    counts = {_INPUT: usage.input, _OUTPUT: usage.output}
    cached = {_CACHE_READ: usage.cache_read, _CACHE_WRITE: usage.cache_write}
    return {name: str(count) for name, count in (counts | cached).items()}
