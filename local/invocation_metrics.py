"""The AWS/Bedrock metrics of a model call, by the profile's id where a profile was called.

They are there at once, where AWS takes minutes. The series of the model below a profile, the
throttles and the quota metrics are not published.
"""

from ministack.services import cloudwatch

from local.invocation import Invocation

_NAMESPACE = "AWS/Bedrock"


def publish(invocation: Invocation) -> None:
    """Publish what a call adds to the metrics.

    Args:
        invocation: The call.
    """
    dimensions = {"ModelId": invocation.metric_dimension}
    at = invocation.at.timestamp()
    for name, value in _values(invocation).items():
        unit = "Milliseconds" if name == "InvocationLatency" else "Count"
        cloudwatch._store_datum(_NAMESPACE, name, dimensions, at, unit, value, None, None, None)


def _values(invocation: Invocation) -> dict[str, float]:
    usage = invocation.usage
    if usage is None:
        return {"InvocationClientErrors": 1}
    cached = {
        "CacheReadInputTokenCount": usage.cache_read,
        "CacheWriteInputTokenCount": usage.cache_write,
    }
    return {
        "Invocations": 1,
        "InvocationLatency": invocation.milliseconds,
        "InputTokenCount": usage.input,
        "OutputTokenCount": usage.output,
        **{name: count for name, count in cached.items() if count},
    }
