"""Answering CloudFormation for a custom resource, whatever happens."""

import json
import logging
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

logger = logging.getLogger(__name__)
Work = Callable[[Mapping[str, Any]], None]


def respond(
    event: Mapping[str, Any], context: Any, *, new_id: str, work: Mapping[str, Work]
) -> None:
    """Do what CloudFormation asks and tell it how that went.

    Args:
        event: The request.
        context: Lambda's context; its log stream is named in a failure.
        new_id: Physical id of a resource that has none yet.
        work: What to do on `Create`, `Update` and `Delete`; an exception is a failure.
    """
    physical_id = event.get("PhysicalResourceId") or new_id
    try:
        work[event["RequestType"]](event)
    except Exception as error:  # CloudFormation would wait an hour for an answer that never comes
        logger.exception("%s failed", event.get("RequestType"))
        reason = f"{type(error).__name__}: {error} (log stream {context.log_stream_name})"
        _answer(event, physical_id, "FAILED", reason)
    else:
        _answer(event, physical_id, "SUCCESS", "")


def _answer(event: Mapping[str, Any], physical_id: str, status: str, reason: str) -> None:
    body = json.dumps(
        {
            "Status": status,
            "Reason": reason[:1000],
            "PhysicalResourceId": physical_id,
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
        }
    ).encode()
    request = urllib.request.Request(  # noqa: S310 - CloudFormation's own pre-signed address
        event["ResponseURL"], data=body, method="PUT", headers={"Content-Type": ""}
    )
    with urllib.request.urlopen(request, timeout=30):  # noqa: S310 - as above
        logger.info("answered %s", status)
