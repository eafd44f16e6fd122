"""What persons say about a tenant as a whole: that its stops are paused, that it is retired."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A person's `finops enforcement pause`: until it ends no automatic stop takes hold.

    Attributes:
        scope: Whom it is for: `tenant`, or `all` tenants of the account and Region.
        at: When it was given; its identity.
        expires_at: When it ends at the latest.
        actor: Who gave it.
        reason: Why.
    """

    scope: Literal["tenant", "all"]
    at: datetime
    expires_at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """A person's `finops tenants retire`: the tenant is stopped, and its id stays taken, for good.

    Attributes:
        at: When.
        actor: Who retired it.
        reason: Why.
        display_name: What people called it.
        cost_centre: Who paid; empty if that was not said.
        profiles: By alias, the ARN that its rows of the bill have; by alias and id, of those that
            were replaced and are still there.
        final_usd: Estimated spend by month, as `2026-11`.
    """

    at: datetime
    actor: str
    reason: str
    display_name: str
    cost_centre: str
    profiles: Mapping[str, str]
    final_usd: Mapping[str, Decimal]
