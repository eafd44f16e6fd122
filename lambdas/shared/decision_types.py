"""What `decide` is told and what it answers: plain values, all times in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from shared.lasting_words import Pause, Retirement

if TYPE_CHECKING:
    from shared.ledger import MonthSpend
    from shared.registry import TenantPolicy

ACTIVE: Final = "active"
SUSPENDED: Final = "suspended"
Desired = Literal["active", "suspended"]

MONTHLY_LIMIT: Final = "monthly-limit"
DAILY_CAP: Final = "daily-cap"
BURST: Final = "burst"
CauseCode = Literal["monthly-limit", "daily-cap", "burst"]

Verdict = Literal["pending", "approved", "rejected"]
ApprovalState = Literal["none", "pending", "approved", "rejected", "timed-out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledDays:
    """What a bill says of single UTC days, beside what was estimated of them when it came.

    Attributes:
        through: The first day that may not be wholly billed yet.
        billed: USD billed by ISO day, of days before `through`; others were not billed.
        estimated: USD that the ledger had, by the same days; empty: it could not be read.
        compared_at: When the bill came.
    """

    through: date
    billed: Mapping[str, Decimal]
    estimated: Mapping[str, Decimal]
    compared_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """What a billing source says was spent; true of its own period only.

    Attributes:
        source: `budget` (AWS Budgets) or `reconciled` (the cost lake).
        amount_usd: The amount.
        starts: The period's first instant.
        ends: The first instant after the period.
        as_of: When it was read or computed.
        days: The same by day; None: the source does not tell days.
    """

    source: str
    amount_usd: Decimal
    starts: datetime
    ends: datetime
    as_of: datetime
    days: BilledDays | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A person's `finops suspend`; scope None is the whole tenant, else one alias."""

    scope: str | None
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """A person's `finops resume`; scope as in `Order`."""

    scope: str | None
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person's `finops override`: automatic stops wait until the expiry or the ceiling.

    Attributes:
        at: When it was given; its identity.
        expires_at: When it ends at the latest.
        up_to_usd: Month-to-date spend at which it ends.
        actor: Who gave it.
        reason: Why.
    """

    at: datetime
    expires_at: datetime
    up_to_usd: Decimal
    actor: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A person's `finops approve`, or its rejection, of what was asked before `at`."""

    scope: str | None
    at: datetime
    approved: bool
    actor: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """An automatic reason to stop, from when it arose until it ends.

    Attributes:
        code: What happened.
        scope: The alias it stops; None: the whole tenant.
        since: When it was first seen; an approval counts from here.
        spend_usd: Month-to-date spend of its scope then.
        text: What was seen, for people; fixed, so that it does not change with every call.
        verdict: What a person answered, in mode `approve`.
        shadow: Whether it arose where nothing may be stopped; such a one never stops anything.
        in_force: Whether the last decision let it stop its scope, overrides aside.
        in_force_since: Since when; a cool-down counts from here. None: it is not in force.
    """

    code: CauseCode
    scope: str | None
    since: datetime
    spend_usd: Decimal
    text: str
    verdict: Verdict = "pending"
    shadow: bool = False
    in_force: bool = False
    in_force_since: datetime | None = None

    @property
    def latched(self) -> bool:
        """Whether it lasts until a person, or the cool-down, ends it."""
        return self.code != MONTHLY_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class DayAllowance:
    """After a daily-cap stop was lifted, the cap counts anew from `from_usd` for that day.

    Attributes:
        day: The UTC day, ISO.
        from_usd: The day's spend then; None: not known yet.
    """

    day: str
    from_usd: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a decision hands on to the next one; stored with the tenant's state.

    Attributes:
        causes: Every cause in force, pending or lifted by an override.
        lifted_by: `at` of the override that lifted stops at the last decision.
        ended_override: `at` of the last override that is over; it never comes back.
        paused_by: The pause that held stops at the last decision.
        cleared: By scope ("" is the tenant), when latches were last lifted.
        cooled: By scope, when a cool-down last lifted a latch.
        day_allowance: See `DayAllowance`.
    """

    causes: tuple[Cause, ...] = ()
    lifted_by: datetime | None = None
    ended_override: datetime | None = None
    paused_by: Pause | None = None
    cleared: Mapping[str, datetime] = field(default_factory=dict)
    cooled: Mapping[str, datetime] = field(default_factory=dict)
    day_allowance: DayAllowance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything a decision about one tenant rests on.

    Attributes:
        now: The clock.
        tenant: The tenant's id.
        policy: Its policy; None: there is none, or it cannot be read.
        policy_fault: Why the entry cannot be read; None: there is none, or it was read.
        aliases: Its registered aliases.
        spend: The ledger's estimate; None: it is not known.
        billed: Every billed figure known, of whatever period.
        bursts: By alias whose burst alarm is in ALARM, since when; None: alarms cannot be read.
        orders: Persons' suspensions.
        resumes: Persons' resumptions, the last of each scope.
        override: The last one given.
        pauses: Those given for the tenant and for all tenants, the last of each.
        retirement: That it was retired for good; None: it was not.
        answers: Persons' answers to approvals, the last of each scope.
        told: Alert percentages this month's warning was sent for.
        memory: What the last decision handed on.
    """

    now: datetime
    tenant: str
    policy: "TenantPolicy | None"
    aliases: tuple[str, ...]
    spend: "MonthSpend | None"
    policy_fault: str | None = None
    billed: tuple[Billed, ...] = ()
    bursts: Mapping[str, datetime] | None = field(default_factory=dict)
    orders: tuple[Order, ...] = ()
    resumes: tuple[Resume, ...] = ()
    override: Override | None = None
    pauses: tuple[Pause, ...] = ()
    retirement: Retirement | None = None
    answers: tuple[Answer, ...] = ()
    told: frozenset[Decimal] = frozenset()
    memory: Memory = field(default_factory=Memory)

    def __post_init__(self) -> None:
        """Refuse last month's spend, which would stop a tenant for what it is past."""
        if self.spend is not None and self.spend.month != self.now.strftime("%Y-%m"):
            raise ValueError(f"spend of {self.spend.month} given at {self.now.isoformat()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a state is what it is, for people.

    Attributes:
        code: A cause's code, or `ordered`, `override`, `paused`, `awaiting-approval`,
            `spend-unknown`, `policy-unreadable`, `no-policy`, `alarms-unknown`, `retired`.
        text: A sentence.
        since: Since when; None where that says nothing.
        ends: What ends it.
        scope: The alias; None: the whole tenant.
    """

    code: str
    text: str
    since: datetime | None
    ends: str
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldStop:
    """A stop that mode `shadow`, or a pause, did not make.

    Attributes:
        code: Its cause.
        scope: The alias; None: the whole tenant.
        since: When the stop would have been.
        avoided_usd: Month-to-date spend of the scope since.
        text: What was seen.
    """

    code: CauseCode
    scope: str | None
    since: datetime
    avoided_usd: Decimal
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What should be so, and why.

    Attributes:
        desired: The state of every alias.
        tenant_wide: Whether the whole tenant is stopped: the suspension policy is attached only
            then, an alias's stop flips its tag alone.
        reasons: What stops, holds or lifts, in the order of weight.
        would_stop: What would have been stopped but for mode `shadow` or a pause.
        approval: Where the approval of an automatic stop stands.
        warnings: Alert percentages passed and not told yet, ascending.
        hold: Whether an input is not known, so that the last state was held where it matters.
        spend_usd: What was held against the monthly limit: the largest of the estimate, the billed
            figures of this period, and the estimate raised by the bill; None: nothing is known.
        memory: To be stored, and given to the next decision.
    """

    desired: Mapping[str, Desired]
    tenant_wide: bool
    reasons: tuple[Reason, ...] = ()
    would_stop: tuple[WouldStop, ...] = ()
    approval: ApprovalState = "none"
    warnings: tuple[Decimal, ...] = ()
    hold: bool = False
    spend_usd: Decimal | None = None
    memory: Memory
