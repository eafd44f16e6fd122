"""The request being served: its id and who sent it, which ministack's services are not told."""

from contextvars import ContextVar
from typing import Any

from ministack import app

from local.callers import caller_arn

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_headers: ContextVar[dict[str, str] | None] = ContextVar("headers", default=None)
_ministack_dispatch = app._dispatch_service_request


def install() -> None:
    """Remember each request while it is served."""
    app._dispatch_service_request = _dispatch


def current_request_id() -> str:
    """Return the id that the caller reads in the header `x-amzn-requestid`."""
    return _request_id.get()


def current_caller_arn() -> str:
    """Return who sent the request, as STS would say it; the account's root outside of requests."""
    return caller_arn(_headers.get() or {})


async def _dispatch(*request: Any) -> Any:
    _headers.set(request[2])
    _request_id.set(request[-1])
    return await _ministack_dispatch(*request)
