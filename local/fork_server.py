"""A process that has loaded boto3 and forks for each function: `python -m local.fork_server`."""

import json
import os
import runpy
import signal
import socket
import sys
import threading
import traceback
from typing import Any, ClassVar, Final, NoReturn

import aws_lambda_powertools  # noqa: F401 - functions find it loaded
import boto3
from botocore.loaders import JSONFileLoader, Loader

_MOST_BYTES: Final = 1 << 20
_SERVICES: Final = (
    *("bedrock", "budgets", "cloudwatch", "dynamodb", "events", "iam", "lambda"),
    *("logs", "s3", "sns", "sqs", "ssm", "sts"),
)


def main(descriptor: int) -> None:
    """Fork for whoever asks at a socket, until it is killed.

    Args:
        descriptor: The socket's, which listens.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _load()
    with socket.socket(fileno=descriptor) as listener:
        while True:
            asking, _ = listener.accept()
            message, descriptors, _, _ = socket.recv_fds(asking, _MOST_BYTES, 3)
            if os.fork() == 0:
                listener.close()
                _serve(asking, json.loads(message), descriptors)
            for each in descriptors:
                os.close(each)
            asking.close()


class _ReadOnce(JSONFileLoader):
    """The descriptions of services, which every client of a process reads anew otherwise."""

    _read: ClassVar[dict[str, Any]] = {}

    def load_file(self, file_path: str) -> Any:
        """Return a file's content; None if there is no such file."""
        if file_path not in self._read:
            self._read[file_path] = super().load_file(file_path)
        return self._read[file_path]


def _load() -> None:
    Loader.FILE_LOADER_CLASS = _ReadOnce
    session = boto3.Session("nobody", "nobody", region_name="us-east-1")
    for service in _SERVICES:
        # A client loads what `import boto3` leaves for later.
        session.client(service)


def _serve(asking: socket.socket, what: dict[str, Any], descriptors: list[int]) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for standard, descriptor in enumerate(descriptors):
        os.dup2(descriptor, standard)
        os.close(descriptor)
    threading.Thread(target=_end_with, args=(asking,), daemon=True).start()
    os.chdir(what["folder"])
    os.environ.clear()
    os.environ.update(what["environment"])
    sys.path[0] = os.path.dirname(what["script"])  # noqa: PTH120 - as Python does it
    try:
        runpy.run_path(what["script"], run_name="forked")
    except BaseException:  # noqa: BLE001 - what Python would do at the top
        traceback.print_exc()
    finally:
        os._exit(0)


def _end_with(asking: socket.socket) -> None:
    asking.recv(1)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
