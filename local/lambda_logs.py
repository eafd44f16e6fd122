"""What an invocation of a function leaves behind: its whole log, AWS/Lambda and embedded metrics.

ministack reads a function's log until it is quiet for some milliseconds, and publishes metrics for
invocations by the API only.
"""

import queue
import time
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import cloudwatch, lambda_svc

from local import embedded_metrics

_END = "\x1e"
_PATIENCE_SECONDS = 2.0
# Where the program that runs a Python function tells ministack that an invocation is over.
_ANSWERS = (
    '_real_stdout.write(json.dumps({"status": "ok"',
    '_real_stdout.write(json.dumps({"status": "error", "error": str(e), "trace"',
)

_ministack_read_log = lambda_runtime.Worker._drain_stderr_bounded
_ministack_emit_logs = lambda_svc._emit_lambda_logs
_ministack_emit_metrics = lambda_svc._emit_lambda_metrics


def install() -> None:
    """Mark the end of an invocation's log, and publish the metrics of every invocation."""
    lambda_runtime._PYTHON_WORKER_SCRIPT = _marking(lambda_runtime._PYTHON_WORKER_SCRIPT)
    lambda_runtime.Worker._drain_stderr_bounded = _read_log
    lambda_svc._emit_lambda_logs = _emit_logs
    lambda_svc._emit_lambda_metrics = _emit_throttle


def _marking(script: str) -> str:
    for answer in _ANSWERS:
        if answer not in script:
            raise RuntimeError("this version of ministack runs Python functions in another way")
        script = script.replace(answer, f"print(chr({ord(_END)}), flush=True); {answer}")
    return script


def _read_log(worker: Any) -> str:
    """Read what a function has written, up to the mark."""
    if not worker.config.get("Runtime", "").startswith("python"):
        return str(_ministack_read_log(worker))
    lines: list[str] = []
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            line = worker._stderr_queue.get(timeout=0.05)
        except queue.Empty:
            continue
        if line == _END:
            break
        lines.append(line)
    return "\n".join(lines)


def _emit_logs(function: dict[str, Any], *invocation: Any, **more: Any) -> None:
    config = function.get("config") or function
    if config.get("FunctionName") not in lambda_svc._functions:
        return  # a stack that is being deleted has deleted it meanwhile; its log group stays gone
    _ministack_emit_logs(function, *invocation, **more)
    _request_id, log, failed, milliseconds = invocation
    for line in log.splitlines():
        embedded_metrics.publish(line)
    dimensions = {"FunctionName": config["FunctionName"]}
    values = {"Invocations": 1, "Errors": int(failed), "Throttles": 0}
    for name, value in values.items():
        cloudwatch.record_metric("AWS/Lambda", name, value, "Count", dimensions)
    cloudwatch.record_metric("AWS/Lambda", "Duration", milliseconds, "Milliseconds", dimensions)


def _emit_throttle(name: str, *, throttle: bool, **measured: Any) -> None:
    if throttle:
        _ministack_emit_metrics(name, throttle=throttle, **measured)
