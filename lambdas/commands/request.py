"""What is asked: the body of a request, checked as far as that goes without knowing the tenant."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from commands.refusal import RefusedError
from shared.parsing import EntryError, decimal_of

COMMANDS: Final = ("suspend", "resume", "override", "approve", "status")
LONGEST_OVERRIDE_MINUTES: Final = 24 * 60
_LONGEST_REASON: Final = 500
_LONGEST_BODY: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command.

    Attributes:
        command: One of `COMMANDS`.
        tenant: Whom it is about; None: everybody, of `status` alone.
        alias: The one alias it is about; None: the whole tenant.
        reason: Why; empty of `status` alone.
        minutes: How long an override lasts; 0 of other commands.
        up_to_usd: Month-to-date spend at which an override ends; 0 of other commands.
        reject: Whether `approve` says no.
    """

    command: str
    tenant: str | None
    alias: str | None = None
    reason: str = ""
    minutes: int = 0
    up_to_usd: Decimal = Decimal(0)
    reject: bool = False


def parse_request(event: Mapping[str, Any]) -> Request:
    """Return what a function URL's event asks.

    Raises:
        RefusedError: If it asks nothing that makes sense.
    """
    method = ((event.get("requestContext") or {}).get("http") or {}).get("method", "POST")
    if method != "POST":
        raise RefusedError(405, f"send a POST, not a {method}")
    body = _body(event)
    command = body.get("command")
    if command not in COMMANDS:
        raise _invalid(f"command must be one of {', '.join(COMMANDS)}, got {command!r}")
    tenant = _text(body, "tenant")
    if tenant is None and command != "status":
        raise _invalid("tenant is required")
    if command == "status":
        return Request(command=command, tenant=tenant)
    overrides = command == "override"
    return Request(
        command=command,
        tenant=tenant,
        alias=_alias(body, command),
        reason=_reason(body),
        minutes=_minutes(body) if overrides else 0,
        up_to_usd=_up_to_usd(body) if overrides else Decimal(0),
        reject=_reject(body),
    )


def _body(event: Mapping[str, Any]) -> Mapping[str, Any]:
    text = event.get("body") or ""
    try:
        if event.get("isBase64Encoded"):
            text = base64.b64decode(text, validate=True).decode()
        if len(text) > _LONGEST_BODY:
            raise _invalid(f"the body has more than {_LONGEST_BODY} characters")
        body = json.loads(text, parse_float=Decimal)
    except (RecursionError, ValueError, binascii.Error) as error:
        raise _invalid(f"the body is not JSON: {error}") from None
    if not isinstance(body, dict):
        raise _invalid("the body is not a JSON object")
    return body


def _text(body: Mapping[str, Any], key: str) -> str | None:
    value = body.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise _invalid(f"{key} must be a text, got {value!r}")
    return value.strip()


def _alias(body: Mapping[str, Any], command: str) -> str | None:
    alias = _text(body, "alias")
    if alias is not None and command == "override":
        raise _invalid("an override is about the whole tenant: leave alias out")
    return alias


def _reason(body: Mapping[str, Any]) -> str:
    reason = _text(body, "reason")
    if reason is None:
        raise _invalid("reason is required: it is what the journal and the owner are told")
    plain = " ".join("".join(c if c.isprintable() else " " for c in reason).split())
    if not plain or len(plain) > _LONGEST_REASON:
        raise _invalid(f"reason must have 1 to {_LONGEST_REASON} printable characters")
    return plain


def _minutes(body: Mapping[str, Any]) -> int:
    given = body.get("minutes")
    minutes = given if isinstance(given, int) and not isinstance(given, bool) else 0
    if not 1 <= minutes <= LONGEST_OVERRIDE_MINUTES:
        raise _invalid(
            f"minutes must be a whole number from 1 to {LONGEST_OVERRIDE_MINUTES}, got {given!r}"
        )
    return minutes


def _up_to_usd(body: Mapping[str, Any]) -> Decimal:
    if body.get("up_to_usd") is None:
        raise _invalid("up_to_usd is required: the month's spend at which the override ends")
    try:
        return decimal_of(body["up_to_usd"], "up_to_usd")
    except EntryError as error:
        raise _invalid(str(error)) from None


def _reject(body: Mapping[str, Any]) -> bool:
    reject = body.get("reject", False)
    if not isinstance(reject, bool):
        raise _invalid(f"reject must be true or false, got {reject!r}")
    return reject


def _invalid(text: str) -> RefusedError:
    return RefusedError(400, text)
