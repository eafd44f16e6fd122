"""Whether a cause may stop its scope, and whether an override lifts it: mode, answers, ceilings."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from shared.decision_types import (
    MONTHLY_LIMIT,
    ApprovalState,
    Cause,
    Inputs,
    Override,
    Verdict,
)
from shared.known_spend import limit_spend, passes_hard_cap
from shared.latches import last_word
from shared.utc_months import month_end

LONGEST_OVERRIDE: Final = timedelta(hours=24)


def judged(inputs: Inputs, cause: Cause) -> Cause:
    """Return the cause with a person's answer and with whether it may stop its scope."""
    answered = replace(cause, verdict=_verdict(inputs, cause))
    in_force = _in_force(inputs, answered)
    since = (cause.in_force_since or inputs.now) if in_force else None
    return replace(answered, in_force=in_force, in_force_since=since)


def _verdict(inputs: Inputs, cause: Cause) -> Verdict:
    asked = inputs.policy is not None and inputs.policy.mode == "approve"
    if not asked or cause.verdict != "pending":
        return cause.verdict
    approved = last_word([a for a in inputs.answers if a.approved], cause.scope)
    rejected = last_word([a for a in inputs.answers if not a.approved], cause.scope)
    said = max((at for at in (approved, rejected) if at is not None), default=None)
    if said is None or said <= cause.since:
        return "pending"
    return "approved" if said == approved else "rejected"


def _in_force(inputs: Inputs, cause: Cause) -> bool:
    policy = inputs.policy
    if policy is None:
        return cause.in_force and not cause.shadow
    if policy.mode == "enforce":
        return True
    if policy.mode != "approve":
        return False
    if cause.code == MONTHLY_LIMIT and passes_hard_cap(inputs):
        return True
    if cause.verdict != "pending":
        return cause.verdict == "approved"
    return cause.in_force or (timed_out(inputs, cause) and policy.approval_on_timeout == "stop")


def approval_deadline(inputs: Inputs, cause: Cause) -> datetime:
    """Return when the approval of a cause times out; the policy must be known."""
    assert inputs.policy is not None
    return cause.since + timedelta(minutes=inputs.policy.approval_timeout_minutes)


def timed_out(inputs: Inputs, cause: Cause) -> bool:
    """Return whether nobody answered in time."""
    return cause.verdict == "pending" and inputs.now >= approval_deadline(inputs, cause)


def approval_state(inputs: Inputs, causes: tuple[Cause, ...]) -> ApprovalState:
    """Return where the approval of the tenant's automatic stops stands."""
    if inputs.policy is None or inputs.policy.mode != "approve" or not causes:
        return "none"
    open_causes = [c for c in causes if c.verdict == "pending"]
    if any(not timed_out(inputs, c) and not c.in_force for c in open_causes):
        return "pending"
    if any(timed_out(inputs, c) for c in open_causes):
        return "timed-out"
    answers = {cause.verdict for cause in causes}
    if "approved" in answers:
        return "approved"
    # What the hard cap stops unanswered waits for nobody, and nobody approved it.
    return "rejected" if "rejected" in answers else "none"


def override_end(override: Override) -> datetime:
    """Return when an override ends by the clock.

    Its ceiling is a figure of the month it was given in, so it does not outlive that month.
    """
    return min(override.expires_at, override.at + LONGEST_OVERRIDE, month_end(override.at))


def override_is_over(inputs: Inputs, override: Override) -> bool:
    """Return whether an override has reached its expiry or its ceiling, now or before."""
    ended = inputs.memory.ended_override
    if ended is not None and override.at <= ended:
        return True
    spend = limit_spend(inputs)
    passed = spend is not None and spend >= override.up_to_usd
    return passed or inputs.now >= override_end(override)


def lifting_override(inputs: Inputs) -> Override | None:
    """Return the override that lifts automatic stops now; None if there is none.

    While spend is not known a ceiling cannot be checked: an override that lifts goes on to its
    expiry, one that did not lift yet has to wait.
    """
    override = inputs.override
    if override is None or override_is_over(inputs, override):
        return None
    if inputs.spend is None and inputs.memory.lifted_by != override.at:
        return None
    return override
