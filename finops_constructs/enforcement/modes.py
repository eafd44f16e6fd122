"""The switches of a tenant: one for stopping it, one for the standing deny."""

from enum import StrEnum


class Mode(StrEnum):
    """What the kill switch does when a tenant passes its limit."""

    SHADOW = "shadow"
    """Computes and announces; touches nothing."""
    APPROVE = "approve"
    """Asks a person first."""
    ENFORCE = "enforce"
    """Stops the tenant."""


class OnTimeout(StrEnum):
    """What an approval that nobody answers in time means."""

    STOP = "stop"
    """Stop the tenant."""
    HOLD = "hold"
    """Go on, up to the hard cap."""


class Guard(StrEnum):
    """Whether callers carry the standing deny."""

    OBSERVE = "observe"
    """Nothing is denied that was not denied before."""
    ENFORCE = "enforce"
    """Callers carry the standing deny."""
