"""Batch inference jobs: listed by status, stoppable while they run; nothing is computed."""

from typing import Any

from ministack.services import bedrock

from local.service_calls import Response

_RUNNING = frozenset({"Submitted", "Validating", "Scheduled", "InProgress"})
_ministack_stop = bedrock._stop_model_invocation_job


def install() -> None:
    """Put the stricter operations in the place of ministack's."""
    bedrock._list_model_invocation_jobs = _list
    bedrock._stop_model_invocation_job = _stop


def _list(query: dict[str, list[str]]) -> Response:
    wanted = (query.get("statusEquals") or [""])[0]
    jobs = [
        {name: value for name, value in job.items() if name != "BodyEcho"}
        | {"SubmitTime": job["CreationTime"]}
        for job in bedrock._model_invocation_jobs.values()
        if wanted in ("", job["Status"])
    ]
    status, headers, body = bedrock._json({"InvocationJobSummaries": jobs})
    return status, headers, body


def _stop(identifier: str) -> Response:
    job: dict[str, Any] = bedrock._model_invocation_jobs.get(identifier) or {}
    if job and job["Status"] not in _RUNNING:
        status, headers, body = bedrock._conflict(f"The job is {job['Status']}.")
        return status, headers, body
    answer: Response = _ministack_stop(identifier)
    return answer
