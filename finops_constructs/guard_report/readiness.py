"""Whether `guard: enforce` would have refused nothing for so many days, and on what that rests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from finops_constructs.doctor.registry import TenantEntries
from finops_constructs.guard_report.would_deny import Denial
from finops_constructs.invocations.use import Kind, Uses

NOT_IN_THE_LOG: Final = (
    "batch jobs, and calls through bedrock-mantle",
    "anything but calls: changing tags, profiles, the log, or a role's own policies",
    "calls that AWS refused already",
)
"""What the standing deny refuses and no invocation record shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether a tenant may be switched to `guard: enforce`.

    Attributes:
        tenant: The tenant.
        guard: What its guard is now.
        days: For how many days it was asked.
        calls: How many calls its declared callers made in what was looked at.
        obstacles: Why not; empty: it is ready.
    """

    tenant: str
    guard: str
    days: int
    calls: int
    obstacles: Sequence[str]

    @property
    def ready(self) -> bool:
        """Whether nothing is in the way."""
        return not self.obstacles


def readiness(
    tenant: str,
    entries: TenantEntries,
    uses: Uses,
    denials: Sequence[Denial],
    *,
    days: int,
    now: datetime,
) -> Readiness:
    """Return whether the guard would have denied the tenant's callers nothing for `days` days.

    Args:
        tenant: The tenant.
        entries: Its part of the registry.
        uses: The calls that were looked at.
        denials: What would have been denied of them.
        days: How many days up to now.
        now: The clock.
    """
    since = now - timedelta(days=days)
    names = {arn.rpartition("/")[2] for arn in entries.callers}
    recent = [
        use
        for use in uses.uses
        if use.principal.kind is Kind.ROLE and use.principal.name in names and use.last >= since
    ]
    calls = sum(use.calls for use in recent)
    own = [each for each in denials if each.tenant == tenant and each.last >= since]
    return Readiness(
        tenant=tenant,
        guard=str((entries.policy or {}).get("guard") or "observe"),
        days=days,
        calls=calls,
        obstacles=list(_obstacles(entries, uses, own, calls=calls, since=since)),
    )


def _obstacles(
    entries: TenantEntries,
    uses: Uses,
    denials: Sequence[Denial],
    *,
    calls: int,
    since: datetime,
) -> Iterator[str]:
    if entries.policy is None:
        yield "it has no policy entry"
    if not entries.callers:
        yield "it declares no caller: nobody would carry the guard"
    if uses.covers_since is None:
        yield f"{uses.source} does not say since when it is complete"
    elif uses.covers_since > since + timedelta(hours=1):
        yield f"{uses.source} begins on {uses.covers_since:%Y-%m-%d %H:%M} UTC only"
    if uses.unread:
        yield f"{uses.unread:,} records could not be read"
    if entries.callers and not calls:
        yield "none of its callers has called anything: that proves nothing"
    for each in denials:
        yield (
            f"{each.role} would have been denied {each.model_id}, last on "
            f"{each.last:%Y-%m-%d %H:%M} UTC: {each.change}"
        )
