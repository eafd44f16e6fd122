"""What the function is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from shared.reach import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The kill switch's settings, read once.

    Attributes:
        ledger_table: Where the spend meter writes.
        state_table: Where this function writes.
        wake_queue_url: The queue that wakes it.
        platform_topic_arn: Who is told of every tenant.
        registry_ttl_seconds: How long the registry may be remembered.
        replaced_idle_days: After how many days without a call a replaced profile is removed.
        place: The account and Region it works in.
    """

    ledger_table: str
    state_table: str
    wake_queue_url: str
    platform_topic_arn: str
    registry_ttl_seconds: int
    place: Place
    replaced_idle_days: int = 7

    @classmethod
    def read(cls, environment: Mapping[str, str], function_arn: str) -> Self:
        """Return the settings; KeyError or ValueError if one is missing or garbled."""
        return cls(
            ledger_table=environment["LEDGER_TABLE"],
            state_table=environment["STATE_TABLE"],
            wake_queue_url=environment["WAKE_QUEUE_URL"],
            platform_topic_arn=environment["PLATFORM_TOPIC_ARN"],
            registry_ttl_seconds=int(environment["REGISTRY_TTL_SECONDS"]),
            replaced_idle_days=int(environment.get("REPLACED_IDLE_DAYS", "7")),
            place=Place.of_function(function_arn),
        )
