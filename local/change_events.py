"""Events of changes to profiles and to roles' policies, as a CloudTrail trail brings them.

Only an account with a trail of management events has them, so they are sent only if
FINOPS_EMULATOR_TRAIL is 1. AWS takes minutes; here they come at once. As in AWS those of IAM come
in us-east-1, wherever the caller is. Changes that are refused and all other calls bring no event.
"""

import json
import os
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import bedrock, eventbridge, iam

from local.current_request import current_caller_arn, current_request_id
from local.service_calls import Response

_BEDROCK = {
    "CreateInferenceProfile": "_create_inference_profile",
    "DeleteInferenceProfile": "_delete_inference_profile",
    "TagResource": "_tag_resource",
    "UntagResource": "_untag_resource",
}
_IAM = ("AttachRolePolicy", "DetachRolePolicy")
_IAM_REGION = "us-east-1"


def install() -> None:
    """Send the events, if the account has a trail."""
    if os.environ.get("FINOPS_EMULATOR_TRAIL") != "1":
        return
    for name, function in _BEDROCK.items():
        setattr(bedrock, function, _told_of_bedrock(name, getattr(bedrock, function)))
    for name in _IAM:
        iam._IAM_HANDLERS[name] = _told_of_iam(name, iam._IAM_HANDLERS[name])


def _told_of_bedrock(name: str, original: Callable[..., Response]) -> Callable[..., Response]:
    def operation(request: bytes | str) -> Response:
        answer = original(request)
        if answer[0] < 300:
            told = (
                {"inferenceProfileIdentifier": request}
                if isinstance(request, str)
                else json.loads(request or b"{}")
            )
            _put("bedrock", name, told)
        return answer

    return operation


def _told_of_iam(name: str, original: Callable[..., Response]) -> Callable[..., Response]:
    def operation(request: dict[str, Any]) -> Response:
        answer = original(request)
        if answer[0] < 300:
            told = {
                "roleName": iam._p(request, "RoleName"),
                "policyArn": iam._p(request, "PolicyArn"),
            }
            with request_scope(get_account_id(), _IAM_REGION):
                _put("iam", name, told)
        return answer

    return operation


def _put(service: str, name: str, request: dict[str, Any]) -> None:
    detail = {
        "eventVersion": "1.10",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": get_region(),
        "requestID": current_request_id(),
        "requestParameters": request,
        "userIdentity": {"arn": current_caller_arn(), "accountId": get_account_id()},
    }
    entry = {
        "Source": f"aws.{service}",
        "DetailType": "AWS API Call via CloudTrail",
        "Detail": json.dumps(detail),
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
