"""Application inference profiles as AWS treats them, where ministack is more lenient."""

import json
import re
from typing import Any

from ministack.services import bedrock, bedrock_runtime

from local.service_calls import Response

_NAME = re.compile(r"(?=.{1,64}$)([0-9a-zA-Z][ _-]?)+")
_DESCRIPTION = re.compile(r"(?=.{1,200}$)([0-9a-zA-Z:.][ _-]?)+")
_SOURCE = re.compile(
    r"arn:aws[a-z-]*:bedrock:[0-9a-z-]{0,20}:(\d{12})?:(foundation-model|inference-profile)/[\w.:-]+"
)
_TAG_TEXT = re.compile(r"[a-zA-Z0-9\s._:/=+@-]*")
_OWN_ARN = re.compile(r"arn:aws[a-z-]*:bedrock:[^:]*:\d{12}:application-inference-profile/(.+)")

_ministack_create = bedrock._create_inference_profile
_ministack_get = bedrock._get_inference_profile
_ministack_delete = bedrock._delete_inference_profile
_ministack_list = bedrock._list_inference_profiles
_ministack_resolve = bedrock_runtime._normalize_model_id


def install() -> None:
    """Put the stricter operations in the place of ministack's."""
    bedrock._create_inference_profile = _create
    bedrock._get_inference_profile = _get
    bedrock._delete_inference_profile = _delete
    bedrock._list_inference_profiles = _list
    bedrock_runtime._normalize_model_id = _resolve_model


def _create(body: bytes) -> Response:
    request = json.loads(body or b"{}")
    refusal = _refusal(request)
    if refusal:
        return _answer(bedrock._validation(refusal))
    name = request["inferenceProfileName"]
    profiles = bedrock._inference_profiles_apps.values()
    if any(profile["InferenceProfileName"] == name for profile in profiles):
        return _answer(bedrock._conflict(f"An inference profile named {name} already exists."))
    return _answer(_ministack_create(body))


def _refusal(request: dict[str, Any]) -> str | None:
    """Say what the CloudFormation schema of the resource would refuse."""
    name = request.get("inferenceProfileName") or ""
    if not _NAME.fullmatch(name):
        return f"inferenceProfileName {name!r} does not match {_NAME.pattern}"
    source = (request.get("modelSource") or {}).get("copyFrom") or ""
    if not _SOURCE.fullmatch(source):
        return f"modelSource.copyFrom {source!r} is not a foundation model or a system profile"
    description = request.get("description")
    if description is not None and not _DESCRIPTION.fullmatch(description):
        return f"description {description!r} does not match {_DESCRIPTION.pattern}"
    return _tag_refusal(request.get("tags") or [])


def _tag_refusal(tags: list[dict[str, str]]) -> str | None:
    if len(tags) > 200:
        return f"{len(tags)} tags are more than 200"
    for tag in tags:
        key, value = tag["key"], tag["value"]
        fits = 1 <= len(key) <= 128 and len(value) <= 256
        if not fits or not _TAG_TEXT.fullmatch(key) or not _TAG_TEXT.fullmatch(value):
            return f"tag {key!r} with value {value!r} is too long or has a character not allowed"
    return None


def _get(identifier: str) -> Response:
    return _answer(_ministack_get(_profile_id(identifier)))


def _delete(identifier: str) -> Response:
    profile_id = _profile_id(identifier)
    profile = bedrock._inference_profiles_apps.get(profile_id)
    if profile:
        bedrock._tags.pop(profile["InferenceProfileArn"], None)
    return _answer(_ministack_delete(profile_id))


def _list(query: dict[str, list[str]]) -> Response:
    # The SDKs send the filter as `type`; ministack looks for the name it has in their API.
    wanted = query.get("type") or query.get("typeEquals")
    return _answer(_ministack_list({"typeEquals": wanted} if wanted else {}))


def _resolve_model(model_id: str) -> tuple[str, str, Response | None]:
    own = _OWN_ARN.fullmatch(model_id or "")
    if own and own.group(1) not in bedrock._inference_profiles_apps:
        missing = bedrock_runtime._error(
            "ResourceNotFoundException", f"The inference profile {model_id} does not exist.", 404
        )
        return "", "", missing
    resolved: tuple[str, str, Response | None] = _ministack_resolve(model_id)
    return resolved


def _profile_id(identifier: str) -> str:
    """Return the id in an ARN of this account and Region; anything else as it is."""
    own = _OWN_ARN.fullmatch(identifier)
    if own and bedrock._inference_profile_arn(own.group(1), application=True) == identifier:
        return own.group(1)
    return identifier


def _answer(response: Any) -> Response:
    status, headers, body = response
    return status, headers, body
