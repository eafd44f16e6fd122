"""Run ministack on a free loopback port, with what it lacks registered: `python -m local.launcher`.

Started by `local.emulator` only. It ends, with every process it started, when its standard input
does, which happens however the process that started it dies.
"""

import asyncio
import os
import shutil
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

PORT_FILE = "port"


def main(home: Path) -> None:
    """Serve the emulator until the process that started it is gone.

    Args:
        home: The emulator's folder; the port is written there, and it is removed at the end.
    """
    signal.signal(signal.SIGTERM, lambda _number, _frame: _end(home))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Bound here and handed over: nobody else can take the port in between.
    listener.bind(("127.0.0.1", 0))
    port = str(listener.getsockname()[1])
    os.environ |= {"GATEWAY_PORT": port, "BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1"}
    _publish_port(home / PORT_FILE, port)
    _serve(listener)


def _publish_port(path: Path, port: str) -> None:
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(port)
    unfinished.replace(path)


def _serve(listener: socket.socket) -> None:
    # Late: ministack reads its settings when it is imported.
    from hypercorn.config import Config  # noqa: PLC0415
    from ministack.app import app  # noqa: PLC0415

    from local import control_endpoint, registration  # noqa: PLC0415

    registration.install()
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    asyncio.run(_serve_for_good(control_endpoint.wrap(app), config))


async def _serve_for_good(app: Any, config: Any) -> None:
    from hypercorn.asyncio import serve  # noqa: PLC0415

    # With a trigger of our own hypercorn leaves SIGTERM to us; this one never fires.
    await serve(app, config, shutdown_trigger=asyncio.Event().wait)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _end(home: Path) -> None:
    """End the functions that still run, then leave nothing behind."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    os.killpg(os.getpgrp(), signal.SIGTERM)
    time.sleep(0.1)
    shutil.rmtree(home, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
