"""The example organisation's templates, written by `python app.py` while something else happens."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from local.cdk import CdkError
from local.demo.narration import OUT
from local.emulator import REPOSITORY


@contextmanager
def synthesis() -> Iterator[Callable[[], Path]]:
    """Begin to write the cloud assembly; yield what waits for it and returns where it is.

    The CDK's own validation of templates is off: it takes as long as all the rest, and `make test`
    runs it. Ctrl-C reaches this process alone, which ends the other with all that it started.

    Raises:
        CdkError: The app ended with an error; the message is what it said.
    """
    assembly = OUT / "cdk.out"
    environment = os.environ | {
        "CDK_OUTDIR": str(assembly),
        "CDK_VALIDATION": "false",
        "FINOPS_CONFIG": str(REPOSITORY / "config"),
    }
    app = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )

    def finish() -> Path:
        said, _ = app.communicate()
        if app.returncode != 0:
            raise CdkError(f"python app.py ended with code {app.returncode}:\n{said}")
        return assembly

    try:
        yield finish
    finally:
        with suppress(ProcessLookupError):
            os.killpg(app.pid, signal.SIGKILL)
        app.wait()
