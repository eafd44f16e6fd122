"""Reads an account and proposes its tenants; changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from finops_constructs.adoption.account import (
    read_budgets,
    read_log_destination,
    read_profiles,
)
from finops_constructs.adoption.draft import Draft
from finops_constructs.adoption.proposing import Proposing
from finops_constructs.doctor.registry import read_entries
from finops_constructs.enforcement.names import CANARY_TENANT
from finops_constructs.invocations.insights import read_log_group
from finops_constructs.invocations.record_files import read_record_files
from finops_constructs.invocations.self_test import without_self_test
from finops_constructs.invocations.trail import read_trail
from finops_constructs.invocations.use import Kind, Uses
from finops_constructs.operations.aws import Aws
from finops_constructs.preflight.preflight import account_of, unreached_callers
from finops_constructs.preflight.reading import read_roles, read_users


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What an account could be adopted as.

    Attributes:
        drafts: One for each application.
        source: Where the callers come from.
        already: Tenants that are registered, and left out.
    """

    drafts: Sequence[Draft]
    source: str
    already: Sequence[str]


def propose_tenants(
    aws: Aws, *, records: Sequence[Path], since: timedelta, now: datetime
) -> Proposed:
    """Return proposals for whatever of the account belongs to no tenant yet.

    Args:
        aws: Where and as whom.
        records: Files of invocation records. None: the log that is set up, else CloudTrail.
        since: How far back to look for callers.
        now: The clock.

    Raises:
        OperationsError: If AWS refuses or cannot be reached.
        CostDataError: If the files cannot be read.
    """
    account = account_of(aws)
    registered = dict(read_entries(aws, None).tenants)
    canary = registered.pop(CANARY_TENANT, None)
    already = sorted(registered)
    profiles = read_profiles(aws)
    adopted = {name for p in profiles if p.adopted for name in (p.arn, p.arn.rpartition("/")[2])}
    seen = without_self_test(_uses(aws, records, since, now), canary)
    uses = [use for use in seen.uses if use.model_id not in adopted]
    iam = aws.client("iam")
    names = {kind: {u.principal.name for u in uses if u.principal.kind is kind} for kind in Kind}
    roles = read_roles(iam, names[Kind.ROLE])
    users = read_users(iam, names[Kind.USER])
    drafts = Proposing(
        account=account,
        region=aws.region,
        role_arns={name: facts.arn for name, facts in roles.items()},
        user_arns={name: facts.arn for name, facts in users.items()},
        taken=already,
    ).propose([p for p in profiles if not p.adopted], read_budgets(aws, account), uses)
    _note_unreached(aws, drafts, account)
    return Proposed(drafts=drafts, source=seen.source, already=already)


def _uses(aws: Aws, records: Sequence[Path], since: timedelta, now: datetime) -> Uses:
    if records:
        return read_record_files(records)
    group = read_log_destination(aws)
    if group is not None:
        return read_log_group(aws, group, since=since, now=now)
    return read_trail(aws, since=since, now=now)


def _note_unreached(aws: Aws, drafts: Sequence[Draft], account: str) -> None:
    callers = {draft.id: [caller.role_arn for caller in draft.callers] for draft in drafts}
    why = {
        (each.tenant, each.caller_arn): f"{each.problem} (finops validate --live says what to do)"
        for each in unreached_callers(aws, callers, account=account)
    }
    for draft in drafts:
        draft.callers = [
            replace(caller, note=why.get((draft.id, caller.role_arn), ""))
            for caller in draft.callers
        ]
