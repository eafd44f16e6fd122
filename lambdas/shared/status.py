"""A tenant's status, as operators are told it; its callers read a part of it.

Money is text, instants are ISO 8601 in UTC; what is not known is null with a reason beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from shared.corrections import together
from shared.decision_types import Override, Reason
from shared.force import override_end
from shared.ledger import MonthSpend, month_of
from shared.pausing import pause_at, pause_end
from shared.registry import ProfileEntry, TenantPolicy
from shared.reported_state import alias_state, tenant_state
from shared.state_table import TenantItems
from shared.status_figures import counted, figures
from shared.tenant_state import NOT_A_STOP, TenantState
from shared.worst_case import worst_case

TENANT_SCOPE: Final = "tenant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose status it is, and all it is told from.

    Attributes:
        tenant: The tenant.
        now: The clock.
        policy: Its policy; None: there is none, or it cannot be read.
        profiles: Its aliases.
        editable_roles: Its caller roles that a suspension policy may be attached to.
        state: The kill switch's state of it.
        items: What else the state table holds.
        spend: The estimate, with roles where they are to be told; None: not known.
        drift_percent: How far the estimate is from the bill; None: not known.
        decided_at: When the kill switch last began to look; None: never.
    """

    tenant: str
    now: datetime
    policy: TenantPolicy | None
    profiles: Mapping[str, ProfileEntry]
    editable_roles: Sequence[str]
    state: TenantState
    items: TenantItems
    spend: MonthSpend | None
    drift_percent: Decimal | None = None
    decided_at: datetime | None = None


def status(subject: Subject) -> dict[str, Any]:
    """Return everything an operator may know."""
    state, policy, spend = subject.state, subject.policy, subject.spend
    stops = [reason for reason in state.reasons if reason.code not in NOT_A_STOP]
    return {
        "tenant": subject.tenant,
        "display_name": policy.display_name if policy else subject.tenant,
        "mode": policy.mode if policy else "shadow",
        "guard": policy.guard if policy else None,
        "state": tenant_state(state, subject.profiles, subject.editable_roles),
        "aliases": {
            alias: {"state": alias_state(state, alias, entry), "why": _alias_why(stops, alias)}
            for alias, entry in sorted(subject.profiles.items())
        },
        "why": [*(_reason(reason) for reason in state.reasons), *_failures(state)],
        "since": _iso(min((r.since for r in stops if r.since), default=None)),
        "ends": stops[0].ends if stops else None,
        "month": month_of(subject.now),
        **figures(spend, subject.items.billed, policy, subject.now),
        "drift_percent": None if subject.drift_percent is None else str(subject.drift_percent),
        "override": _override(subject),
        "pause": _pause(subject),
        "retired": _retired(subject),
        "corrections": together(spend.corrections) if spend else [],
        "approval": _approval(subject),
        "would_stop": list(_would_stop(subject)),
        "unmetered": sorted(
            p.alias
            for p in subject.profiles.values()
            if not p.canary and (not p.metered or p.rates is None)
        ),
        "top_roles": _top_roles(spend),
        "price_as_of": _price_as_of(subject.profiles),
        "worst_case_loss_usd": worst_case(policy, list(subject.profiles.values())),
        "decided_at": _iso(subject.decided_at),
        "updated_at": _iso(subject.now),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "text": reason.text,
        "since": _iso(reason.since),
        "ends": reason.ends,
        "scope": reason.scope or TENANT_SCOPE,
    }


def _failures(state: TenantState) -> Iterator[dict[str, Any]]:
    for target, failure in sorted(state.failures.items()):
        yield {
            "code": "action-failed",
            "text": f"{target}: {failure.action}: {failure.code}: {failure.text}",
            "since": _iso(failure.since),
            "ends": "when it succeeds; it is tried again and again",
            "scope": TENANT_SCOPE,
        }


def _alias_why(stops: Sequence[Reason], alias: str) -> str | None:
    texts = [reason.text for reason in stops if reason.scope in (None, alias)]
    return "; ".join(texts) or None


def _override(subject: Subject) -> dict[str, Any] | None:
    override = subject.items.override
    if override is None or not _lifts(override, subject):
        return None
    return {
        "reason": override.reason,
        "actor": override.actor,
        "started_at": _iso(override.at),
        "ends_at": _iso(override_end(override)),
        "up_to_usd": str(override.up_to_usd),
    }


def _pause(subject: Subject) -> dict[str, Any] | None:
    pause = pause_at(subject.items.pauses, subject.now)
    if pause is None:
        return None
    return {
        "scope": pause.scope,
        "reason": pause.reason,
        "actor": pause.actor,
        "started_at": _iso(pause.at),
        "ends_at": _iso(pause_end(pause)),
    }


def _retired(subject: Subject) -> dict[str, Any] | None:
    gone = subject.items.retirement
    if gone is None:
        return None
    return {
        "at": _iso(gone.at),
        "actor": gone.actor,
        "reason": gone.reason,
        "cost_centre": gone.cost_centre,
        "profiles": dict(gone.profiles),
        "final_usd": {month: str(usd) for month, usd in sorted(gone.final_usd.items())},
    }


def _lifts(override: Override, subject: Subject) -> bool:
    return subject.state.memory.lifted_by == override.at and subject.now < override_end(override)


def _approval(subject: Subject) -> dict[str, Any] | None:
    state, policy = subject.state, subject.policy
    if state.approval == "none" or policy is None:
        return None
    asked = min((cause.since for cause in state.memory.causes), default=subject.now)
    answers = [answer for answer in subject.items.answers if answer.at >= asked]
    answer = max(answers, key=lambda each: each.at, default=None)
    return {
        "state": state.approval,
        "asked_at": _iso(asked),
        "times_out_at": _iso(asked + timedelta(minutes=policy.approval_timeout_minutes)),
        "on_timeout": policy.approval_on_timeout,
        "actor": answer.actor if answer else None,
        "reason": answer.reason if answer else None,
    }


def _would_stop(subject: Subject) -> Iterator[dict[str, Any]]:
    """The stops that were not made; what they would have saved is counted up to now."""
    policy = subject.policy
    for cause in subject.state.memory.causes:
        if cause.shadow or (policy is not None and policy.mode == "shadow"):
            spent = _scope_spend(subject, cause.scope)
            avoided = None if spent is None else str(max(spent - cause.spend_usd, Decimal(0)))
            yield {
                "since": _iso(cause.since),
                "why": cause.text,
                "avoided_usd": avoided,
                "scope": cause.scope or TENANT_SCOPE,
            }


def _scope_spend(subject: Subject, scope: str | None) -> Decimal | None:
    if subject.spend is None:
        return None
    if scope is None:
        return counted(subject.spend, subject.items.billed, subject.now)
    return subject.spend.by_alias.get(scope, Decimal(0))


def _top_roles(spend: MonthSpend | None) -> list[list[str]]:
    if spend is None:
        return []
    roles = sorted(spend.by_role.items(), key=lambda each: (-each[1], each[0]))
    return [[name, str(usd)] for name, usd in roles[:5]]


def _price_as_of(profiles: Mapping[str, ProfileEntry]) -> str | None:
    days = [entry.price_as_of for entry in profiles.values() if entry.price_as_of]
    return min(days).isoformat() if days else None


def _iso(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat()
