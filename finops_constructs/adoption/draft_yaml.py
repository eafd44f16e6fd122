"""A proposal as a tenant's file: what is known is written, what is not is marked `DECIDE`."""

import json
from collections.abc import Iterator
from decimal import Decimal

from finops_constructs.adoption.draft import Draft

DECIDE = "DECIDE"


def draft_yaml(draft: Draft, *, source: str) -> str:
    """Return the file of a tenant; `finops validate` names every key that is still undecided.

    Args:
        draft: The proposal.
        source: Where the callers come from, for people.
    """
    return "\n".join([*_head(draft, source), *_middle(draft), *_callers(draft), *_end()]) + "\n"


def _head(draft: Draft, source: str) -> Iterator[str]:
    yield f"# Proposed by finops tenants import; callers by {source}."
    if draft.undecided:
        yield f"# {DECIDE}: {', '.join(draft.undecided)}"
    for note in draft.notes:
        yield f"# NOTE: {note}"
    yield "schema_version: 1"
    yield f"id: {draft.id}"
    yield f"display_name: {_text(draft.name)}"
    yield "owner:"
    yield f"  team:         # {DECIDE}: who answers for it"
    yield f"  email:        # {DECIDE}: where its alerts go"
    yield f"  cost_centre:  # {DECIDE}: where its spend is booked"
    yield f"account: {_text(draft.account)}"
    yield f"region: {draft.region}"


def _middle(draft: Draft) -> Iterator[str]:
    yield "cost_tags:"
    for dimension in ("tool", "project", "environment"):
        if dimension in draft.tags:
            yield f"  {dimension}: {_text(draft.tags[dimension])}"
        else:
            why = draft.tag_faults.get(dimension, "it has no profile that would tell")
            yield f"  {dimension}:  # {DECIDE}: {why}"
    yield "budget:"
    if draft.limit_usd:
        yield f"  monthly_limit_usd: {Decimal(draft.limit_usd):f}"
        yield f"  adopt_budget: {_text(draft.adopt_budget or '')}"
    else:
        yield f"  monthly_limit_usd:  # {DECIDE}: no budget filters by its tags"
    yield "models:"
    for model in draft.models:
        yield f"  {model.alias}:"
        known = _text(model.model) if model.model else f" # {DECIDE}: {model.note}"
        yield f"    model: {known}"
        if model.profile_arn:
            yield f"    profile_arn: {model.profile_arn}"


def _callers(draft: Draft) -> Iterator[str]:
    if draft.callers:
        yield "callers:"
    for caller in draft.callers:
        yield f"  - role_arn: {caller.role_arn}"
        if caller.shared_with:
            yield f"    shared_with: [{', '.join(caller.shared_with)}]"
        if caller.note:
            yield f"    # NOTE: a stop would not reach it: {caller.note}"
    if draft.key_users:
        yield "# Their Bedrock API keys are deactivated in a stop; tag each with finops:tenant."
        yield "api_key_users:"
        yield from (f"  - {arn}" for arn in draft.key_users)


def _end() -> Iterator[str]:
    yield "# Nothing is stopped and nothing is denied until you say so."
    yield "mode: shadow"
    yield "guard: observe"


def _text(value: str) -> str:
    """Return text in YAML's double quotes, which are JSON's."""
    return json.dumps(value, ensure_ascii=False)
