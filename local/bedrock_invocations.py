"""Model calls with what AWS does besides answering: a log record and metrics, one each a call.

No call is refused for lack of permission (`local.verdict` says what AWS would do), and none is
throttled.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import bedrock, bedrock_runtime

from local import invocation_log, invocation_metrics, past_calls, usage_reports
from local.current_request import current_caller_arn, current_request_id
from local.invocation import Invocation
from local.service_calls import Response
from local.token_usage import TokenUsage

Operation = Callable[[str, dict[str, str], bytes], Response]
Reporter = Callable[[dict[str, str], bytes, TokenUsage | None], usage_reports.Report]
_OPERATIONS: dict[str, tuple[str, Reporter]] = {
    "Converse": ("_converse", usage_reports.converse),
    "ConverseStream": ("_converse_stream", usage_reports.converse_stream),
    "InvokeModel": ("_invoke_model", usage_reports.invoke_model),
    "InvokeModelWithResponseStream": (
        "_invoke_model_with_response_stream",
        usage_reports.invoke_model_stream,
    ),
}
_METADATA_HEADER = "x-amzn-bedrock-request-metadata"

_log = invocation_log.from_environment()
_ministack_family = bedrock_runtime._family
_ministack_build_invoke_stream = bedrock_runtime._build_invoke_stream


def install() -> None:
    """Have every call of a model observed."""
    bedrock_runtime._family = _family
    bedrock_runtime._build_invoke_stream = _build_invoke_stream
    for name, (function, reporter) in _OPERATIONS.items():
        original = getattr(bedrock_runtime, function)
        setattr(bedrock_runtime, function, _observed(name, original, reporter))


def _observed(name: str, original: Operation, reporter: Reporter) -> Operation:
    def call(model_id: str, headers: dict[str, str], body: bytes) -> Response:
        started = time.monotonic()
        at = datetime.now(UTC) - timedelta(seconds=past_calls.seconds_ago(body))
        status, answer_headers, answer = original(model_id, headers, body)
        usage = None
        if status == 200:
            chosen = TokenUsage.marked(body)
            answer_headers, answer, usage = reporter(answer_headers, answer, chosen)
        invocation = Invocation(
            account=get_account_id(),
            region=get_region(),
            operation=name,
            model_id=model_id,
            caller_arn=current_caller_arn(),
            request_id=current_request_id(),
            at=at,
            milliseconds=(time.monotonic() - started) * 1000,
            usage=usage,
            error_code=None if usage else json.loads(answer).get("__type"),
            request=body,
            answer=answer,
            metadata=_metadata(headers, body),
        )
        invocation_metrics.publish(invocation)
        _log.add(invocation)
        return status, answer_headers, answer

    return call


def _metadata(headers: dict[str, str], body: bytes) -> dict[str, str]:
    try:
        told = json.loads(headers.get(_METADATA_HEADER) or "null")
        told = told or json.loads(body or b"{}").get("requestMetadata")
    except (ValueError, AttributeError):
        return {}
    return told if isinstance(told, dict) else {}


def _family(model_id: str) -> str:
    """Answer through a profile in the shape of the model behind it."""
    profile: dict[str, Any] = (
        bedrock._inference_profiles_apps.get(model_id.rpartition("/")[2]) or {}
    )
    models = profile.get("Models") or [{"ModelArn": model_id}]
    return str(_ministack_family(models[0]["ModelArn"]))


def _build_invoke_stream(family: str, model_id: str, prompt: str, reply: str) -> bytes:
    stream = _ministack_build_invoke_stream(family, model_id, prompt, reply)
    counted = (bedrock_runtime._estimate_tokens(text) for text in (prompt, reply))
    return usage_reports.with_invocation_metrics(
        stream, TokenUsage(input=next(counted), output=next(counted))
    )
