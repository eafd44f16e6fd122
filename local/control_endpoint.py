"""What the emulator can be told beside the AWS APIs: `POST /_finops/<command>` with a JSON body."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import request_scope

from local import (
    billing_tags,
    budget_spend,
    chat_channels,
    event_rules,
    function_clock,
    log_subscriptions,
    model_access,
    service_quotas,
    unread_mail,
)

PATH = "/_finops/"
Command = Callable[..., Any]
_COMMANDS: dict[str, Command] = {
    "fire-rule": event_rules.fire,
    "set-budget-spend": budget_spend.set_spend,
    "redeliver-logs": log_subscriptions.redeliver,
    "leave-mail-unread": unread_mail.leave,
    "set-function-clock": function_clock.set_offset,
    "set-cost-tags-active-since": billing_tags.set_active_since,
    "set-model-access": model_access.set_access,
    "set-quota": service_quotas.set_value,
    "set-slack-workspace": chat_channels.set_workspace_state,
    "add-slack-channel": chat_channels.add_channel,
}


def wrap(app: Any) -> Any:
    """Return an ASGI application that answers commands, and leaves the rest to another.

    Args:
        app: The other application.
    """

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PATH):
            await app(scope, receive, send)
            return
        request = json.loads(await _body(receive))
        status, answer = await asyncio.to_thread(_run, scope["path"], request)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    return serve


def _run(path: str, request: dict[str, Any]) -> tuple[int, Any]:
    command = _COMMANDS.get(path.removeprefix(PATH))
    if command is None:
        return 404, {"error": f"there is no command {path}"}
    with request_scope(request["account"], request["region"]):
        try:
            return 200, command(**request["arguments"])
        except (TypeError, ValueError) as error:
            return 400, {"error": str(error)}


async def _body(receive: Any) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
