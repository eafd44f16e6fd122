"""What the function is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The environment of the spend meter.

    Attributes:
        ledger_table: The ledger's name.
        wake_queue_url: The kill switch's wake queue.
        dead_letter_queue_url: Where refused records are kept.
        registry_ttl_seconds: How long the registry is used before it is read again.
    """

    ledger_table: str
    wake_queue_url: str
    dead_letter_queue_url: str
    registry_ttl_seconds: float

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Return the settings; KeyError or ValueError if one is missing or is no number."""
        return cls(
            ledger_table=environment["LEDGER_TABLE"],
            wake_queue_url=environment["WAKE_QUEUE_URL"],
            dead_letter_queue_url=environment["DEAD_LETTER_QUEUE_URL"],
            registry_ttl_seconds=float(environment.get("REGISTRY_TTL_SECONDS", "60")),
        )
