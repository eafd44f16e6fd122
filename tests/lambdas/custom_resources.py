"""What CloudFormation sends to the function of a custom resource."""

from types import SimpleNamespace
from typing import Any

CONTEXT = SimpleNamespace(
    log_stream_name="2026/11/24/[1]abc",
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:release",
)


def custom_resource_event(kind: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a request of `Create`, `Update` or `Delete`."""
    return {
        "RequestType": kind,
        "ResponseURL": "https://example.com/answer",
        "StackId": "s",
        "RequestId": "r",
        "LogicalResourceId": "l",
        "ResourceProperties": properties,
        **more,
    }
