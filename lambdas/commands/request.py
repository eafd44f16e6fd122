"""What is asked: the body of a request, checked as far as that goes without knowing the tenant."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from commands.refusal import RefusedError
from shared.parsing import EntryError, decimal_of

COMMANDS: Final = (
    "suspend",
    "resume",
    "override",
    "approve",
    "pause",
    "end-pause",
    "adjust",
    "reprice",
    "retire",
    "status",
)
LONGEST_OVERRIDE_MINUTES: Final = 24 * 60
MOST_AMOUNTS: Final = 90
"""Of one order: each is an item of one transaction, which holds 100."""
_TIMED: Final = frozenset({"override", "pause"})
_OF_ALL: Final = frozenset({"pause", "end-pause"})
_WHOLE_TENANT: Final = frozenset({"override", "pause", "end-pause", "reprice", "retire"})
_LONGEST_REASON: Final = 500
_LARGEST_USD: Final = 1_000_000_000
_MICRO_USD: Final = Decimal("0.000001")
_LONGEST_BODY: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A signed amount to book.

    Attributes:
        usd: The amount, in whole micro-USD, not 0.
        day: The UTC day it is of; None: today.
        alias: Whose spend it corrects; None: the tenant's.
        role: The role whose share it corrects; None: no role's.
    """

    usd: Decimal
    day: date | None = None
    alias: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command.

    Attributes:
        command: One of `COMMANDS`.
        tenant: Whom it is about; None: everybody, of `status` alone.
        alias: The one alias it is about; None: the whole tenant.
        reason: Why; empty of `status` alone.
        everybody: Whether a pause is about all tenants; `tenant` is None then.
        minutes: How long an override or a pause lasts; 0 of other commands.
        up_to_usd: Month-to-date spend at which an override ends; 0 of other commands.
        reject: Whether `approve` says no.
        amounts: What `adjust` or `reprice` books.
    """

    command: str
    tenant: str | None
    alias: str | None = None
    everybody: bool = False
    reason: str = ""
    minutes: int = 0
    up_to_usd: Decimal = Decimal(0)
    reject: bool = False
    amounts: tuple[Amount, ...] = ()


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
    if command == "status":
        return Request(command=command, tenant=tenant)
    everybody = _flag(body, "all") if command in _OF_ALL else False
    if (tenant is None) != everybody:
        raise _invalid("give one of tenant and all" if everybody else "tenant is required")
    return Request(
        command=command,
        tenant=tenant,
        everybody=everybody,
        alias=_alias(body, command),
        reason=_reason(body),
        minutes=_minutes(body) if command in _TIMED else 0,
        up_to_usd=_up_to_usd(body) if command == "override" else Decimal(0),
        reject=_flag(body, "reject"),
        amounts=_amounts(body, command),
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
    if alias is not None and command in _WHOLE_TENANT:
        raise _invalid(f"{command} is about the whole tenant: leave alias out")
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


def _flag(body: Mapping[str, Any], key: str) -> bool:
    flag = body.get(key, False)
    if not isinstance(flag, bool):
        raise _invalid(f"{key} must be true or false, got {flag!r}")
    return flag


def _amounts(body: Mapping[str, Any], command: str) -> tuple[Amount, ...]:
    if command == "adjust":
        return (_amount(body),)
    if command != "reprice":
        return ()
    given = body.get("amounts")
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_AMOUNTS:
        raise _invalid(f"amounts must be a list of 1 to {MOST_AMOUNTS}, got {given!r:.80}")
    return tuple(_amount(each if isinstance(each, dict) else {}) for each in given)


def _amount(given: Mapping[str, Any]) -> Amount:
    try:
        usd = decimal_of(given.get("usd"), "usd")
        day = None if given.get("day") is None else date.fromisoformat(str(given["day"]))
    except (EntryError, ValueError) as error:
        raise _invalid(str(error)) from None
    if not usd or abs(usd) > _LARGEST_USD or usd != usd.quantize(_MICRO_USD):
        raise _invalid(
            f"usd must not be 0, have at most 6 decimals and be at most {_LARGEST_USD:,}, got {usd}"
        )
    alias, role = _text(given, "alias"), _text(given, "role")
    if alias is not None and role is not None:
        raise _invalid("an amount is of an alias or of a role, not of both")
    return Amount(usd=usd.quantize(_MICRO_USD), day=day, alias=alias, role=role)


def _invalid(text: str) -> RefusedError:
    return RefusedError(400, text)
