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
    _read_at: float = field(default=0.0)

    def current(self, *, fresh: bool = False) -> Registry:
        """Return the registry.

        Args:
            fresh: Whether it must be read now.

        Raises:
            Exception: Whatever reading raised, if it was never read before.
        """
        if not fresh and self._registry is not None and not self._is_old():
            return self._registry
        try:
            self._registry = self.load()
        except Exception:
            if self._registry is None:
                raise
            self.stale = True
            return self._registry
        self.stale, self._read_at = False, self.seconds()
        return self._registry

    def _is_old(self) -> bool:
        return self.seconds() - self._read_at >= self.ttl_seconds
