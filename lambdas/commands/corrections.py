"""Orders to correct the ledger: by an amount, or by what a price list got wrong."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Literal

from commands.identity import Actor
from commands.refusal import RefusedError
from commands.request import Request
from commands.situation import Situation, Word, senseless
from shared.corrections import Correction
from shared.ledger import month_of
from shared.money import format_usd


def adjust(request: Request, actor: Actor, situation: Situation) -> Word:
    """Book one signed amount."""
    return _booked(request, actor, situation, "adjust")


def reprice(request: Request, actor: Actor, situation: Situation) -> Word:
    """Book what a recomputation from the log came to, by alias and role."""
    return _booked(request, actor, situation, "reprice")


def _booked(
    request: Request, actor: Actor, situation: Situation, kind: Literal["adjust", "reprice"]
) -> Word:
    today = situation.now.astimezone(UTC).date()
    corrections = tuple(
        Correction(
            kind=kind,
            day=amount.day or today,
            usd=amount.usd,
            at=situation.now,
            actor=actor.arn,
            reason=request.reason,
            alias=amount.alias,
            role=amount.role,
        )
        for amount in request.amounts
    )
    late = [each.day for each in corrections if each.day > today]
    if late:
        raise RefusedError(400, f"day must not be in the future, got {min(late)}")
    texts = [_checked(request, situation, month, of) for month, of in _by_month(corrections)]
    return Word(sk="", value=None, message="; ".join(texts), corrections=corrections)


def _by_month(
    corrections: Iterable[Correction],
) -> list[tuple[str, list[Correction]]]:
    months: defaultdict[str, list[Correction]] = defaultdict(list)
    for each in corrections:
        months[month_of(each.day)].append(each)
    return sorted(months.items())


def _checked(
    request: Request, situation: Situation, month: str, corrections: list[Correction]
) -> str:
    """Return what the person is told of a month; refuse what would make spend negative."""
    spend = situation.month_spend(_in_month(month))
    if spend is None:
        raise senseless("the ledger cannot be read now, so nothing can be corrected in it")
    by_alias: defaultdict[str | None, Decimal] = defaultdict(Decimal)
    for each in corrections:
        if each.role is None:
            by_alias[each.alias] += each.usd
    for alias, usd in by_alias.items():
        if alias is not None:
            _check_alias(request, situation, alias, spend.by_alias.get(alias), usd)
    booked = sum(by_alias.values(), Decimal(0))
    after = spend.total_usd + booked
    if after < 0:
        raise RefusedError(
            400,
            f"{month} would become negative: {request.tenant} spent {format_usd(spend.total_usd)}, "
            f"so usd must be at least {-spend.total_usd}",
        )
    message = (
        f"{format_usd(booked)} is booked for {request.tenant} in {month}: "
        f"{format_usd(spend.total_usd)} becomes {format_usd(after)}"
    )
    held = situation.spend_usd
    if month == month_of(situation.now) and held is not None and held > spend.total_usd:
        message += f"; AWS has billed {format_usd(held)}, and the larger of the two counts"
    return message


def _check_alias(
    request: Request, situation: Situation, alias: str, spent: Decimal | None, usd: Decimal
) -> None:
    if spent is None and alias not in situation.aliases:
        names = ", ".join(sorted(situation.aliases)) or "none"
        raise RefusedError(404, f"{request.tenant} has no alias {alias!r}; it has {names}")
    if (spent or Decimal(0)) + usd < 0:
        raise RefusedError(
            400,
            f"{alias} would become negative: it spent {format_usd(spent or Decimal(0))}",
        )


def _in_month(month: str) -> datetime:
    return datetime.combine(date.fromisoformat(f"{month}-28"), time(0), UTC)
