"""The `finops` command as an operator of the demo types it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.demo.narration import Narrator
from local.emulator import Emulator, EmulatorError

OPERATOR = "finops-operator"
_FINOPS = Path(sys.executable).with_name("finops")


class FinopsCli:
    """Runs `finops` against the emulator as a session of an operator's role.

    Args:
        emulator: A running emulator.
        narrator: Is told every command that changes something.
        region: The Region of the platform.
    """

    def __init__(self, emulator: Emulator, narrator: Narrator, region: str) -> None:
        self._narrator = narrator
        self.region = region
        role = f"arn:aws:iam::{emulator.account}:role/{OPERATOR}"
        self._env = emulator.env_as(emulator.assume_role(role, "night-shift"))

    def run(self, *arguments: str) -> Any:
        """Run a command that changes something; say it, and return its answer.

        Raises:
            EmulatorError: The command failed, with what it said.
        """
        words = [f'"{a}"' if " " in a else a for a in arguments]
        self._narrator.say(f"$ finops {' '.join(words)}")
        return self.ask(*arguments)

    def ask(self, *arguments: str) -> Any:
        """Run a command and return its JSON answer.

        Raises:
            EmulatorError: The command failed, with what it said.
        """
        line = [str(_FINOPS), *arguments, "--region", self.region, "--json"]
        done = subprocess.run(  # noqa: S603
            line, env=self._env, capture_output=True, text=True, check=False
        )
        try:
            return json.loads(done.stdout)
        except ValueError:
            said = done.stderr or done.stdout
            raise EmulatorError(f"finops {' '.join(arguments)}: {said.strip()}") from None
