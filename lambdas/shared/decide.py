"""What should be so with a tenant: a pure function of what is known.

Rules, each in a module of its own: what is spent (`known_spend`), which causes there are
(`causes`), what ends a latch (`latches`), what may stop (`force`), how it is said (`reasons`).
"""

from dataclasses import replace

from shared.causes import present_causes, with_known_allowance
from shared.decision_types import (
    ACTIVE,
    SUSPENDED,
    Cause,
    Decision,
    Desired,
    Inputs,
    Memory,
    Order,
    Override,
    Reason,
)
from shared.force import approval_state, judged, lifting_override, override_is_over
from shared.known_spend import limit_spend, new_warnings
from shared.latches import after_lifting, last_word
from shared.pausing import as_paused, pause_at
from shared.reasons import (
    held,
    ordered,
    overridden,
    paused,
    retired_for_good,
    stopped,
    waiting,
    would_stop,
)


def decide(inputs: Inputs) -> Decision:
    """Return the desired state of a tenant and why.

    More spend never makes a suspended alias active; mode `shadow` never stops anything by itself;
    what is not known never makes anything active without a reason that says so.
    """
    if inputs.policy is not None and inputs.policy.retired:
        return _released(inputs)
    pause = pause_at(inputs.pauses, inputs.now)
    if pause is not None:
        inputs = as_paused(inputs)
    memory = with_known_allowance(inputs, after_lifting(inputs))
    causes = tuple(judged(inputs, cause) for cause in present_causes(inputs, memory))
    override = lifting_override(inputs)
    stops = [] if override or pause else [cause for cause in causes if cause.in_force]
    orders = standing_orders(inputs)
    stopped_scopes = {o.scope for o in orders} | {cause.scope for cause in stops}
    if inputs.retirement is not None:
        stopped_scopes.add(None)
    return Decision(
        desired={alias: _desired(alias, stopped_scopes) for alias in inputs.aliases},
        tenant_wide=None in stopped_scopes,
        reasons=(
            *([retired_for_good(inputs.retirement)] if inputs.retirement else []),
            *(ordered(inputs, order) for order in orders),
            *([paused(inputs.tenant, pause)] if pause else []),
            *([overridden(override)] if override else []),
            *(stopped(inputs, cause) for cause in stops),
            *(waiting(inputs, cause) for cause in causes if _waits(inputs, cause)),
            *held(inputs),
        ),
        would_stop=tuple(would_stop(inputs, c) for c in causes if _only_announced(inputs, c)),
        approval=approval_state(inputs, causes),
        warnings=new_warnings(inputs),
        hold=any(True for _ in held(inputs)),
        spend_usd=limit_spend(inputs),
        memory=replace(_memory(inputs, memory, causes, override), paused_by=pause),
    )


def standing_orders(inputs: Inputs) -> tuple[Order, ...]:
    """Return the persons' suspensions that no person has lifted since.

    One about an alias that is not registered rests until it is.
    """
    known = {None, *inputs.aliases}
    return tuple(o for o in inputs.orders if o.scope in known and not _is_lifted(inputs, o))


def _is_lifted(inputs: Inputs, order: Order) -> bool:
    resumed = last_word(inputs.resumes, order.scope)
    return resumed is not None and resumed > order.at


def _desired(alias: str, stopped_scopes: set[str | None]) -> Desired:
    return SUSPENDED if stopped_scopes & {None, alias} else ACTIVE


def _only_announced(inputs: Inputs, cause: Cause) -> bool:
    """Whether a cause stops nothing because of the mode, not because of a person."""
    return cause.shadow or (inputs.policy is not None and inputs.policy.mode == "shadow")


def _waits(inputs: Inputs, cause: Cause) -> bool:
    return inputs.policy is not None and inputs.policy.mode == "approve" and not cause.in_force


def _memory(
    inputs: Inputs, memory: Memory, causes: tuple[Cause, ...], override: Override | None
) -> Memory:
    given = inputs.override
    over = given is not None and override_is_over(inputs, given)
    ended = [at for at in (memory.ended_override, given.at if given and over else None) if at]
    return replace(
        memory,
        causes=causes,
        lifted_by=override.at if override else None,
        ended_override=max(ended, default=None),
    )


def _released(inputs: Inputs) -> Decision:
    """Let go of a tenant that is being taken down; its memory waits in case it comes back."""
    reason = Reason(
        code="retired",
        text="the tenant is being taken down, so everything is let go of",
        since=None,
        ends="when its stack is deployed again",
    )
    return Decision(
        desired=dict.fromkeys(inputs.aliases, ACTIVE),
        tenant_wide=False,
        reasons=(reason,),
        spend_usd=limit_spend(inputs),
        memory=inputs.memory,
    )
