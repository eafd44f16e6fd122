"""boto3 clients, one a service, made when they are first needed."""

from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

import boto3
from botocore.config import Config

_CONFIG: Final = Config(
    retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=3, read_timeout=10
)


@dataclass(slots=True)
class Clients:
    """Returns a service's client; a client may be shared between threads, making one may not."""

    _made: dict[str, Any] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, service: str) -> Any:
        """Return the client of a service."""
        with self._lock:
            if service not in self._made:
                self._made[service] = boto3.client(service, config=_CONFIG)  # type: ignore[call-overload]
            return self._made[service]
