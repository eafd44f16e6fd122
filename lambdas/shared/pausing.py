"""A pause: while it lasts the tenant is as in mode `shadow`, and what stopped it rests.

What arises meanwhile is announced and never stops anything; what stopped before is back when the
pause ends, unless it was put right or resumed (docs/adr/0016).
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from shared.decision_types import (
    Inputs,
)
from shared.lasting_words import Pause

LONGEST_PAUSE: Final = timedelta(hours=24)


def pause_end(pause: Pause) -> datetime:
    """Return when a pause ends by itself."""
    return min(pause.expires_at, pause.at + LONGEST_PAUSE)


def pause_at(pauses: tuple[Pause, ...], now: datetime) -> Pause | None:
    """Return the pause that holds stops now, of several the one that lasts longest."""
    lasting = [pause for pause in pauses if now < pause_end(pause)]
    return max(lasting, key=lambda pause: (pause_end(pause), pause.at), default=None)


def as_paused(inputs: Inputs) -> Inputs:
    """Return the inputs of a paused tenant: in mode `shadow`, whatever its own is."""
    if inputs.policy is None:
        return inputs
    return replace(inputs, policy=replace(inputs.policy, mode="shadow"))
