"""An AWS emulator for one process: started on a free loopback port, gone when the process is."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

import boto3
import botocore.session
from botocore.config import Config

from local.environment import Credentials, client_environment, server_environment
from local.launcher import PORT_FILE

REPOSITORY = Path(__file__).resolve().parent.parent
_LOG_TAIL_LINES = 30
_HEALTH_PATH = "/_ministack/health"
_CLIENT_CONFIG = Config(
    proxies={}, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}
)


class EmulatorError(RuntimeError):
    """The emulator did not start; the message ends with its log."""


class Emulator:
    """The emulated AWS, as a context manager.

    Example:
        with Emulator() as emulator:
            emulator.client("bedrock").list_inference_profiles()

    It is stopped, and all it wrote removed, when the block ends, on Ctrl-C, on SIGTERM, and when
    the process that started it dies.

    Args:
        account: The account that requests act in. Default: 111122223333.
        region: The default Region. Default: eu-west-1.
        ready_seconds: How long it may take to answer. Default: 30.
        log_delay_seconds: How long after a model call its log record arrives. Default: 0.2;
            AWS takes 5 to 30 seconds.
        trail: Whether the account has a CloudTrail trail, so that EventBridge gets events of
            changes to profiles and to roles' policies. Default: False.
    """

    def __init__(
        self,
        *,
        account: str = "111122223333",
        region: str = "eu-west-1",
        ready_seconds: float = 30,
        log_delay_seconds: float = 0.2,
        trail: bool = False,
    ) -> None:
        self.account = account
        self.region = region
        self._ready_seconds = ready_seconds
        self._log_delay_seconds = log_delay_seconds
        self._trail = trail
        self._home: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._previous_sigterm: Any = None
        self._session = _session_without_profile()
        self._making = threading.Lock()

    @property
    def endpoint_url(self) -> str:
        """Where the emulator listens."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def env(self) -> dict[str, str]:
        """A full environment for boto3, the CDK CLI and other child processes."""
        return self.env_as(Credentials.of_account(self.account))

    def env_as(self, credentials: Credentials) -> dict[str, str]:
        """Return `env` for somebody else than the account's root.

        Args:
            credentials: Who acts, for instance by `assume_role`.
        """
        return client_environment(
            self._running_home() / "client",
            endpoint_url=self.endpoint_url,
            credentials=credentials,
            region=self.region,
        )

    def client(
        self, service: str, region: str | None = None, credentials: Credentials | None = None
    ) -> Any:
        """Return a boto3 client that can reach only the emulator.

        Args:
            service: The boto3 name of the service.
            region: The Region to act in. Default: the emulator's.
            credentials: Who acts. Default: the account's root.
        """
        signer = credentials or Credentials.of_account(self.account)
        with self._making:  # boto3 makes one client at a time
            return self._session.client(
                service,  # type: ignore[call-overload]
                region_name=region or self.region,
                endpoint_url=self.endpoint_url,
                aws_access_key_id=signer.access_key_id,
                aws_secret_access_key=signer.secret_access_key,
                aws_session_token=signer.session_token,
                config=_CLIENT_CONFIG,
            )

    def assume_role(self, role_arn: str, session_name: str = "app") -> Credentials:
        """Return the credentials of a session of a role; who may assume it is not asked.

        Args:
            role_arn: The role.
            session_name: The session's name. Default: `app`.
        """
        sts = self.client("sts")
        made = sts.assume_role(RoleArn=role_arn, RoleSessionName=session_name)["Credentials"]
        return Credentials(
            access_key_id=made["AccessKeyId"],
            secret_access_key=made["SecretAccessKey"],
            session_token=made["SessionToken"],
        )

    def start(self) -> None:
        """Start the emulator and wait until it answers.

        Raises:
            EmulatorError: It ended or did not answer in time.
        """
        self._home = Path(tempfile.mkdtemp(prefix="finops-emulator-"))
        for name in ("client/tmp", "server/tmp"):
            (self._home / name).mkdir(parents=True)
        self._end_on_sigterm()
        try:
            self._process = self._launch(self._home)
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the emulator with every process it started, and remove what it wrote."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            if self._process.stdin:
                self._process.stdin.close()
            self._process = None
        self._port = 0
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None
        if self._previous_sigterm is not None:
            signal.signal(signal.SIGTERM, self._previous_sigterm)
            self._previous_sigterm = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def log_tail(self, lines: int = _LOG_TAIL_LINES) -> str:
        """Return the end of the emulator's log.

        Args:
            lines: How many lines. Default: 30.
        """
        log = self._running_home() / "emulator.log"
        text = log.read_text(errors="replace") if log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def _running_home(self) -> Path:
        if self._home is None:
            raise EmulatorError("the emulator is not running")
        return self._home

    def _launch(self, home: Path) -> subprocess.Popen[bytes]:
        server = home / "server"
        with (home / "emulator.log").open("wb") as log:
            # Its standard input is never written to: the launcher watches for its end, which the
            # system brings about however this process dies.
            return subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "local.launcher", str(home)],
                cwd=REPOSITORY,
                env=server_environment(
                    server,
                    account=self.account,
                    region=self.region,
                    log_delay_seconds=self._log_delay_seconds,
                    trail=self._trail,
                ),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + self._ready_seconds
        for _ in _ticks_until(deadline):
            if process.poll() is not None:
                raise EmulatorError(
                    f"the emulator ended with code {process.returncode}:\n{self.log_tail()}"
                )
            if self._answers():
                return
        raise EmulatorError(
            f"the emulator did not answer within {self._ready_seconds:g} s:\n{self.log_tail()}"
        )

    def _answers(self) -> bool:
        port_file = self._running_home() / PORT_FILE
        if not self._port and port_file.exists():
            self._port = int(port_file.read_text())
        if not self._port:
            return False
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(self.endpoint_url + _HEALTH_PATH, timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _end_on_sigterm(self) -> None:
        """Turn SIGTERM into an exception, so that `with` blocks get to clean up."""
        if threading.current_thread() is not threading.main_thread():
            return
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            self._previous_sigterm = signal.signal(signal.SIGTERM, _raise_exit)


def _session_without_profile() -> boto3.Session:
    core = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    core.set_config_variable("config_file", os.devnull)
    core.set_config_variable("credentials_file", os.devnull)
    return boto3.Session(botocore_session=core)


def _raise_exit(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _ticks_until(deadline: float) -> Iterator[None]:
    while time.monotonic() < deadline:
        yield
        time.sleep(0.05)
