"""Lambda function URLs that a plain HTTP client reaches, and that know who signed.

A URL is `http://127.0.0.1:<port>/_aws/lambda-url/<id>/`, where AWS gives a host name of its own; so
the same client code works with the URL it finds in the registry. It signs as for AWS: SigV4 for the
service `lambda` in the function's Region, which here the URL does not tell. Signatures, session
tokens and clock skew are checked. Whether the caller has `lambda:InvokeFunctionUrl` is not.
"""

import json
import os
from dataclasses import dataclass, replace
from typing import Any

from ministack import app
from ministack.core import sigv4
from ministack.core.iam_evaluator import CredentialResolutionError, resolve_credential
from ministack.core.responses import get_account_id
from ministack.services import lambda_svc

from local.service_calls import Response

_PATH = "/_aws/lambda-url/"

_ministack_create = lambda_svc._create_function_url_config
_ministack_id = lambda_svc._function_url_id
_ministack_handle = lambda_svc.handle_function_url_request
_ministack_event = lambda_svc._build_function_url_event


@dataclass(frozen=True)
class _Request:
    """A request as ministack passes it on."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: dict[str, list[str]]


def install() -> None:
    """Give out loopback URLs, and check who calls them."""
    lambda_svc._create_function_url_config = _create
    lambda_svc._function_url_id = _url_id
    lambda_svc.handle_function_url_request = _handle
    lambda_svc._build_function_url_event = _event


def _create(function: str, request: dict[str, Any], qualifier: str | None) -> Response:
    status, headers, body = _ministack_create(function, request, qualifier)
    if status != 201:
        return status, headers, body
    stored = lambda_svc._function_urls[lambda_svc._url_config_key(function, qualifier)]
    place = f"http://{os.environ['MINISTACK_HOST']}:{os.environ['GATEWAY_PORT']}"
    stored["FunctionUrl"] = f"{place}{_PATH}{_ministack_id(stored['FunctionUrl'])}/"
    return status, headers, json.dumps(stored).encode()


def _url_id(url: str) -> str:
    _, found, rest = url.partition(_PATH)
    return rest.partition("/")[0] if found else str(_ministack_id(url))


async def _handle(url_id: str, *request: Any, **more: Any) -> Any:
    resolved = more.get("resolved")
    if resolved and resolved[-1].get("AuthType") == "AWS_IAM":
        sent = _Request(*request)
        by_host = app._LAMBDA_URL_RE.match(sent.headers.get("host", ""))
        signed = sent if by_host else replace(sent, path=f"{_PATH}{url_id}{sent.path}")
        refusal = _refusal(signed, resolved[1])
        if refusal:
            kind = {"Content-Type": "application/json", "x-amzn-ErrorType": "AccessDeniedException"}
            return 403, kind, json.dumps({"Message": refusal}).encode()
    return await _ministack_handle(url_id, *request, **more)


def _refusal(request: _Request, region: str) -> str | None:
    """Say what is wrong with a request's signature; None if nothing is."""
    headers = request.headers
    if not headers.get("authorization"):
        return "Forbidden"
    signature = sigv4.parse_header_signature(headers)
    if isinstance(signature, tuple):
        return str(signature[1])
    if (signature.service, signature.region) != ("lambda", region):
        return f"Credential should be scoped to lambda in {region}."
    token = headers.get("x-amz-security-token", "")
    credential = resolve_credential(signature.access_key_id, get_account_id(), token)
    if isinstance(credential, CredentialResolutionError):
        return "The security token included in the request is invalid."
    secret = credential.secret_access_key
    failure = sigv4.request_time_failure(signature) or sigv4.header_signature_failure(
        signature,
        secret,
        request.method,
        request.path,
        request.query,
        headers,
        request.body,
    )
    return str(failure[1]) if failure else None


def _event(*request: Any, **more: Any) -> dict[str, Any]:
    event: dict[str, Any] = _ministack_event(*request, **more)
    if more.get("anonymous"):
        return event
    signature = sigv4.parse_header_signature(request[5])
    caller = resolve_credential(signature.access_key_id, get_account_id())
    event["requestContext"]["authorizer"] = {
        "iam": {
            "accessKey": caller.access_key_id,
            "accountId": caller.account_id,
            "callerId": caller.principal_id,
            "cognitoIdentity": None,
            "principalOrgId": None,
            "userArn": caller.principal_arn,
            "userId": caller.principal_id,
        }
    }
    return event
