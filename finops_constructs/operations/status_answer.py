"""Reads the platform's answer to `status`; times must say their zone, money is text."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from finops_constructs.operations.errors import AnswerError
from finops_constructs.operations.status import (
    TENANT_SCOPE,
    AliasStatus,
    Approval,
    Assumption,
    Billed,
    Corrected,
    Correction,
    Override,
    Pause,
    Reason,
    ReplacedProfile,
    TenantStatus,
    WorstCase,
    WouldStop,
)


def parse_status(raw: Mapping[str, Any]) -> TenantStatus:
    """Return one tenant's status; what the platform leaves out is None.

    Raises:
        AnswerError: If a field is not what it is said to be.
    """
    try:
        return TenantStatus(**_fields(raw), raw=raw)
    except (AttributeError, KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise AnswerError(
            f"the platform's status of {raw.get('tenant')!r} is not understood "
            f"({type(error).__name__}: {error}): is this finops older than the platform?"
        ) from error


def parse_time(text: object) -> datetime | None:
    """Return an ISO-8601 time; None for none."""
    if text is None:
        return None
    if not isinstance(text, str):
        raise TypeError(f"a time must be text, got {text!r}")
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"a time must say its zone, got {text!r}")
    return time


def _fields(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "tenant": _text(raw, "tenant"),
        "display_name": raw.get("display_name") or raw["tenant"],
        "mode": _text(raw, "mode"),
        "guard": raw.get("guard") or "?",
        "state": _text(raw, "state"),
        "aliases": {
            alias: AliasStatus(state=_text(each, "state"), why=each.get("why"))
            for alias, each in sorted(raw.get("aliases", {}).items())
        },
        "why": tuple(_reason(each) for each in raw.get("why") or ()),
        "since": parse_time(raw.get("since")),
        "ends": _time_or_text(raw.get("ends")),
        "month": raw.get("month"),
        "estimated_usd": _usd(raw.get("estimated_usd")),
        "limit_usd": _usd(raw.get("limit_usd")),
        "percent": _usd(raw.get("percent")),
        "billed": _billed(raw.get("billed")),
        "corrected": _corrected(raw.get("corrected") or {}),
        "counted_usd": _usd(raw.get("counted_usd")),
        "drift_percent": _usd(raw.get("drift_percent")),
        "override": _override(raw.get("override")),
        "pause": _pause(raw.get("pause")),
        "corrections": tuple(_correction(each) for each in raw.get("corrections") or ()),
        "approval": _approval(raw.get("approval")),
        "would_stop": tuple(_would_stop(each) for each in raw.get("would_stop") or ()),
        "unmetered": tuple(raw.get("unmetered") or ()),
        "replaced": tuple(_replaced(each) for each in raw.get("replaced") or ()),
        "top_roles": _roles(raw.get("top_roles") or ()),
        "price_as_of": raw.get("price_as_of"),
        "worst_case": _worst_case(raw.get("worst_case_loss_usd")),
        "decided_at": parse_time(raw.get("decided_at")),
        "updated_at": parse_time(raw.get("updated_at")),
    }


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} must be text, got {value!r}")
    return value


def _usd(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _time_or_text(value: object) -> datetime | str | None:
    try:
        return parse_time(value)
    except ValueError:
        return str(value)


def _reason(each: Mapping[str, Any]) -> Reason:
    return Reason(
        code=each["code"],
        text=each.get("text") or each["code"],
        since=parse_time(each.get("since")),
        ends=_time_or_text(each.get("ends")),
        scope=each.get("scope") or TENANT_SCOPE,
    )


def _billed(raw: Mapping[str, Any] | None) -> Billed:
    found = raw or {"not_available": "the platform does not say"}
    amount = _usd(found.get("amount_usd"))
    missing = found.get("not_available") or "the platform does not say why"
    return Billed(
        amount_usd=amount,
        period=found.get("period"),
        as_of=_time_or_text(found.get("as_of")),
        source=found.get("source"),
        not_available=missing if amount is None else None,
    )


def _corrected(raw: Mapping[str, Any]) -> Corrected:
    usd = _usd(raw.get("usd"))
    return Corrected(
        usd=usd,
        percent=_usd(raw.get("percent")),
        ratio=_usd(raw.get("ratio")),
        days=raw.get("days"),
        through=raw.get("through"),
        not_available=None if usd is not None else raw.get("not_available") or "not said why",
    )


def _override(raw: Mapping[str, Any] | None) -> Override | None:
    if raw is None:
        return None
    return Override(
        reason=raw.get("reason") or "?",
        actor=raw.get("actor") or "?",
        started_at=parse_time(raw.get("started_at")),
        ends_at=parse_time(raw.get("ends_at")),
        up_to_usd=_usd(raw.get("up_to_usd")),
    )


def _pause(raw: Mapping[str, Any] | None) -> Pause | None:
    if raw is None:
        return None
    return Pause(
        scope=raw.get("scope") or TENANT_SCOPE,
        reason=raw.get("reason") or "?",
        actor=raw.get("actor") or "?",
        started_at=parse_time(raw.get("started_at")),
        ends_at=parse_time(raw.get("ends_at")),
    )


def _correction(each: Mapping[str, Any]) -> Correction:
    return Correction(
        kind=each["kind"],
        usd=_usd(each.get("usd")),
        at=parse_time(each.get("at")),
        actor=each.get("actor") or "?",
        reason=each.get("reason") or "?",
    )


def _approval(raw: Mapping[str, Any] | None) -> Approval | None:
    if raw is None or raw["state"] == "none":
        return None
    return Approval(
        state=raw["state"],
        asked_at=parse_time(raw.get("asked_at")),
        times_out_at=parse_time(raw.get("times_out_at")),
        on_timeout=raw.get("on_timeout"),
        actor=raw.get("actor"),
        reason=raw.get("reason"),
    )


def _would_stop(each: Mapping[str, Any]) -> WouldStop:
    return WouldStop(
        since=parse_time(each.get("since")),
        why=each.get("why"),
        avoided_usd=_usd(each.get("avoided_usd")),
        scope=each.get("scope") or TENANT_SCOPE,
    )


def _replaced(each: Mapping[str, Any]) -> ReplacedProfile:
    callers = each.get("callers")
    return ReplacedProfile(
        alias=each["alias"],
        profile_arn=each["profile_arn"],
        model=each.get("model") or "?",
        replaced_at=parse_time(each.get("replaced_at")),
        callers=None
        if callers is None
        else tuple((str(c["role"]), int(c["calls"]), str(c["last"])) for c in callers),
    )


def _roles(raw: Sequence[Sequence[Any]]) -> tuple[tuple[str, Decimal], ...]:
    return tuple((str(name), Decimal(str(usd))) for name, usd in raw)


def _worst_case(raw: Mapping[str, Any] | None) -> WorstCase | None:
    if raw is None:
        return None
    usd = _usd(raw.get("usd"))
    return WorstCase(
        usd=usd,
        not_available=None if usd is not None else raw.get("not_available") or "not said why",
        inputs=tuple(
            Assumption(name=each["name"], value=str(each["value"]), basis=each["basis"])
            for each in raw.get("inputs") or ()
        ),
    )
