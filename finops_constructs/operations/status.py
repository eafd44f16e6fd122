"""What the platform says of a tenant: its answer to `status`, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

STOPPED: Final = frozenset({"applied", "confirmed"})
"""States in which the control plane was read back as stopped."""
CHANGING: Final = frozenset({"suspending", "resuming"})
TENANT_SCOPE: Final = "tenant"
CANARY_PREFIX: Final = "drill-"
"""Aliases of `finops drill` begin so; an order for a whole tenant is not about them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasStatus:
    """One profile: `active`, `suspending`, `applied`, `confirmed`, `resuming` or `held`."""

    state: str
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a tenant or an alias is stopped.

    Attributes:
        code: Such as `monthly-limit`.
        text: A sentence.
        since: Since when it holds.
        ends: A time, or what ends it.
        scope: `tenant`, or the alias.
    """

    code: str
    text: str
    since: datetime | None
    ends: datetime | str | None
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """What AWS has billed; a figure that is not there has a reason, and is never 0."""

    amount_usd: Decimal | None
    period: str | None
    as_of: datetime | str | None
    source: str | None
    not_available: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """The estimate as the bill corrects it; one that is not there has a reason.

    Attributes:
        usd: Whole days that are billed as billed, the others as estimated times the ratio.
        percent: Of the monthly limit.
        ratio: Billed / estimated of the last billed days.
        days: Of how many days the ratio is.
        through: The first day that is not wholly billed.
        not_available: Why there is none.
    """

    usd: Decimal | None
    percent: Decimal | None
    ratio: Decimal | None
    days: int | None
    through: str | None
    not_available: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A break-glass: automatic stops are lifted until either end is passed."""

    reason: str
    actor: str
    started_at: datetime | None
    ends_at: datetime | None
    up_to_usd: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Automatic stops of a `tenant`, or of `all`, are held until its end."""

    scope: str
    reason: str
    actor: str
    started_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person booked in the ledger this month; `kind` is `adjust` or `reprice`."""

    kind: str
    usd: Decimal | None
    at: datetime | None
    actor: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A stop that was asked for: `pending`, `approved`, `rejected` or `timed-out`."""

    state: str
    asked_at: datetime | None
    times_out_at: datetime | None
    on_timeout: str | None
    actor: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldStop:
    """What shadow mode would have stopped; scope is `tenant`, or the alias."""

    since: datetime | None
    why: str | None
    avoided_usd: Decimal | None
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One input of the worst-case loss; `basis` is `measured` or `assumed`."""

    name: str
    value: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstCase:
    """The most a tenant can lose before a stop takes hold, and what that rests on."""

    usd: Decimal | None
    not_available: str | None
    inputs: tuple[Assumption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacedProfile:
    """A profile that an alias led to before and that is still there.

    Attributes:
        alias: The alias.
        profile_arn: The profile.
        model: What it was copied from.
        replaced_at: Since when the alias leads elsewhere.
        callers: Role, calls and last UTC day of who has called it lately; None: not known.
    """

    alias: str
    profile_arn: str
    model: str
    replaced_at: datetime | None
    callers: tuple[tuple[str, int, str], ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantStatus:
    """One tenant in one Region; times are UTC.

    Attributes:
        counted_usd: What is held against the limit: never less than the estimate or the bill.
        decided_at: When the kill switch last began to look at this tenant; None if it did not say.
        raw: The platform's answer as it came.
    """

    tenant: str
    display_name: str
    mode: str
    guard: str
    state: str
    aliases: Mapping[str, AliasStatus]
    why: tuple[Reason, ...]
    since: datetime | None
    ends: datetime | str | None
    month: str | None
    estimated_usd: Decimal | None
    limit_usd: Decimal | None
    percent: Decimal | None
    billed: Billed
    corrected: Corrected
    counted_usd: Decimal | None
    drift_percent: Decimal | None
    override: Override | None
    pause: Pause | None
    corrections: tuple[Correction, ...]
    approval: Approval | None
    would_stop: tuple[WouldStop, ...]
    unmetered: tuple[str, ...]
    replaced: tuple[ReplacedProfile, ...]
    top_roles: tuple[tuple[str, Decimal], ...]
    price_as_of: str | None
    worst_case: WorstCase | None
    decided_at: datetime | None
    updated_at: datetime | None
    raw: Mapping[str, Any]

    @property
    def own_aliases(self) -> Mapping[str, AliasStatus]:
        """The tenant's aliases without the canaries of drills."""
        return {
            alias: status
            for alias, status in self.aliases.items()
            if not alias.startswith(CANARY_PREFIX)
        }

    @property
    def needs_a_person(self) -> bool:
        """Whether anything but plainly active, such as stopped, held, paused, or asked for."""
        return (
            self.state != "active"
            or self.pause is not None
            or any(alias.state != "active" for alias in self.own_aliases.values())
            or (self.approval is not None and self.approval.state == "pending")
            or bool(self.would_stop)
        )
