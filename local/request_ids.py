"""The id of the request being served, which ministack's services are not told."""

from contextvars import ContextVar
from typing import Any

from ministack import app

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_ministack_dispatch = app._dispatch_service_request


def install() -> None:
    """Remember the id of each request while it is served."""
    app._dispatch_service_request = _dispatch


def current_request_id() -> str:
    """Return the id that the caller reads in the header `x-amzn-requestid`."""
    return _request_id.get()


async def _dispatch(*request: Any) -> Any:
    _request_id.set(request[-1])
    return await _ministack_dispatch(*request)
