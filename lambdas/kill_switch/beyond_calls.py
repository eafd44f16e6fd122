"""What a stop ends beside calls: batch jobs that run, and the API keys of declared users.

It comes after the tags and the policies, which stop most, and is repeated in every run while the
stop lasts: a job that slipped in, or a key that somebody activated, is met again.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from kill_switch.api_keys import KeyHolder
from kill_switch.batch_jobs import end_job, jobs_to_end, read_jobs
from kill_switch.clock import Clock
from kill_switch.deciding import Decided
from shared.held_keys import HeldKeys
from shared.reach import Place
from shared.registry import Registry
from shared.state_table import StateTable, journal_item
from shared.tenant_state import Failure, FailureCode, TenantState

logger = Logger(child=True)

JOBS: Final = "batch jobs"
KEYS: Final = "api keys"
_AGAIN: Final = timedelta(minutes=5)
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
_Failures = dict[str, dict[str, Failure]]


@dataclass(frozen=True, slots=True)
class BeyondCalls:
    """Ends jobs and keys of stopped tenants, and gives the keys back.

    Attributes:
        client: Returns the boto3 client of a service.
        table: The state table.
        place: Where the kill switch works.
        clock: Time.
        deadline: In the clock's seconds: nothing begins later.
    """

    client: Callable[[str], Any]
    table: StateTable
    place: Place
    clock: Clock
    deadline: float

    def work(self, decided: Mapping[str, Decided], registry: Registry, now: datetime) -> _Failures:
        """Do it for every tenant of a run; return what failed, by tenant and target."""
        failures: _Failures = defaultdict(dict)
        states = {tenant: each.state for tenant, each in decided.items()}
        if any(state.stops for state in states.values()):
            self._end_jobs(states, registry, now, failures)
        for tenant, each in decided.items():
            if self.clock.seconds() >= self.deadline:
                break
            self._hold_or_let_go(tenant, each, registry, now, failures)
        return failures

    def _end_jobs(
        self,
        states: Mapping[str, TenantState],
        registry: Registry,
        now: datetime,
        failures: _Failures,
    ) -> None:
        bedrock = self.client("bedrock")
        try:
            found = list(jobs_to_end(read_jobs(bedrock), registry, states))
        except (BotoCoreError, ClientError) as error:
            logger.exception("batch jobs not readable")
            for tenant in [t for t, state in states.items() if state.stops]:
                failures[tenant][JOBS] = _failure(JOBS, "list", error, now)
            return
        for tenant, job in found:
            if self.clock.seconds() >= self.deadline:
                return
            try:
                end_job(bedrock, job)
                entry = {"kind": "batch-job-ended", "job": job.arn, "model": job.model_id}
                item = journal_item(tenant, entry)
                self.client("dynamodb").put_item(TableName=self.table.name, Item=item)
            except (BotoCoreError, ClientError) as error:
                logger.exception("batch job not ended", tenant=tenant, job=job.arn)
                failures[tenant][JOBS] = _failure(JOBS, f"end {job.arn}", error, now)

    def _hold_or_let_go(
        self,
        tenant: str,
        decided: Decided,
        registry: Registry,
        now: datetime,
        failures: _Failures,
    ) -> None:
        policy = registry.policies.get(tenant)
        users = policy.api_key_users if policy else ()
        held = decided.known.items.held_keys or HeldKeys()
        if not users and not held.keys:
            return
        holder = KeyHolder(iam=self.client("iam"), table=self.table, place=self.place)
        try:
            if decided.state.tenant_wide:
                holder.hold(tenant, users, held)
            else:
                holder.let_go(tenant, held)
        except (BotoCoreError, ClientError, ValueError) as error:
            logger.exception("API keys not as they should be", tenant=tenant)
            action = "deactivate" if decided.state.tenant_wide else "activate"
            failures[tenant][KEYS] = _failure(KEYS, action, error, now)


def with_failures(state: TenantState, found: Mapping[str, Failure] | None) -> TenantState:
    """Return a state with what failed of jobs and keys."""
    return replace(state, failures={**state.failures, **found}) if found else state


def _failure(target: str, action: str, error: Exception, now: datetime) -> Failure:
    said = error.response.get("Error", {}) if isinstance(error, ClientError) else {}
    code: FailureCode = "access-denied" if said.get("Code") in _DENIED else "failed"
    return Failure(
        target=target,
        action=action,
        code="misplaced" if isinstance(error, ValueError) else code,
        text=str(error),
        attempts=1,
        since=now,
        again_at=now + _AGAIN,
    )
