"""Functions run in forks of a process that has loaded boto3, as AWS's runtime is loaded already.

Importing it anew is most of a short invocation's time. The process that ministack starts hands
its pipes over and waits; it, and the one that serves for it, end together. A function whose clock
is set loads everything itself, so that all of it sees that clock.
"""

import os
import socket
import subprocess
import sys
import textwrap
import threading
from functools import cache
from pathlib import Path
from typing import Any, Final

from ministack.core import lambda_runtime

from local.function_clock import CLOCKS

_SOCKET: Final = "FINOPS_EMULATOR_FORKS"
_MOST_WAITING: Final = 64
_PRELUDE: Final = textwrap.dedent(
    f"""
    def _serve_elsewhere(path):
        import json, os, socket

        there = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        there.connect(path)
        what = {{"script": __file__, "folder": os.getcwd(), "environment": dict(os.environ)}}
        socket.send_fds(there, [json.dumps(what).encode()], [0, 1, 2])
        there.recv(1)
        os._exit(0)

    import json, os
    _ahead = json.loads(os.environ.get("{CLOCKS}") or "{{}}").get(os.environ["AWS_REGION"])
    if __name__ == "__main__" and not _ahead:
        _serve_elsewhere(os.environ["{_SOCKET}"])
    """
)
_starting = threading.Lock()
_ministack_spawn = lambda_runtime.Worker._spawn


def install() -> None:
    """Let Python functions run in forks."""
    os.environ[_SOCKET] = str(Path(os.environ["STATE_DIR"]).with_name("forks"))
    lambda_runtime._PYTHON_WORKER_SCRIPT = _PRELUDE + lambda_runtime._PYTHON_WORKER_SCRIPT
    lambda_runtime.Worker._spawn = _spawn


def _spawn(worker: Any) -> None:
    with _starting:
        _start_server()
    _ministack_spawn(worker)


@cache
def _start_server() -> subprocess.Popen[bytes]:
    # With the first function: most emulators of the tests run none.
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(os.environ[_SOCKET])
        listener.listen(_MOST_WAITING)
        descriptor = listener.fileno()
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "local.fork_server", str(descriptor)], pass_fds=[descriptor]
        )
