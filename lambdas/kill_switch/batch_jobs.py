"""A stop ends the batch jobs that the tenant runs: a tag or a policy refuses new calls only.

Bedrock does not say whose a job is. It is a tenant's if it calls one of its profiles, or if it runs
as a role that this tenant alone declares. A job that was ended is not begun again by a resumption.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from shared.registry import Registry
from shared.tenant_state import TenantState

PERMISSIONS: Final = ("bedrock:ListModelInvocationJobs", "bedrock:StopModelInvocationJob")
RUNNING: Final = ("InProgress", "Scheduled", "Submitted", "Validating")
_OVER: Final = frozenset({"ConflictException", "ResourceNotFoundException"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A batch job that runs or waits to.

    Attributes:
        arn: Its ARN.
        model_id: The model or profile it calls, as it was given.
        role_arn: The service role it runs as.
    """

    arn: str
    model_id: str
    role_arn: str


def read_jobs(bedrock: Any) -> list[Job]:
    """Return every batch job of the account and Region that is not over; errors are not caught."""
    pages = bedrock.get_paginator("list_model_invocation_jobs")
    return [
        Job(arn=each["jobArn"], model_id=each["modelId"], role_arn=each["roleArn"])
        for status in RUNNING
        for page in pages.paginate(statusEquals=status)
        for each in page["invocationJobSummaries"]
    ]


def jobs_to_end(
    jobs: Iterable[Job], registry: Registry, states: Mapping[str, TenantState]
) -> Iterator[tuple[str, Job]]:
    """Yield the jobs of stopped tenants, each with its tenant.

    Args:
        jobs: The jobs that run.
        registry: Whose profiles and roles are whose.
        states: The tenants' states, with the present decision.
    """
    owners = _owners(registry)
    for job in jobs:
        profile = registry.by_model_id.get(job.model_id)
        if profile is not None:
            state = states.get(profile.tenant)
            if state is not None and state.stops_alias(profile.alias):
                yield profile.tenant, job
            continue
        tenant = owners.get(job.role_arn)
        if tenant is not None and tenant in states and states[tenant].tenant_wide:
            yield tenant, job


def end_job(bedrock: Any, job: Job) -> None:
    """End a job; one that is over meanwhile is as good. Other errors are not caught."""
    try:
        bedrock.stop_model_invocation_job(jobIdentifier=job.arn)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _OVER:
            raise


def _owners(registry: Registry) -> dict[str, str]:
    """Return the tenant of each role that serves one tenant only."""
    users: dict[str, set[str]] = {}
    for tenant, callers in registry.callers.items():
        for caller in callers:
            users.setdefault(caller.role_arn, set()).update({tenant, *caller.shared_with})
    return {role: next(iter(tenants)) for role, tenants in users.items() if len(tenants) == 1}
