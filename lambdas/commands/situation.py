"""What an order is judged by, and what it is written down as."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from commands.refusal import RefusedError
from shared.corrections import Correction
from shared.ledger import MonthSpend
from shared.registry import ProfileEntry, TenantPolicy
from shared.state_table import TenantItems
from shared.tenant_state import TenantState


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What an order is judged by.

    Attributes:
        now: The clock.
        policy: The tenant's policy; None: there is none, or it cannot be read.
        profiles: Its registered aliases.
        watched: Those, and the profiles they led to before, by `ProfileEntry.key`.
        profile: The alias's entry; None: the order is about the tenant, or the alias is gone.
        items: What the state table holds.
        spend_usd: What is held against the limit; None: not known.
        month_spend: What the ledger says of the month of an instant; None: not known.
        all_months: What it says of every month it knows, in USD; None: not known.
    """

    now: datetime
    policy: TenantPolicy | None
    profiles: Mapping[str, ProfileEntry]
    watched: Mapping[str, ProfileEntry]
    profile: ProfileEntry | None
    items: TenantItems
    spend_usd: Decimal | None
    month_spend: Callable[[datetime], MonthSpend | None]
    all_months: Callable[[], Mapping[str, Decimal] | None]

    @property
    def aliases(self) -> frozenset[str]:
        """Its registered aliases."""
        return frozenset(self.profiles)

    @property
    def state(self) -> TenantState:
        """The kill switch's state."""
        return self.items.state or TenantState()


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """An order as it is written down.

    Attributes:
        sk: Where; empty: in the ledger, as `corrections`.
        value: What; None: what is there is deleted.
        message: What the person is told.
        corrections: What is booked.
    """

    sk: str
    value: Any
    message: str
    corrections: tuple[Correction, ...] = ()


def senseless(text: str) -> RefusedError:
    """Return the refusal of an order that makes no sense now."""
    return RefusedError(409, text)
