"""How far an order has come, judged from what the platform says of the tenant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from finops_constructs.operations.client import Answer
from finops_constructs.operations.status import CHANGING, STOPPED, TENANT_SCOPE, TenantStatus

_EITHER_WAY: Final = frozenset({"adjust", "end-pause", "reprice"})
"""Orders that may stop or lift: they are reached once it is decided anew and read back."""
_LEAST_STOPPED_FIRST: Final = (
    "active", "resuming", "held", "suspending", "applied", "confirmed"
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an order has come.

    Attributes:
        stage: `accepted`, or the state of the profiles it is about.
        done: Whether waiting longer is of no use.
        reached: Whether what was ordered is so, read back.
        detail: Why it is not, if the platform says so.
    """

    stage: str
    done: bool = False
    reached: bool = False
    detail: str = ""


def progress(order: Answer, now: TenantStatus) -> Progress:
    """Return how far `order` has come by the status `now`.

    A status speaks of an order only if the kill switch began to look after the order was written
    down: a profile still `active`, or `applied` since an earlier stop, proves nothing before.
    """
    states = _states(order, now)
    looked = _looked_since(order, now)
    if looked is False:
        moving = "suspending" if _stops(order) else "resuming"
        return Progress(stage=moving if moving in states else "accepted")
    if order.command in _EITHER_WAY:
        settled = looked is True and not CHANGING & set(states)
        return Progress(stage=max(states, key=_how_stopped), done=settled, reached=settled)
    if _stops(order):
        return _stopping(order, now, states)
    return _lifting(order, now, states, final=looked is True)


def _stopping(order: Answer, now: TenantStatus, states: Sequence[str]) -> Progress:
    stage = min(states, key=_how_stopped)
    if stage in STOPPED:
        return Progress(stage=stage, done=True, reached=True)
    # Not final: a profile registered a moment ago is stopped once the registry is read again.
    return Progress(stage=stage, detail="" if stage == "suspending" else _why(order, now))


def _lifting(order: Answer, now: TenantStatus, states: Sequence[str], *, final: bool) -> Progress:
    stage = max(states, key=_how_stopped)
    if stage == "active":
        return Progress(stage=stage, done=True, reached=True)
    if CHANGING & set(states):
        return Progress(stage="resuming")
    return Progress(stage=stage, done=final, detail=_why(order, now))


def _stops(order: Answer) -> bool:
    rejects = bool(order.request.get("reject"))
    return order.command in {"retire", "suspend"} or (order.command == "approve" and not rejects)


def _states(order: Answer, now: TenantStatus) -> list[str]:
    if order.alias is not None:
        alias = now.aliases.get(order.alias)
        return ["accepted" if alias is None else alias.state]
    # The roles that a suspension policy is attached to are in the tenant's own state alone.
    whole = [now.state] if now.state in CHANGING else []
    return [*(alias.state for alias in now.own_aliases.values()), *whole] or [now.state]


def _how_stopped(state: str) -> int:
    return _LEAST_STOPPED_FIRST.index(state) if state in _LEAST_STOPPED_FIRST else -1


def _looked_since(order: Answer, now: TenantStatus) -> bool | None:
    """Whether the kill switch has looked since the order; None: the platform does not tell."""
    if order.accepted_at is None or now.decided_at is None:
        return None
    return now.decided_at >= order.accepted_at


def _why(order: Answer, now: TenantStatus) -> str:
    about: Iterable[str | None] = {TENANT_SCOPE, order.alias}
    return "; ".join(
        f"{reason.code}: {reason.text}"
        for reason in now.why
        if order.alias is None or reason.scope in about
    )
