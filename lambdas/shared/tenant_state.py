"""What the kill switch knows of a tenant between its runs: what it decided, did and read back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from shared.decision_types import (
    ACTIVE,
    SUSPENDED,
    ApprovalState,
    Billed,
    Desired,
    Memory,
    Reason,
)

FailureCode = Literal[
    "access-denied", "failed", "gone", "misplaced", "not-editable", "quota-full", "throttled"
]
NEVER_TRIED: Final[frozenset[FailureCode]] = frozenset({"misplaced", "not-editable"})
"""Codes of what the kill switch itself refuses to touch."""
NOT_A_STOP: Final = frozenset(
    {
        "alarms-unknown",
        "approval-rejected",
        "awaiting-approval",
        "no-policy",
        "override",
        "paused",
        "policy-unreadable",
        "retired",
        "spend-unknown",
    }
)
"""Codes of reasons that stop nothing by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileState:
    """What is known of one alias's profile.

    Attributes:
        arn: The profile it was read from; another one under the alias is not known yet.
        tag: Its state tag as read back; None: never read.
        read_at: When.
        applied_at: Since when it has read back as suspended; None: it does not.
        confirmed_at: When five minutes without a successful call had passed since; None: not yet.
    """

    arn: str
    tag: Desired | None = None
    read_at: datetime | None = None
    applied_at: datetime | None = None
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An action that did not succeed, and when it is tried again.

    Attributes:
        target: `profile <alias>`, `role <name>` or `policy`.
        action: What was attempted.
        code: What went wrong.
        text: As AWS said it.
        attempts: How often it was tried in vain.
        since: The first time.
        again_at: When it is tried again.
    """

    target: str
    action: str
    code: FailureCode
    text: str
    attempts: int
    since: datetime
    again_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that people and EventBridge are to be told once.

    Attributes:
        key: What it is told once by, within its month.
        kind: EventBridge detail type.
        subject: One line.
        text: The message; empty: nobody is told, the event is sent alone.
        detail: The event's content.
    """

    key: str
    kind: str
    subject: str
    text: str
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantState:
    """A tenant's stored state.

    Attributes:
        memory: What the decision hands on to the next.
        desired: The decided state of every alias.
        tenant_wide: Whether the whole tenant is stopped.
        reasons: Why.
        approval: Where the approval of a stop stands.
        retired: Whether the tenant is being taken down.
        decided_at: The clock of the last decision that was stored.
        changed_at: When `desired` or `tenant_wide` last changed; None: never.
        profiles: What was read back, by alias.
        attached: Roles that the suspension policy was read back on; None: never read.
        attached_read_at: When.
        failures: What did not succeed, by target.
        checked_at: When everything of the tenant was last read back.
        outbox: Notices not yet known to be delivered.
    """

    memory: Memory = field(default_factory=Memory)
    desired: Mapping[str, Desired] = field(default_factory=dict)
    tenant_wide: bool = False
    reasons: tuple[Reason, ...] = ()
    approval: ApprovalState = "none"
    retired: bool = False
    decided_at: datetime | None = None
    changed_at: datetime | None = None
    profiles: Mapping[str, ProfileState] = field(default_factory=dict)
    attached: tuple[str, ...] | None = None
    attached_read_at: datetime | None = None
    failures: Mapping[str, Failure] = field(default_factory=dict)
    checked_at: datetime | None = None
    outbox: tuple[Notice, ...] = ()

    @property
    def stops(self) -> bool:
        """Whether anything of the tenant is to be suspended."""
        return self.tenant_wide or SUSPENDED in self.desired.values()

    def stops_alias(self, alias: str) -> bool:
        """Whether an alias is to be suspended; one that is gone is stopped with its tenant alone.

        It may have left profiles behind that were replaced.
        """
        return self.desired.get(alias, SUSPENDED if self.tenant_wide else ACTIVE) == SUSPENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledRecord:
    """The last answer of a billing source.

    Attributes:
        billed: The figure; None: there is none.
        read_at: When the source was asked, or told it.
        missing: Why there is no figure; empty if there is one.
        first_figure_at: When the source first told more than nothing. It filters by the cost tags,
            so they are active since then at the latest; None: it never has.
    """

    billed: Billed | None
    read_at: datetime
    missing: str = ""
    first_figure_at: datetime | None = None
