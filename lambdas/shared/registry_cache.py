"""The registry, remembered for a while between the events of one function."""

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.registry import Registry


@dataclass(slots=True)
class RegistryCache:
    """Reads the registry when it is old, or when somebody must be sure.

    Attributes:
        load: Reads it.
        seconds: A steady clock.
        ttl_seconds: How long what was read may be used.
        stale: Whether the last attempt to read it failed, so that an old one is used.
    """

    load: Callable[[], Registry]
    seconds: Callable[[], float]
    ttl_seconds: float
    stale: bool = False
    _registry: Registry | None = None
    _tried_at: float = field(default=0.0)

    def current(self, *, fresh: bool = False, max_age_seconds: float | None = None) -> Registry:
        """Return the registry.

        An attempt that failed counts as one: what cannot be read is not asked for at every call.

        Args:
            fresh: Whether it must be read now.
            max_age_seconds: How long ago it may have been read. Default: `ttl_seconds`.

        Raises:
            Exception: Whatever reading raised, if it was never read before.
        """
        max_age = self.ttl_seconds if max_age_seconds is None else max_age_seconds
        age = self.seconds() - self._tried_at
        if not fresh and self._registry is not None and age < max_age:
            return self._registry
        self._tried_at = self.seconds()
        try:
            self._registry = self.load()
        except Exception:
            if self._registry is None:
                raise
            self.stale = True
            return self._registry
        self.stale = False
        return self._registry
