"""The Bedrock API keys that the kill switch has deactivated of a tenant's users."""

from dataclasses import dataclass
from typing import Final

HELD_KEYS: Final = "API_KEYS"
"""Sort key of the item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKey:
    """One key: an IAM user's service-specific credential."""

    user: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKeys:
    """What the switch deactivated and will activate again."""

    keys: tuple[HeldKey, ...] = ()
