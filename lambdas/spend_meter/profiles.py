"""Which profile a record's `modelId` is: the registry, read again before anything is refused."""

from collections.abc import Callable
from typing import Final

from shared.registry import Registry
from shared.registry_entries import ProfileEntry
from spend_meter.telemetry import logger

REFRESH_ON_UNKNOWN_SECONDS: Final = 5.0
"""How often at most an unknown profile makes the registry be read again."""


def names_profile(model_id: str) -> bool:
    """Whether a `modelId` is an application inference profile's ARN or id.

    Model ids and system profiles' ids contain dots, other ARNs another resource type.
    """
    if ":" in model_id or "/" in model_id:
        return ":application-inference-profile/" in model_id
    return "." not in model_id


class CachedRegistry:
    """The registry, read at most every so many seconds in a function's lifetime.

    Args:
        load: Reads it.
        clock: Seconds that never go back.
        ttl_seconds: How long what was read may be used.
    """

    def __init__(
        self, load: Callable[[], Registry], *, clock: Callable[[], float], ttl_seconds: float
    ) -> None:
        self._load, self._clock, self._ttl = load, clock, ttl_seconds
        self._registry: Registry | None = None
        self._tried_at = 0.0

    def current(self) -> Registry:
        """Return the registry; an old one if it cannot be read just now.

        Raises:
            Exception: Whatever reading raised, if it was never read before.
        """
        if self._registry is None or self._clock() - self._tried_at >= self._ttl:
            return self._read()
        return self._registry

    def profile_of(self, model_id: str) -> ProfileEntry | None:
        """Return the profile, or None if it is not even in a registry read just now."""
        profile = self.current().by_model_id.get(model_id)
        if profile is None and names_profile(model_id) and self._may_refresh():
            profile = self._read().by_model_id.get(model_id)
        return profile

    def _may_refresh(self) -> bool:
        return self._clock() - self._tried_at >= REFRESH_ON_UNKNOWN_SECONDS

    def _read(self) -> Registry:
        self._tried_at = self._clock()
        try:
            self._registry = self._load()
        except Exception:
            if self._registry is None:
                raise
            logger.exception("registry not readable: going on with what was read before")
        return self._registry
