"""What the function is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The environment of the cross-check.

    Attributes:
        ledger_table: The ledger's name.
        wake_queue_url: The kill switch's wake queue.
    """

    ledger_table: str
    wake_queue_url: str

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Return the settings; KeyError if one is missing."""
        return cls(
            ledger_table=environment["LEDGER_TABLE"],
            wake_queue_url=environment["WAKE_QUEUE_URL"],
        )
