"""A commands function that speaks the contract, in memory or behind HTTP."""

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from finops_constructs.operations.client import Answer
from finops_constructs.operations.errors import RefusedError
from finops_constructs.operations.status_answer import parse_status

T0 = datetime(2026, 11, 25, 10, 42, tzinfo=UTC)
ACTOR = "arn:aws:sts::111122223333:assumed-role/Ops/jo"


def iso(seconds=0.0):
    return (T0 + timedelta(seconds=seconds)).isoformat()


def status(tenant="writer", state="active", *, decided=-60.0, **changes):
    aliases = changes.pop("aliases", {"fast": state, "smart": state})
    return {
        "tenant": tenant,
        "display_name": tenant.title(),
        "mode": "enforce",
        "guard": "enforce",
        "state": state,
        "aliases": {alias: {"state": each, "why": None} for alias, each in aliases.items()},
        "why": [],
        "since": None,
        "ends": None,
        "month": "2026-11",
        "estimated_usd": "412.104",
        "limit_usd": "500",
        "percent": "82.4208",
        "billed": {
            "amount_usd": None,
            "period": None,
            "as_of": None,
            "source": None,
            "not_available": "AWS Budgets has no figure of this month yet",
        },
        "drift_percent": None,
        "override": None,
        "approval": None,
        "would_stop": [],
        "unmetered": [],
        "top_roles": [["writer-app", "400"], ["batch", "12.104"]],
        "price_as_of": "2026-11-20",
        "worst_case_loss_usd": None,
        "decided_at": iso(decided),
        "updated_at": iso(decided),
    } | changes


LIMIT = {
    "code": "monthly-limit",
    "text": "the estimate $501.00 has passed the limit of $500.00",
    "since": iso(-600),
    "ends": "2026-12-01T00:00:00+00:00",
    "scope": "tenant",
}
ORDERED = {
    "code": "ordered",
    "text": "jo stopped it: prompt loop",
    "since": iso(),
    "ends": "a person resumes it",
    "scope": "tenant",
}


def order(command="suspend", *, alias=None, accepted=0.0, **request):
    """An accepted order, as the client returns it."""
    raw = {"accepted_at": iso(accepted), "message": "written down", "actor": ACTOR}
    return Answer(
        command=command,
        tenant="writer",
        alias=alias,
        message="written down",
        actor=ACTOR,
        accepted_at=None if accepted is None else T0 + timedelta(seconds=accepted),
        status=parse_status(status()),
        request={"command": command, "tenant": "writer"} | request,
        raw=raw,
    )


class FakePlatform:
    """Answers orders and questions; `upcoming` statuses are given out one a question."""

    def __init__(self, *tenants):
        self.tenants = {each["tenant"]: each for each in tenants or (status(),)}
        self.upcoming = []
        self.orders = []
        self.failures = []
        """Answers given first, one a request: (status code, content) or an exception."""

    def answer(self, body):
        if self.failures:
            failure = self.failures.pop(0)
            if isinstance(failure, Exception):
                raise failure
            return failure
        tenant = body.get("tenant")
        if body["command"] == "status":
            if tenant is None:
                return 200, {"command": "status", "tenants": list(self.tenants.values())}
            if tenant in self.tenants:
                return 200, {"tenant": tenant, "command": "status", "status": self._next(tenant)}
        elif tenant in self.tenants:
            self.orders.append(body)
            return 200, {
                "tenant": tenant,
                "command": body["command"],
                "message": f"{body['command']} of {tenant} is written down",
                "accepted_at": iso(),
                "actor": ACTOR,
                "status": self.tenants[tenant],
            }
        return 404, {"error": f"no tenant {tenant!r}; known tenants: {', '.join(self.tenants)}"}

    def post(self, body, *, repeatable):  # noqa: ARG002 - as the HTTP channel
        """As the HTTP channel does."""
        code, content = self.answer(json.loads(json.dumps(body)))
        if code != 200:
            raise RefusedError(content["error"], code)
        return content

    def _next(self, tenant):
        if self.upcoming:
            self.tenants[tenant] = self.upcoming.pop(0)
        return self.tenants[tenant]


@contextmanager
def served(answer, *, parsed=True):
    """Serve `answer(body) -> (code, content)` on loopback; yields its URL and the requests.

    `body` is the parsed JSON, or the bytes as they came.
    """
    requests = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            requests.append((self.path, dict(self.headers), body))
            code, content = answer(json.loads(body) if parsed else body)
            if code is None:  # hang up without a word
                return
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", requests
    finally:
        server.shutdown()
        server.server_close()
