"""Orders to pause automatic stops, and to end a pause."""

from datetime import datetime, timedelta

from commands.identity import Actor
from commands.request import Request
from commands.situation import Situation, Word, senseless
from shared.lasting_words import Pause
from shared.pausing import pause_at, pause_end
from shared.state_table import PAUSE
from shared.utc_months import for_people


def pause(request: Request, actor: Actor, situation: Situation) -> Word:
    """Hold automatic stops of a tenant for a while."""
    if situation.policy is not None and situation.policy.mode == "shadow":
        raise senseless(f"{request.tenant} is in mode shadow: nothing stops it by itself")
    given = _pause(request, actor, situation.now)
    message = _message(request, given)
    resting = [c for c in situation.state.memory.causes if c.latched and not c.shadow]
    for cause in resting:
        alias = f" --alias {cause.scope}" if cause.scope else ""
        message += (
            f". Then it is stopped again because {cause.text}, unless that is ended: "
            f"finops resume {request.tenant}{alias}"
        )
    return Word(sk=PAUSE, value=given, message=message)


def pause_all(request: Request, actor: Actor, now: datetime) -> Word:
    """Hold automatic stops of all tenants for a while."""
    given = _pause(request, actor, now)
    return Word(sk=PAUSE, value=given, message=_message(request, given))


def end_pause(request: Request, _: Actor, situation: Situation) -> Word:
    """End the pause of a tenant."""
    own = tuple(each for each in situation.items.pauses if each.scope == "tenant")
    of_all = tuple(each for each in situation.items.pauses if each.scope == "all")
    return _end(request, own, of_all, situation.now)


def end_pause_of_all(request: Request, pauses: tuple[Pause, ...], now: datetime) -> Word:
    """End the pause of all tenants; pauses of single tenants go on."""
    return _end(request, pauses, (), now)


def _pause(request: Request, actor: Actor, now: datetime) -> Pause:
    return Pause(
        scope="all" if request.everybody else "tenant",
        at=now,
        expires_at=now + timedelta(minutes=request.minutes),
        actor=actor.arn,
        reason=request.reason,
    )


def _message(request: Request, given: Pause) -> str:
    return (
        f"automatic stops of {_subject(request)} are paused until "
        f"{for_people(pause_end(given))}; what a person suspended stays so"
    )


def _end(
    request: Request, pauses: tuple[Pause, ...], more: tuple[Pause, ...], now: datetime
) -> Word:
    if pause_at(pauses, now) is None:
        hint = ": finops enforcement resume --all" if pause_at(more, now) else ""
        what = "all tenants are paused together" if hint else "no pause is in force"
        raise senseless(f"{_subject(request)}: {what}{hint}")
    message = f"the pause of {_subject(request)} has ended: automatic stops apply again"
    if pause_at(more, now):
        message = (
            f"the pause of {_subject(request)} has ended; that of all tenants goes on: "
            "finops enforcement resume --all"
        )
    return Word(sk=PAUSE, value=None, message=message)


def _subject(request: Request) -> str:
    return "all tenants" if request.everybody else f"{request.tenant}"
