"""Bedrock API keys: service-specific credentials of IAM users, which ministack does not know."""

import secrets
from datetime import UTC, datetime
from typing import Any

from ministack.core.responses import AccountScopedDict
from ministack.services import iam

from local.service_calls import Response

_keys = AccountScopedDict()


def install() -> None:
    """Register the four operations that make and use them."""
    iam._IAM_HANDLERS |= {
        "CreateServiceSpecificCredential": _create,
        "DeleteServiceSpecificCredential": _delete,
        "ListServiceSpecificCredentials": _list,
        "UpdateServiceSpecificCredential": _update,
    }


def _create(request: dict[str, Any]) -> Response:
    user = iam._p(request, "UserName")
    if user not in iam._users:
        return _gone(f"The user with name {user} cannot be found.")
    key = {
        "UserName": user,
        "Status": "Active",
        "ServiceName": iam._p(request, "ServiceName"),
        "ServiceSpecificCredentialId": f"ACCA{secrets.token_hex(8).upper()}",
        "CreateDate": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    _keys[key["ServiceSpecificCredentialId"]] = key
    inner = f"<ServiceSpecificCredential>{_fields(key)}</ServiceSpecificCredential>"
    return _answer("CreateServiceSpecificCredential", inner)


def _list(request: dict[str, Any]) -> Response:
    user, service = iam._p(request, "UserName"), iam._p(request, "ServiceName")
    if user and user not in iam._users:
        return _gone(f"The user with name {user} cannot be found.")
    found = [
        f"<member>{_fields(key)}</member>"
        for key in _keys.values()
        if user in ("", key["UserName"]) and service in ("", key["ServiceName"])
    ]
    inner = f"<ServiceSpecificCredentials>{''.join(found)}</ServiceSpecificCredentials>"
    return _answer("ListServiceSpecificCredentials", inner)


def _update(request: dict[str, Any]) -> Response:
    key = _keys.get(iam._p(request, "ServiceSpecificCredentialId"))
    if key is None:
        return _gone("There is no such credential.")
    key["Status"] = iam._p(request, "Status")
    return _answer("UpdateServiceSpecificCredential", "")


def _delete(request: dict[str, Any]) -> Response:
    if _keys.pop(iam._p(request, "ServiceSpecificCredentialId"), None) is None:
        return _gone("There is no such credential.")
    return _answer("DeleteServiceSpecificCredential", "")


def _fields(key: dict[str, str]) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in key.items())


def _answer(operation: str, inner: str) -> Response:
    result = f"<{operation}Result>{inner}</{operation}Result>"
    answer: Response = iam._xml(200, f"{operation}Response", result, ns="iam")
    return answer


def _gone(reason: str) -> Response:
    refusal: Response = iam._error(404, "NoSuchEntity", reason, ns="iam")
    return refusal
