"""Executes the commands of a runbook as they are written in its page."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from local.demo.narration import Narrator
from local.emulator import REPOSITORY, EmulatorError

_PAGES: Final = REPOSITORY / "docs" / "runbooks"
_BLOCK: Final = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands_of(page: str) -> list[str]:
    """Return the blocks of a page that are to be executed, in order.

    Args:
        page: Its file name in `docs/runbooks/`.
    """
    return _BLOCK.findall((_PAGES / page).read_text(encoding="utf-8"))


def follow(
    page: str, environment: Mapping[str, str], narrator: Narrator, *, tools: Path
) -> list[str]:
    """Execute a page's commands in one shell, as an operator would paste them.

    Args:
        page: Its file name in `docs/runbooks/`.
        environment: Where AWS is and who acts.
        narrator: Is told the commands.
        tools: The folder with `aws` and `finops`.

    Returns:
        The lines that the commands printed.

    Raises:
        EmulatorError: A command failed, with what it said.
    """
    blocks = commands_of(page)
    narrator.say(f"docs/runbooks/{page}, its commands as written:")
    for line in "".join(blocks).splitlines():
        narrator.say(f"  $ {line}" if not line.startswith(" ") else f"    {line}")
    done = subprocess.run(  # noqa: S603
        ["/bin/bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
        env={**environment, "PATH": f"{tools}:{environment.get('PATH', '/usr/bin:/bin')}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise EmulatorError(f"{page} does not work: {done.stdout}{done.stderr}".strip())
    return done.stdout.splitlines()
