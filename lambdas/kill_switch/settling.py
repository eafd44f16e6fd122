"""Ends a tenant's turn: tells, publishes, stores what was seen, and says when to look again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from kill_switch.deciding import Decided
from kill_switch.messages import override_command
from kill_switch.publishing import for_callers, publish
from kill_switch.telling import Teller
from shared.json_values import plain
from shared.state_table import StateConflictError, StateTable
from shared.status import Subject, status
from shared.tenant_state import NEVER_TRIED, TenantState

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How a tenant's turn ended.

    Attributes:
        state: What is known of it now.
        again_at: When to look again; None: when its turn comes anyway.
        untold: How many notices failed.
        published: Whether its callers' entry is as it should be.
    """

    state: TenantState
    again_at: datetime | None
    untold: int
    published: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settler:
    """What it takes to end a turn.

    Attributes:
        table: The state table.
        teller: Delivers notices.
        ssm: A boto3 SSM client.
        platform_topic_arn: Who is told of every tenant.
    """

    table: StateTable
    teller: Teller
    ssm: Any
    platform_topic_arn: str

    def settle(
        self,
        decided: Decided,
        seen: TenantState,
        subject: Subject,
        *,
        published: str | None,
        note_look: bool,
    ) -> Settled:
        """End a turn.

        Args:
            decided: The decision, as stored.
            seen: Its state with what was read back.
            subject: What its status is told from.
            published: Its callers' entry as the registry has it.
            note_look: Whether to store that it was looked at, though nothing changed.
        """
        now, tenant = decided.known.inputs.now, subject.tenant
        left, untold = self.teller.deliver(tenant, seen.outbox, self._topics(subject), now)
        state = replace(seen, outbox=tuple(left))
        if note_look:
            state = replace(state, decided_at=now)
        is_published = self._publish(decided, replace(subject, state=state), published)
        again = _again_at(state, now)
        if state != decided.state:
            try:
                journal = _journal(decided.state, state)
                self.table.store_state(tenant, state, decided.version, journal)
            except StateConflictError:
                logger.info("another run stored something else: looking again", tenant=tenant)
                again = now
        return Settled(state=state, again_at=again, untold=untold, published=is_published)

    def _topics(self, subject: Subject) -> Sequence[str]:
        own = [subject.policy.alert_topic_arn] if subject.policy else []
        return [*own, self.platform_topic_arn]

    def _publish(self, decided: Decided, subject: Subject, published: str | None) -> bool:
        policy = subject.policy
        if (policy is None and decided.known.inputs.policy_fault is None) or (
            policy is not None and policy.retired
        ):
            return True
        text = for_callers(status(subject), override_command(decided.known.inputs))
        if text == published:
            return True
        try:
            publish(self.ssm, subject.tenant, text)
        except (BotoCoreError, ClientError):
            logger.exception("state entry not written", tenant=subject.tenant)
            return False
        return True


def _again_at(state: TenantState, now: datetime) -> datetime | None:
    """Return when the first of what failed now is tried again."""
    return min(
        (
            failure.again_at
            for failure in state.failures.values()
            if failure.code not in NEVER_TRIED and failure.again_at > now
        ),
        default=None,
    )


def _journal(before: TenantState, after: TenantState) -> dict[str, Any] | None:
    """Return what the journal says of what was read back; None if it says nothing new."""
    if _essence(before) == _essence(after):
        return None
    return {
        "kind": "read-back",
        "profiles": plain(after.profiles),
        "attached": after.attached,
        "failures": plain(list(after.failures.values())),
    }


def _essence(state: TenantState) -> object:
    return (
        {
            alias: (seen.arn, seen.tag, seen.applied_at, seen.confirmed_at)
            for alias, seen in state.profiles.items()
        },
        state.attached,
        {target: failure.code for target, failure in state.failures.items()},
    )
