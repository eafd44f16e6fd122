"""The sentences in which a decision explains itself."""

from collections.abc import Iterator
from decimal import Decimal

from shared.decision_types import (
    MONTHLY_LIMIT,
    Cause,
    Inputs,
    Order,
    Override,
    Reason,
    WouldStop,
)
from shared.force import approval_deadline, override_end, timed_out
from shared.known_spend import passes_hard_cap, scope_spend, share_of_limit
from shared.lasting_words import Pause, Retirement
from shared.money import format_usd
from shared.pausing import pause_end
from shared.utc_months import for_people, month_end


def ordered(inputs: Inputs, order: Order) -> Reason:
    """Explain a person's suspension."""
    return Reason(
        code="ordered",
        text=f"suspended by {order.actor}: {order.reason}",
        since=order.at,
        ends=_resume(inputs.tenant, order.scope),
        scope=order.scope,
    )


def stopped(inputs: Inputs, cause: Cause) -> Reason:
    """Explain an automatic stop that is in force."""
    return Reason(
        code=cause.code,
        text=cause.text + _though_not_approved(inputs, cause),
        since=cause.since,
        ends=_cause_ends(inputs, cause),
        scope=cause.scope,
    )


def waiting(inputs: Inputs, cause: Cause) -> Reason:
    """Explain a stop that a person has not approved."""
    assert inputs.policy is not None
    hard_cap = format_usd(share_of_limit(inputs, inputs.policy.hard_cap_percentage))
    if cause.verdict == "rejected":
        return Reason(
            code="approval-rejected",
            text=f"{cause.text}; a person decided to go on",
            since=cause.since,
            ends=f"at {hard_cap}, the hard cap, or {_month_ends(inputs)}",
            scope=cause.scope,
        )
    ends = f"finops approve {inputs.tenant}, or at {hard_cap}, the hard cap"
    if inputs.policy.approval_on_timeout == "stop":
        ends += f", or with a stop at {for_people(approval_deadline(inputs, cause))}"
    return Reason(
        code="awaiting-approval",
        text=f"{cause.text}; the stop awaits approval",
        since=cause.since,
        ends=ends,
        scope=cause.scope,
    )


def retired_for_good(retirement: Retirement) -> Reason:
    """Explain why a tenant stays stopped whatever is deployed under its id."""
    return Reason(
        code="retired-for-good",
        text=f"retired by {retirement.actor}: {retirement.reason}",
        since=retirement.at,
        ends="never: its id stays taken, so create it again under a new one",
    )


def overridden(override: Override) -> Reason:
    """Explain why automatic stops are lifted."""
    return Reason(
        code="override",
        text=f"automatic stops overridden by {override.actor}: {override.reason}",
        since=override.at,
        ends=f"at {for_people(override_end(override))}, or at "
        f"{format_usd(override.up_to_usd)} of spend this month",
    )


def paused(tenant: str, pause: Pause) -> Reason:
    """Explain why no automatic stop takes hold."""
    everybody = pause.scope == "all"
    return Reason(
        code="paused",
        text=f"automatic stops of {'all tenants' if everybody else 'this tenant'} paused by "
        f"{pause.actor}: {pause.reason}",
        since=pause.at,
        ends=f"at {for_people(pause_end(pause))}, or when a person ends it: "
        f"finops enforcement resume {'--all' if everybody else f'--tenant {tenant}'}",
    )


def would_stop(inputs: Inputs, cause: Cause) -> WouldStop:
    """Say what would have been stopped, and what that would have saved."""
    spent = scope_spend(inputs, cause.scope) - cause.spend_usd
    return WouldStop(
        code=cause.code,
        scope=cause.scope,
        since=cause.since,
        avoided_usd=max(spent, Decimal(0)),
        text=cause.text,
    )


def held(inputs: Inputs) -> Iterator[Reason]:
    """Explain every input that is not known; where it matters the last state is held."""
    for code, unknown, text, ends in (
        (
            "policy-unreadable",
            inputs.policy_fault is not None,
            f"the policy entry cannot be read: {inputs.policy_fault}",
            "when the entry is put right",
        ),
        (
            "no-policy",
            inputs.policy is None and inputs.policy_fault is None,
            "there is no policy entry, so nothing is stopped anew and nothing lifted",
            "when the tenant's stack is deployed",
        ),
        (
            "spend-unknown",
            inputs.spend is None,
            "the ledger cannot be read, so the spend is not known",
            "when it can be read",
        ),
        (
            "alarms-unknown",
            inputs.bursts is None,
            "CloudWatch alarms cannot be read, so a new burst would not be seen",
            "when they can be read",
        ),
    ):
        if unknown:
            yield Reason(code=code, text=text, since=None, ends=ends)


def _though_not_approved(inputs: Inputs, cause: Cause) -> str:
    """Say why mode `approve` stops what nobody has approved."""
    policy = inputs.policy
    if policy is None or policy.mode != "approve" or cause.verdict == "approved":
        return ""
    if cause.code == MONTHLY_LIMIT and passes_hard_cap(inputs):
        hard_cap = format_usd(share_of_limit(inputs, policy.hard_cap_percentage))
        return f"; {hard_cap}, the hard cap, is passed, which stops without approval"
    return "; nobody answered in time" if timed_out(inputs, cause) else ""


def _cause_ends(inputs: Inputs, cause: Cause) -> str:
    if cause.code == MONTHLY_LIMIT:
        return f"{_month_ends(inputs)}, or when the limit is raised"
    ends = _resume(inputs.tenant, cause.scope)
    cool_down = None if inputs.policy is None else inputs.policy.cool_down_minutes
    return ends if cool_down is None else f"{ends}, or by its cool-down of {cool_down} minutes"


def _month_ends(inputs: Inputs) -> str:
    return f"with the month, at {for_people(month_end(inputs.now))}"


def _resume(tenant: str, scope: str | None) -> str:
    alias = "" if scope is None else f" --alias {scope}"
    return f"when a person resumes it: finops resume {tenant}{alias}"
