"""Whether an order makes sense now, and what it is written down as."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Final

from commands.corrections import adjust, reprice
from commands.identity import Actor
from commands.pauses import end_pause, pause
from commands.refusal import RefusedError
from commands.request import Request
from commands.retirement import retire
from commands.situation import Situation, Word, senseless
from shared.decision_types import Answer, Cause, Order, Override, Resume
from shared.force import override_end
from shared.latches import last_word
from shared.money import format_usd
from shared.state_table import word_key
from shared.utc_months import for_people, month_end


def word_of(request: Request, actor: Actor, situation: Situation) -> Word:
    """Return what to write down.

    Raises:
        RefusedError: If the order makes no sense now.
    """
    if situation.policy is not None and situation.policy.retired:
        raise senseless(f"{request.tenant} is being taken down")
    gone = situation.items.retirement
    if gone is not None:
        raise senseless(
            f"{request.tenant} was retired at {for_people(gone.at)} by {gone.actor}: its id stays "
            "taken; create it again under a new one"
        )
    return _WORDS[request.command](request, actor, situation)


def _suspend(request: Request, actor: Actor, situation: Situation) -> Word:
    order = Order(scope=request.alias, at=situation.now, actor=actor.arn, reason=request.reason)
    message = f"{_subject(request)} is being suspended until a person resumes it"
    return Word(sk=word_key("ORDER", request.alias), value=order, message=message)


def _resume(request: Request, actor: Actor, situation: Situation) -> Word:
    orders, latches = _resumable(request, situation)
    monthly = [c for c in situation.state.memory.causes if not c.latched and c.in_force]
    if not orders and not latches:
        if monthly:
            raise senseless(f"{monthly[0].text}. {_how_a_month_ends(request, situation)}")
        raise senseless(f"nothing of {_subject(request)} is stopped that a person could resume")
    message = f"{_subject(request)} is being resumed"
    if monthly:
        message += f"; it stays stopped because {monthly[0].text}. "
        message += _how_a_month_ends(request, situation)
    if situation.profile is not None and situation.profile.canary:
        # A canary is gone in a moment: nothing of it is to stay behind.
        return Word(sk=word_key("ORDER", request.alias), value=None, message=message)
    resume = Resume(scope=request.alias, at=situation.now, actor=actor.arn, reason=request.reason)
    return Word(sk=word_key("RESUME", request.alias), value=resume, message=message)


def _resumable(request: Request, situation: Situation) -> tuple[list[Order], list[Cause]]:
    """Return the standing orders and latches that a resumption of this scope would end."""
    items = situation.items
    orders = [
        order
        for order in items.orders
        if _covers(request.alias, order.scope)
        and ((lifted := last_word(items.resumes, order.scope)) is None or lifted <= order.at)
    ]
    latches = [
        cause
        for cause in situation.state.memory.causes
        if cause.latched and _covers(request.alias, cause.scope)
    ]
    return orders, latches


def _covers(alias: str | None, scope: str | None) -> bool:
    return alias is None or alias == scope


def _override(request: Request, actor: Actor, situation: Situation) -> Word:
    if situation.policy is None:
        raise senseless(f"{request.tenant} has no readable policy, so nothing stops it by itself")
    if situation.policy.mode == "shadow":
        raise senseless(f"{request.tenant} is in mode shadow: nothing stops it by itself")
    if situation.spend_usd is None:
        raise senseless("the spend is not known now, so a ceiling cannot be checked")
    if request.up_to_usd <= situation.spend_usd:
        raise RefusedError(
            400,
            f"up_to_usd must be more than the month's spend so far, "
            f"{format_usd(situation.spend_usd)}, got {request.up_to_usd}",
        )
    override = Override(
        at=situation.now,
        expires_at=situation.now + timedelta(minutes=request.minutes),
        up_to_usd=request.up_to_usd,
        actor=actor.arn,
        reason=request.reason,
    )
    message = (
        f"automatic stops of {request.tenant} are lifted until "
        f"{for_people(override_end(override))}, or until the month's spend is "
        f"{format_usd(request.up_to_usd)}; what a person suspended stays so"
    )
    return Word(sk="OVERRIDE", value=override, message=message)


def _approve(request: Request, actor: Actor, situation: Situation) -> Word:
    open_causes = [
        cause
        for cause in situation.state.memory.causes
        if cause.verdict == "pending" and _covers(request.alias, cause.scope)
    ]
    asks = situation.policy is not None and situation.policy.mode == "approve"
    if not asks or not open_causes:
        raise senseless(f"no stop of {_subject(request)} awaits approval")
    answer = Answer(
        scope=request.alias,
        at=situation.now,
        approved=not request.reject,
        actor=actor.arn,
        reason=request.reason,
    )
    said = "goes on until its hard cap" if request.reject else "is being stopped"
    return Word(
        sk=word_key("APPROVAL", request.alias),
        value=answer,
        message=f"{_subject(request)} {said}: {_texts(open_causes)}",
    )


def _texts(causes: Iterable[Cause]) -> str:
    return "; ".join(cause.text for cause in causes)


def _how_a_month_ends(request: Request, situation: Situation) -> str:
    return (
        f"That ends with the month, at {for_people(month_end(situation.now))}, or when the limit "
        f"is raised. To go on before: finops override {request.tenant} --hours 4 --up-to-usd USD "
        '--reason "..."'
    )


def _subject(request: Request) -> str:
    return f"{request.tenant} {request.alias}" if request.alias else f"{request.tenant}"


_WORDS: Final[Mapping[str, Callable[[Request, Actor, Situation], Word]]] = {
    "suspend": _suspend,
    "resume": _resume,
    "override": _override,
    "approve": _approve,
    "pause": pause,
    "end-pause": end_pause,
    "adjust": adjust,
    "reprice": reprice,
    "retire": retire,
}
