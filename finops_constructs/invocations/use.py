"""Who called which model how often: what every source of invocation records is read into."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

_SESSION: Final = re.compile(r"arn:([a-z-]+):sts::(\d{12}):assumed-role/([^/]+)(?:/.*)?")
_ROLE: Final = re.compile(r"arn:([a-z-]+):iam::(\d{12}):role/(?:.*/)?([^/]+)")
_USER: Final = re.compile(r"arn:([a-z-]+):iam::(\d{12}):user/(?:.*/)?([^/]+)")


class Kind(StrEnum):
    """What kind of identity called."""

    ROLE = "role"
    USER = "user"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Principal:
    """Who called, without the session.

    Attributes:
        kind: A role, a user, or something else such as the account's root.
        account: Its account; empty if the record does not say.
        name: Its name, without its path, which no session tells.
    """

    kind: Kind
    account: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Calls of one principal on one model.

    Attributes:
        principal: Who called.
        model_id: The model as it was called: an id or an ARN, of a model or of a profile.
        calls: How many.
        first: The first of them.
        last: The last of them.
    """

    principal: Principal
    model_id: str
    calls: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """Everything a source of records says.

    Attributes:
        source: Where they come from, for people.
        uses: One for each principal and model.
        first: The first record; None: there is none.
        last: The last record.
        covers_since: Since when every call is in the source; None: it is not known to be complete.
        unread: How many records could not be read.
    """

    source: str
    uses: tuple[Use, ...]
    first: datetime | None
    last: datetime | None
    covers_since: datetime | None = None
    unread: int = 0


def parse_principal(arn: str) -> Principal:
    """Return who an `identity.arn` of a record is."""
    for kind, pattern in ((Kind.ROLE, _SESSION), (Kind.ROLE, _ROLE), (Kind.USER, _USER)):
        found = pattern.fullmatch(arn)
        if found:
            return Principal(kind=kind, account=found[2], name=found[3])
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    return Principal(kind=Kind.OTHER, account=account, name=arn)


def gathered(source: str, rows: Iterable[tuple[Any, ...]], *, unread: int = 0) -> Uses:
    """Return uses from rows of identity ARN, model id, calls, first and last.

    Sessions of one role are counted together; instants without a time zone are taken as UTC.
    """
    found: dict[tuple[Principal, str], Use] = {}
    for arn, model_id, calls, first, last in rows:
        use = Use(
            principal=parse_principal(str(arn)),
            model_id=str(model_id),
            calls=int(calls),
            first=_utc(first),
            last=_utc(last),
        )
        key = use.principal, use.model_id
        found[key] = _together(found[key], use) if key in found else use
    uses = tuple(found[key] for key in sorted(found))
    return Uses(
        source=source,
        uses=uses,
        first=min((use.first for use in uses), default=None),
        last=max((use.last for use in uses), default=None),
        unread=unread,
    )


def _together(one: Use, other: Use) -> Use:
    return replace(
        one,
        calls=one.calls + other.calls,
        first=min(one.first, other.first),
        last=max(one.last, other.last),
    )


def _utc(when: datetime) -> datetime:
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
